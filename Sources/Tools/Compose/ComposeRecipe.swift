import CryoEM
import Glibc
import Ground
import Runs

/// What a composite is made of: the arguments of `fulcrum compose` as values.
public struct ComposeRecipe: Sendable {
  /// A region: a run's final maps, or files.
  public struct Region: Sendable, Hashable {
    public var map: String
    public var mask: String
    public var localResolution: String?

    public init(map: String, mask: String, localResolution: String? = nil) {
      (self.map, self.mask, self.localResolution) = (map, mask, localResolution)
    }

    /// The maps themselves.
    ///
    /// - Parameter reference: the map that the grid is of.
    /// - Throws: a problem where a file is no map, or not of this grid.
    public func read(on grid: MapGrid, reference: String) throws(Problem) -> Composite.Part {
      Composite.Part(
        map: try grid.readLike(map, reference: reference),
        mask: try grid.readLike(mask, reference: reference),
        localResolution: try localResolution.map { path throws(Problem) in
          try grid.readLike(path, reference: reference)
        })
    }
  }

  /// The regions by their maps; runs have their masks with them.
  public private(set) var regions: [Region] = []
  public var consensus: String?
  public var scales = true

  public init() {}

  /// Takes runs, of several regions all of them, and maps with their masks.
  ///
  /// - Parameters:
  ///   - items: folders of runs, and maps.
  ///   - masks: one for each map that is no run, in their order.
  ///   - localResolutions: none, or one for each such map.
  ///   - isSharp: whether runs give their sharpened maps.
  /// - Throws: everything that is missing.
  public init(
    items: [String], masks: [String], localResolutions: [String] = [], consensus: String? = nil,
    isSharp: Bool = false
  ) throws(Problems) {
    var problems = ProblemList()
    var (masks, locals) = (masks[...], localResolutions[...])
    for item in items {
      let folders = Self.isFolder(item) ? RunFolder(item).regions.map(\.path) : []
      if !folders.isEmpty {
        regions += folders.compactMap { Self.run($0, isSharp: isSharp, &problems) }
      } else if let region = Self.run(item, isSharp: isSharp, &problems) {
        regions.append(region)
      } else if !Self.isFolder(item) {
        guard let mask = masks.popFirst() else {
          problems.add(
            Problem(
              "\(item) has no mask",
              whatToDo: "Give a --mask for each map, in their order; runs have their own."))
          continue
        }
        regions.append(Region(map: item, mask: mask, localResolution: locals.popFirst()))
      }
    }
    if !masks.isEmpty {
      problems.add(
        Problem(
          "\(Format.counted(masks.count, "mask")) more than maps are given",
          whatToDo: "Give a --mask for each map that is no run."))
    }
    if !localResolutions.isEmpty,
      !locals.isEmpty || regions.filter({ $0.localResolution == nil }).count > 0
    {
      problems.add(
        Problem(
          "\(Format.counted(localResolutions.count, "map")) of local resolution are given",
          whatToDo: "Give one for each map that is no run, or none."))
    }
    if items.isEmpty {
      problems.add(Problem("nothing is to be composed", whatToDo: "Give runs, or maps with masks."))
    }
    if let consensus {
      self.consensus =
        Self.isFolder(consensus)
        ? Self.run(consensus, isSharp: isSharp, &problems)?.map : consensus
    }
    try problems.throwIfAny()
  }

  /// All files that are read.
  public var inputs: [String] {
    regions.flatMap { [$0.map, $0.mask] + [$0.localResolution].compactMap { $0 } }
      + [consensus].compactMap { $0 }
  }

  /// Makes the composite.
  ///
  /// - Throws: problems where maps or masks are no such, or not of one box.
  public func made(
    _ progress: (String, Double) -> Void = { _, _ in }
  ) throws(Problem) -> (composite: Composite, grid: MapGrid) {
    guard let first = regions.first else {
      throw Problem("nothing is to be composed", whatToDo: "Give runs, or maps with masks.")
    }
    let reference = consensus ?? first.map
    let (map, grid) = try MapGrid.read(reference)
    var composite = Composite(
      like: map, consensus: consensus == nil ? nil : map, scales: scales)
    for (index, region) in regions.enumerated() {
      progress(FilePath.name(of: region.map), Double(index) / Double(regions.count))
      let part = try region.read(on: grid, reference: reference)
      let mask = part.mask
      guard mask.maximum >= 0.5, mask.minimum >= -0.15, mask.maximum <= 1.15 else {
        throw Problem(
          "\(region.mask): values from \(Format.short(Double(mask.minimum))) to "
            + "\(Format.short(Double(mask.maximum)))",
          whatToDo: "A mask goes from 0 (outside) to 1 (inside): make one with fulcrum mask.")
      }
      composite.add(part)
    }
    return (composite, grid)
  }

  /// The final maps of a run; nil where the path is no folder, or, with a problem, no finished run.
  private static func run(
    _ path: String, isSharp: Bool, _ problems: inout ProblemList
  ) -> Region? {
    guard isFolder(path) else { return nil }
    let folder = RunFolder(path)
    let names = Set(folder.finalFiles().map { FilePath.name(of: $0.path) })
    let map = isSharp ? "map_sharp.mrc" : "map.mrc"
    for name in [map, "mask.mrc"] where !names.contains(name) {
      problems.add(
        Problem(
          "\(path) has no final/\(name)",
          whatToDo: folder.exists
            ? "Let the run come to its end, or go on with it: fulcrum resume \(path)"
            : "Give the folder of a finished run, or a map with a --mask."))
      return nil
    }
    let local = "local_resolution.mrc"
    return Region(
      map: folder.finalPath + "/" + map, mask: folder.finalPath + "/mask.mrc",
      localResolution: names.contains(local) ? folder.finalPath + "/" + local : nil)
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

/// What `fulcrum compose --json` prints.
public struct ComposeSummary: Encodable, Sendable {
  public struct Region: Encodable, Sendable {
    public let map: String, mask: String
    /// The factor that brought it to the scale of the others.
    public let scale: Double
    /// The median local resolution inside the mask, Å.
    public let resolution: Double?
  }
  public let file: String
  public let consensus: String?
  public let regions: [Region]

  public init(_ recipe: ComposeRecipe, _ composite: Composite, file: String) {
    self.file = file
    consensus = recipe.consensus
    regions = zip(recipe.regions, composite.shares).map {
      Region(map: $0.map, mask: $0.mask, scale: $1.scale, resolution: $1.resolution)
    }
  }

  /// The result in a few lines.
  public var text: String {
    let lines = regions.map { region in
      "\(region.map): scale \(Format.fixed(region.scale, 3))"
        + (region.resolution.map { ", local resolution \(Format.fixed($0, 2)) Å (median)" } ?? "")
    }
    let rest = consensus.map { "the rest: \($0)" } ?? "the rest: zero, there is no --consensus"
    return (lines + [rest, file]).joined(separator: "\n")
  }
}
