import CryoEM
import Ground
import Jobs
import Refinement
import Report
import Runs
import Viewing

/// Which of the maps of a step is looked at.
enum MapKind: String, Sendable, Hashable, CaseIterable {
  case map, sharpened = "sharpened map", halfA = "half-map A", halfB = "half-map B",
    difference = "A − B", localResolution = "local resolution", mask

  /// Those that are stepped through; the others are for colours and veils.
  static let shown: [MapKind] = [.map, .sharpened, .halfA, .halfB, .difference]
}

/// A map that is to be read.
struct MapRequest: Sendable, Hashable {
  /// One file, or two half-maps of which the mean or the difference is meant.
  var files: [String]
  var kind: MapKind
  /// Files are read inside this folder, without following links out of it; nil for any.
  var root: String?
  /// The edge (Å) of the whole box of which the file may hold a part; nil where the file is whole.
  var wholeEdge: Double?
  /// A moment of the regions' motion, whose map is composed in place of being read.
  var frame: ModeFrame?
}

/// The maps of one moment: before a refinement, of an iteration, at its end, or of a file.
struct MapStep: Sendable, Hashable {
  var title: String
  var maps: [MapKind: MapRequest]

  /// The map of a kind, or the one that is nearest to it.
  func map(of kind: MapKind) -> (kind: MapKind, request: MapRequest)? {
    for kind in [kind, .map, .sharpened] + MapKind.shown {
      if let request = maps[kind] { return (kind, request) }
    }
    return nil
  }
}

/// All maps that can be looked at together, in one frame.
struct MapShelf: Sendable, Hashable {
  /// Whose they are.
  var title: String
  var steps: [MapStep]
  /// One of them is the veil, and the outline that is drawn on top; all give their colours to regions.
  var masks: [MapRequest] = []
  /// The names of the regions whose masks these are; empty where they have none.
  var regions: [String] = []
  /// The mask that is the veil to begin with.
  var chosen = 0
  /// Å.
  var localResolution: MapRequest?
  /// Å in the shared frame, as the masks are ordered; nil where one is not known.
  var fulcra: [Vector3?] = []
  /// What was learnt of the regions' hinges, in the same order.
  var hinges: [LearntHinge?] = []
  /// How far the body goes.
  var sway: BodySway?
}

extension MapShelf {
  /// Maps of files.
  init(_ choice: MapChoice) {
    func request(_ path: String, _ kind: MapKind) -> MapRequest {
      MapRequest(files: [path], kind: kind)
    }
    let maps = choice.maps
    if choice.areHalves, maps.count == 2 {
      steps = [Self.step("maps", halves: maps, root: nil, wholeEdge: nil)]
    } else {
      steps = maps.map {
        MapStep(title: FilePath.name(of: $0), maps: [.map: request($0, .map)])
      }
    }
    title = maps.count == 1 ? FilePath.name(of: maps[0]) : "\(maps.count) maps"
    masks = choice.masks.map { request($0, .mask) }
    localResolution = choice.localResolution.map { request($0, .localResolution) }
    if let run = choice.run { takeRun(RunFolder(run)) }
  }

  /// What a finished run knows of its regions, and its masks and local resolution where none are given.
  private mutating func takeRun(_ folder: RunFolder) {
    guard let all = try? RunFolder(folder.root).finishedRegions() else { return }
    let own = all.filter { folder.root == folder.path || $0.name == folder.name }
    fulcra = own.map(\.summary.fulcrumPoint)
    hinges = RunFolder(folder.root).learntHinges(of: own)
    if own.count > 1 { regions = own.map(\.name) }
    let found = own.compactMap { region in
      region.file("mask.mrc").map { MapRequest(files: [$0], kind: .mask) }
    }
    if masks.isEmpty, found.count == own.count { masks = found }
    if localResolution == nil, own.count == 1 {
      localResolution = own[0].file("local_resolution.mrc").map {
        MapRequest(files: [$0], kind: .localResolution)
      }
    }
  }

  /// The maps of a run; nil while none is kept.
  init?(_ snapshot: RunSnapshot) {
    let folder = RunFolder(snapshot.folder)
    let edge = snapshot.manifest.map { Double($0.boxSize) * $0.pixelSize }
    var steps = snapshot.job.map(Self.consensus(of:)) ?? []
    masks = snapshot.job.map(Self.masks(of:)) ?? []
    for iteration in snapshot.iterationsWithMaps {
      let place = folder.iterationPath(iteration)
      steps.append(
        Self.step(
          "iteration \(iteration)", halves: ["a", "b"].map { "\(place)/half_map_\($0).mrc" },
          root: folder.root, wholeEdge: edge))
    }
    let names = Set(snapshot.files.map { FilePath.name(of: $0.path) })
    func final(_ name: String, _ kind: MapKind) -> MapRequest? {
      names.contains(name)
        ? MapRequest(
          files: [FilePath.joined(folder.finalPath, name)], kind: kind, root: folder.root) : nil
    }
    if names.contains("map.mrc") || names.contains("map_sharp.mrc") {
      var step = MapStep(title: "final", maps: [:])
      if names.isSuperset(of: ["half_map_a.mrc", "half_map_b.mrc"]) {
        step = Self.step(
          "final", halves: ["a", "b"].map { "\(folder.finalPath)/half_map_\($0).mrc" },
          root: folder.root, wholeEdge: nil)
      }
      step.maps[.map] = final("map.mrc", .map) ?? step.maps[.map]
      step.maps[.sharpened] = final("map_sharp.mrc", .sharpened)
      steps.append(step)
      if let mask = final("mask.mrc", .mask) { masks = [mask] }
      localResolution = final("local_resolution.mrc", .localResolution)
    }
    guard !steps.isEmpty else { return nil }
    (title, self.steps) = (snapshot.name, steps)
    takeRegions(of: folder)
    if fulcra.isEmpty {
      fulcra = [snapshot.summary?.fulcrumPoint]
      hinges = [LearntHinge(snapshot.summary?.motion ?? snapshot.metrics(of: nil)?.motion)]
    }
    if let fulcrum = fulcra.indices.contains(chosen) ? fulcra[chosen] : nil,
      let metrics = snapshot.metrics(of: nil)
    {
      sway = BodySway(
        fulcrum: fulcrum, rotation: Self.deviation(metrics.rotationFromStart),
        shift: Self.deviation(metrics.shiftFromStart))
    }
  }

  /// Of a region of a finished run: the masks and fulcra of all, this one's chosen.
  private mutating func takeRegions(of folder: RunFolder) {
    let run = RunFolder(folder.root)
    guard folder.root != folder.path, let all = try? run.finishedRegions(), all.count > 1,
      let own = all.firstIndex(where: { $0.name == folder.name })
    else { return }
    let found = all.compactMap { region in
      region.file("mask.mrc").map { MapRequest(files: [$0], kind: .mask, root: folder.root) }
    }
    guard found.count == all.count else { return }
    (masks, chosen, regions) = (found, own, all.map(\.name))
    fulcra = all.map(\.summary.fulcrumPoint)
    hinges = run.learntHinges(of: all)
  }

  /// The maps that a job begins with; nil while it names none.
  ///
  /// - Parameters:
  ///   - fulcra: of the job, or of each region.
  ///   - chosen: the region whose mask is the veil.
  init?(_ job: Job, fulcra: [Vector3?], hinges: [LearntHinge?] = [], chosen: Int = 0) {
    steps = Self.consensus(of: job)
    guard !steps.isEmpty else { return nil }
    (title, masks) = (job.name, Self.masks(of: job))
    regions = job.regions.map(\.name)
    self.hinges = hinges
    (self.fulcra, self.chosen) = (fulcra, masks.indices.contains(chosen) ? chosen : 0)
  }

  private static func consensus(of job: Job) -> [MapStep] {
    let input = Parameter.input
    var steps: [MapStep] = []
    if let first = job[input.halfMapA], let other = job[input.halfMapB] {
      steps.append(
        step(
          "consensus", halves: [job.resolved(first), job.resolved(other)], root: nil,
          wholeEdge: nil))
    }
    if let map = job[input.map] {
      if steps.isEmpty { steps.append(MapStep(title: "consensus", maps: [:])) }
      steps[0].maps[.map] = MapRequest(files: [job.resolved(map)], kind: .map)
    }
    return steps
  }

  private static func masks(of job: Job) -> [MapRequest] {
    let mask = Parameter.input.mask
    let paths = job.regions.isEmpty ? [job[mask]] : job.regions.map { $0[mask] }
    // A region without a mask would shift the others' colours and fulcra.
    guard !paths.contains(nil) else { return [] }
    return paths.compactMap { $0 }.map { MapRequest(files: [job.resolved($0)], kind: .mask) }
  }

  /// The standard deviation along each of three axes of a vector whose length has a histogram.
  private static func deviation(_ histogram: IterationMetrics.Histogram) -> Double {
    let width = (histogram.upper - histogram.lower) / Double(max(1, histogram.counts.count))
    var (sum, count) = (0.0, 0.0)
    for (bin, particles) in histogram.counts.enumerated() {
      let value = histogram.lower + (Double(bin) + 0.5) * width
      sum += Double(particles) * value * value
      count += Double(particles)
    }
    return count > 0 ? (sum / count / 3).squareRoot() : 0
  }

  private static func step(
    _ title: String, halves: [String], root: String?, wholeEdge: Double?
  ) -> MapStep {
    func request(_ files: [String], _ kind: MapKind) -> MapRequest {
      MapRequest(files: files, kind: kind, root: root, wholeEdge: wholeEdge)
    }
    return MapStep(
      title: title,
      maps: [
        .map: request(halves, .map), .halfA: request([halves[0]], .halfA),
        .halfB: request([halves[1]], .halfB), .difference: request(halves, .difference),
      ])
  }
}

/// What a person asks to look at on the command line.
public struct MapChoice: Sendable, Hashable {
  /// At least one.
  public var maps: [String]
  /// Whether two maps are half-maps.
  public var areHalves: Bool
  public var masks: [String]
  /// A map of the local resolution, Å.
  public var localResolution: String?
  /// A finished run, or a region of one, whose fulcra and hinges are drawn.
  public var run: String?

  public init(
    maps: [String], areHalves: Bool = false, masks: [String] = [], localResolution: String? = nil,
    run: String? = nil
  ) {
    self.run = run
    (self.maps, self.areHalves) = (maps, areHalves)
    (self.masks, self.localResolution) = (masks, localResolution)
  }
}
