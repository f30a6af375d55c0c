import CryoEM
import Ground
import Motion
import Particles
import Runs

/// The regions of finished runs, read for `fulcrum motion`: particle by particle together.
public struct MotionInput: Sendable {
  public let regions: [MovingRegion]
  /// The regions' maps.
  public let sources: [ComposeRecipe.Region]
  /// The particles of the first region.
  public let file: ParticleFile
  /// How many of them are in every region.
  public let shared: Int
  /// Of the maps.
  public let grid: MapGrid
  /// Paths of everything that was read.
  public let paths: [String]

  /// - Parameter runs: folders of finished runs, the first of which the others' motion is against.
  /// - Throws: everything that is wrong.
  public init(
    _ runs: [String], progress: (String, Double) -> Void = { _, _ in }
  ) throws(Problems) {
    let found = try Self.finished(runs)
    var problems = ProblemList()
    var read: [Read] = []
    for (index, region) in found.enumerated() {
      progress("reading \(region.name)", Double(index) / Double(found.count))
      let first = read.first
      if let one = problems.catchingAll({ () throws(Problems) in try Read(region, like: first) }) {
        read.append(one)
      }
    }
    try problems.throwIfAny()
    guard let first = read.first else { throw Problems(problems.all) }
    var regions = [first.region]
    var common = [Bool](repeating: true, count: first.file.particles.count)
    for other in read.dropFirst() {
      let rows = ParticleMatching.byImage(first.file.imagePlaces, other.file.imagePlaces)
        .map { $0 < 0 ? nil : Int($0) }
      regions.append(other.region.like(first.region, rows: rows))
      for (row, place) in rows.enumerated() where place == nil { common[row] = false }
    }
    self.regions = regions
    shared = common.count { $0 }
    sources = read.map(\.source)
    file = first.file
    grid = first.grid
    paths = read.flatMap(\.paths)
    guard shared >= MotionAnalysis.fewest else {
      problems.add(
        Problem(
          "\(runs.joined(separator: ", ")) have \(Format.counted(shared, "particle")) in common",
          whatToDo: "Give runs of one particle set: images are told by their stack and number."))
      throw Problems(problems.all)
    }
  }

  /// The regions of finished runs: two or more, with names of their own.
  private static func finished(_ runs: [String]) throws(Problems) -> [FinishedRegion] {
    var problems = ProblemList()
    var found: [FinishedRegion] = []
    for run in runs {
      problems.catching { () throws(Problem) in
        found += try RunFolder(run).finishedRegions()
      }
    }
    try problems.throwIfAny()
    if found.count < 2 {
      problems.add(
        Problem(
          "there is no motion of one region",
          whatToDo: "Give two finished runs of one particle set, or more, or one with regions."))
    }
    for name in Set(found.map(\.name)) where found.count(where: { $0.name == name }) > 1 {
      problems.add(
        Problem(
          "two regions are called \(name)", whatToDo: "Rename a run's folder, or leave one out."))
    }
    try problems.throwIfAny()
    return found
  }

  /// A region as its folder has it.
  private struct Read {
    var region: MovingRegion
    var source: ComposeRecipe.Region
    var file: ParticleFile
    var grid: MapGrid
    var paths: [String]

    init(_ finished: FinishedRegion, like first: Read?) throws(Problems) {
      var problems = ProblemList()
      func path(_ name: String) -> String? {
        let found = finished.file(name)
        if found == nil {
          problems.add(
            Problem(
              "\(finished.path) has no \(name)",
              whatToDo: "Refine once more: earlier versions did not write it."))
        }
        return found
      }
      let evidencePath = path(PoseEvidenceFile.name)
      let (map, maskPath) = (path("map.mrc"), path("mask.mrc"))
      let particles = finished.particles ?? path("particles.star")
      try problems.throwIfAny()
      guard let evidencePath, let map, let maskPath, let particles else {
        throw Problems(problems.all)
      }
      let evidence = problems.catchingAll { () throws(Problems) in
        try PoseEvidenceFile.read(evidencePath)
      }
      let file = problems.catchingAll { () throws(Problems) in
        try ParticleFile.read(path: particles, resolvingImages: false, needsCTF: false)
      }
      let mask = Self.mask(maskPath, like: first, &problems)
      if let evidence, let file, evidence.count != file.particles.count {
        problems.add(
          Problem(
            "\(evidencePath) has \(evidence.count) rows, \(particles) "
              + "\(file.particles.count)", whatToDo: "Give the folder as the run has written it."))
      }
      try problems.throwIfAny()
      let place = finished.summary.fulcrum
      guard let evidence, let file, let mask, place.count == 3 else {
        throw Problems([
          Problem(
            "\(finished.path)/summary.json has no fulcrum",
            whatToDo: "Give the folder as the run has written it.")
        ])
      }
      region = MovingRegion(
        name: finished.name, fulcrum: Vector3(place[0], place[1], place[2]), shape: mask.shape,
        poses: file.particles.poses, evidence: evidence)
      source = ComposeRecipe.Region(
        map: map, mask: maskPath, localResolution: finished.file("local_resolution.mrc"))
      (self.file, grid) = (file, mask.grid)
      paths = [particles, evidencePath, finished.path + "/summary.json", map, maskPath]
    }

    /// The shape of a region, in the grid of the first.
    private static func mask(
      _ path: String, like first: Read?, _ problems: inout ProblemList
    ) -> (shape: RegionShape, grid: MapGrid)? {
      let mask = problems.catching { () throws(Problem) -> (map: Volume, grid: MapGrid) in
        guard let first else { return try MapGrid.read(path) }
        return (try first.grid.readLike(path, reference: first.source.mask), first.grid)
      }
      guard let mask else { return nil }
      let shape = RegionShape(mask: mask.map)
      if shape == nil {
        problems.add(
          Problem("\(path): the mask is empty", whatToDo: "Give a run with a mask."))
      }
      return shape.map { ($0, mask.grid) }
    }
  }
}

extension MovingRegion {
  /// The same with the particles of another in their order.
  ///
  /// - Parameter rows: of this one, by row of the other; nil where it does not have a particle, of which it
  ///   then says nothing.
  fileprivate func like(_ other: MovingRegion, rows: [Int?]) -> MovingRegion {
    var region = self
    region.poses = rows.enumerated().map { row, place in
      place.map { poses[$0] } ?? other.poses[row]
    }
    region.evidence = rows.map { $0.map { evidence[$0] } ?? PoseEvidence() }
    return region
  }
}

extension ParticleFile {
  /// Where the images of its rows are.
  fileprivate var imagePlaces: ParticleMatching.Images { (stackNames, particles.images) }
}
