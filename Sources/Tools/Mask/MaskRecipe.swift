import CryoEM
import EMFiles
import Glibc
import Ground

/// Everything that a mask is made of and how: the arguments of `fulcrum mask` as values.
public struct MaskRecipe: Sendable {
  /// A shape; Å from the box centre, or voxels from the first one.
  public enum Shape: Sendable, Hashable {
    case sphere(centre: Vector3, radius: Double)
    case cuboid(centre: Vector3, extent: Vector3)
  }

  /// A mask to combine with, by its 0.5 level.
  public enum Combination: String, Sendable, Hashable, CaseIterable {
    case or, and, minus
  }

  /// A map, or two half-maps; none where the region comes from a model or from shapes.
  public var maps: [String] = []
  /// A map that says the grid, where `maps` is empty.
  public var gridMap: String?
  public var threshold = MaskThreshold.automatic(rate: 0.01, testing: .yekutieli)
  /// Å; 0 for none, nil for 15 Å, or four voxels where those are more.
  public var lowPass: Double?
  /// A model within whose radius (Å) of its atoms the region is.
  public var model: String?
  public var selection: ModelSelection?
  public var radius = 3.0
  public var shapes: [Shape] = []
  /// Whether shapes are in voxels.
  public var areShapesInVoxels = false
  public var combinations: [(with: String, Combination)] = []
  public var clearOf: [String] = []
  /// How far the region is grown, Å; nil for 3, or 0 where a mask is made anew.
  public var extend: Double?
  /// Width of the edge, Å; nil for five times the resolution.
  public var edge: Double?
  /// Å; nil to measure it with half-maps, or for Nyquist.
  public var resolution: Double?
  /// Which pieces stay; nil for the largest of a map, and for all of anything else.
  public var pieces: PieceChoice?
  public var fillsHoles = true
  public var clearsBoxEdge = false
  public var inverts = false
  /// Bodies of the watershed; nil for one mask.
  public var segments: Int?
  /// Low-pass of the map that the watershed runs on, Å; nil for 0.4 of the radius of a ball that holds an
  /// even part of the region.
  public var segmentLowPass: Double?
  /// The smallest volume of a body as a share of an even part.
  public var leastShare = 0.3

  public init() {}

  /// All files that are read.
  public var inputs: [String] {
    maps + [gridMap, model].compactMap { $0 } + combinations.map(\.with) + clearOf
  }

  /// Tells how far a step is, from 0 to 1.
  public typealias Progress = (String, Double) -> Void

  /// Makes the mask, or the masks of the bodies.
  ///
  /// - Throws: `Problem` or `Problems` for what is wrong with the input.
  public func made(_ progress: Progress = { _, _ in }) throws -> MadeMasks {
    progress("reading", 0)
    guard let source = maps.first ?? gridMap else {
      throw Problem(
        "nothing says the box", whatToDo: "Give a map, or --like MAP for a model or shapes.")
    }
    let (first, grid) = try MapGrid.read(source)
    var masks = MadeMasks(grid: grid)
    let isMask = lowPass == nil && maps.count == 1 && first.isMask
    var region: Region?
    var filtered: Volume?
    if !maps.isEmpty {
      let (map, cut) = try thresholded(first, isMask: isMask, &masks, progress)
      region = cut
      if segments != nil { filtered = map }
    }
    progress("shapes", 0.4)
    if let drawn = try drawn(on: grid, &masks) { region = region?.intersection(drawn) ?? drawn }
    guard let region else {
      throw Problem(
        "nothing says what is inside the mask",
        whatToDo: "Give a map, or --model, --sphere or --cuboid beside --like.")
    }
    let combined = try combinations.reduce(region) { region, other in
      let (path, combination) = other
      let other = Region(of: try grid.readLike(path, reference: source), threshold: 0.5)
      return switch combination {
      case .or: region.union(other)
      case .and: region.intersection(other)
      case .minus: region.subtracting(other)
      }
    }
    let others = try clearOf.map { path throws(Problem) in
      Region(of: try grid.readLike(path, reference: source), threshold: 0.5)
    }
    progress("pieces", 0.5)
    let shape = shape(isMask: isMask, masks, grid)
    masks.shape = shape
    let (chosen, found) = try shape.chosen(of: combined)
    masks.pieces = found.pieces
    progress("edge", 0.6)
    if let segments {
      try addBodies(segments, of: filtered, in: chosen, clearOf: others, &masks, progress)
    } else {
      masks.add(
        chosen,
        spheres(on: grid).map { shape.mask(ofSpheres: $0, on: grid, clearOf: others) }
          ?? shape.mask(of: chosen, clearOf: others))
    }
    return masks
  }

  /// The first map without detail, and where it is above the threshold.
  private func thresholded(
    _ first: Volume, isMask: Bool, _ masks: inout MadeMasks, _ progress: Progress
  ) throws -> (map: Volume, region: Region) {
    let (map, difference) = try withoutDetail(first, isMask: isMask, masks.grid, progress)
    masks.measuredResolution = try measured(first, masks.grid, progress)
    progress("threshold", 0.3)
    let choice = isMask && threshold.isAutomatic ? .density(0.5) : threshold
    var found = try choice.found(
      in: map, difference: difference, pieces: pieces ?? (isMask ? .all : .ranks([1])))
    if isMask, threshold.isAutomatic { found.how = "\(FilePath.name(of: maps[0])) is a mask" }
    masks.threshold = found
    return (map, Region(of: map, threshold: found.density))
  }

  /// Adds the masks of so many bodies, into which a map parts a region.
  private func addBodies(
    _ segments: Int, of map: Volume?, in region: Region, clearOf others: [Region],
    _ masks: inout MadeMasks, _ progress: Progress
  ) throws {
    guard let map else {
      throw Problem("--segments needs a map", whatToDo: "Give the map that is to be parted.")
    }
    let part = region.volume / Double(segments)
    let smoothing = max(
      segmentLowPass ?? 0.4 * cbrt(0.75 * part / .pi), 4 * masks.grid.pixelSize)
    masks.segmentLowPass = smoothing
    let watershed = Watershed(
      of: map.lowPassed(to: smoothing), in: region, count: segments, leastShare: leastShare)
    guard watershed.counts.count == segments else {
      throw Problem(
        "at a low-pass of \(Format.short(smoothing)) Å the map has "
          + "\(Format.counted(watershed.counts.count, "peak")), too few for \(segments) bodies",
        whatToDo: "Ask for fewer bodies, or for less smoothing (--smooth).")
    }
    for body in 0..<segments {
      progress("body \(body + 1)", 0.6 + 0.4 * Double(body) / Double(segments))
      let part = watershed.region(
        ofBody: body, size: masks.grid.size, pixelSize: masks.grid.pixelSize)
      masks.add(part, masks.shape.mask(of: part, clearOf: others))
    }
  }

  /// The map, or the mean of the half-maps and half their difference, without detail.
  private func withoutDetail(
    _ first: Volume, isMask: Bool, _ grid: MapGrid, _ progress: Progress
  ) throws -> (map: Volume, difference: Volume?) {
    let resolution = lowPass ?? (isMask ? 0 : max(15, 4 * grid.pixelSize))
    func low(_ map: Volume) -> Volume { resolution > 0 ? map.lowPassed(to: resolution) : map }
    guard maps.count > 1 else {
      progress("low-pass", 0.1)
      return (low(first), nil)
    }
    let second = try grid.readLike(maps[1], reference: maps[0])
    progress("low-pass", 0.1)
    guard first != second else {
      throw Problem(
        "\(maps[0]) and \(maps[1]) are the same map",
        whatToDo: "Give both half-maps, or one map alone.")
    }
    return (
      low(first.combined(with: second) { 0.5 * ($0 + $1) }),
      low(first.combined(with: second) { 0.5 * ($0 - $1) })
    )
  }

  /// The resolution of half-maps, Å, where nobody has said it and the edge depends on it.
  private func measured(
    _ first: Volume, _ grid: MapGrid, _ progress: Progress
  ) throws -> Double? {
    guard maps.count > 1, resolution == nil else { return nil }
    progress("resolution", 0.2)
    let second = try grid.readLike(maps[1], reference: maps[0])
    return fourierShellCorrelation(first, second).resolution(below: 0.143)
  }

  /// What the model and the shapes cover; nil where there are none.
  private func drawn(on grid: MapGrid, _ masks: inout MadeMasks) throws -> Region? {
    guard model != nil || !shapes.isEmpty else { return nil }
    var region = Region(size: grid.size, pixelSize: grid.pixelSize)
    if let model {
      let all = try AtomicModel(path: model)
      let atoms = try selection?.atoms(of: all, path: model) ?? all.atoms
      let outside = region.add(atoms, radius: radius, on: grid)
      masks.atomCount = atoms.count
      if outside == atoms.count {
        throw Problem(
          "\(model): no atom is in the box, which begins at "
            + "\(Format.short(grid.origin.x)), \(Format.short(grid.origin.y)), "
            + "\(Format.short(grid.origin.z)) Å",
          whatToDo: "Fit the model into the map, and save it relative to the map.")
      }
      if outside > 0 {
        masks.warnings.append(
          Problem(
            "\(model): \(Format.counted(outside, "atom")) of \(atoms.count) are outside of the box",
            whatToDo: "Check that the model is fitted into this map.", severity: .warning))
      }
    }
    for shape in shapes { region.add(areShapesInVoxels ? shape.inAngstroms(on: grid) : shape) }
    return region
  }

  /// The spheres, in Å, where the mask is of nothing else; nil where it is.
  private func spheres(on grid: MapGrid) -> [(centre: Vector3, radius: Double)]? {
    guard maps.isEmpty, model == nil, combinations.isEmpty, pieces == nil || pieces == .all
    else { return nil }
    var spheres: [(centre: Vector3, radius: Double)] = []
    for shape in shapes {
      guard
        case .sphere(let centre, let radius) = areShapesInVoxels
          ? shape.inAngstroms(on: grid) : shape
      else { return nil }
      spheres.append((centre, radius))
    }
    return spheres
  }

  private func shape(isMask: Bool, _ masks: MadeMasks, _ grid: MapGrid) -> MaskShape {
    let resolution = resolution ?? masks.measuredResolution ?? 2 * grid.pixelSize
    var shape = MaskShape(extend: extend ?? (isMask ? 0 : 3), edge: edge ?? 5 * resolution)
    shape.pieces = pieces ?? (maps.isEmpty || isMask ? .all : .ranks([1]))
    shape.fillsHoles = fillsHoles
    shape.clearsBoxEdge = clearsBoxEdge
    shape.inverts = inverts
    return shape
  }
}

extension MaskThreshold {
  fileprivate var isAutomatic: Bool { if case .automatic = self { true } else { false } }
}

extension MaskRecipe.Shape {
  /// A shape in voxels from the first one, in Å from the box centre.
  func inAngstroms(on grid: MapGrid) -> Self {
    let shift = Double(grid.fileSize / 2)
    func place(_ voxel: Vector3) -> Vector3 {
      (voxel - Vector3(repeating: shift)) * grid.pixelSize
    }
    return switch self {
    case .sphere(let centre, let radius):
      .sphere(centre: place(centre), radius: radius * grid.pixelSize)
    case .cuboid(let centre, let extent):
      .cuboid(centre: place(centre), extent: extent * grid.pixelSize)
    }
  }
}

extension Region {
  /// Adds a shape in Å from the box centre.
  mutating func add(_ shape: MaskRecipe.Shape) {
    switch shape {
    case .sphere(let centre, let radius): addSphere(centre: centre, radius: radius)
    case .cuboid(let centre, let extent): addCuboid(centre: centre, extent: extent)
    }
  }
}

extension Volume {
  /// Whether this is a mask rather than a map: from 0 to 1, and nearly all of it one of them.
  var isMask: Bool {
    guard minimum >= 0, abs(maximum - 1) < 1e-3 else { return false }
    let clear = voxels.reduce(0) { $0 + ($1 == 0 || $1 > 0.999 ? 1 : 0) }
    return Double(clear) > 0.8 * Double(voxels.count) && voxels.contains(0)
  }
}
