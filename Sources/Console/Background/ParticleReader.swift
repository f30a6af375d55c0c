import CryoEM
import Ground
import Jobs
import Particles
import Refinement
import Runs

/// Reads the particles of a run: poses of an iteration, and how far they are from where they were.
enum ParticleReader {
  static func table(of path: String, iteration: Int) -> ParticleTable {
    var table = ParticleTable(folder: path, iteration: iteration, columns: [], count: 0)
    let folder = RunFolder(path)
    guard let file = file(of: folder, iteration: iteration) else {
      table.problem = "The particles of iteration \(iteration) were not written."
      return table
    }
    do {
      let particles = try read(file)
      table.count = particles.count
      table.columns = columns(of: particles, isStar: file.hasSuffix(".star"))
      table.columns += widths(in: file)
      // The input may be elsewhere by now: then there are no changes to show.
      if let start = try? input(of: folder), let pairs = Self.pairs(particles, start),
        pairs.count == particles.count
      {
        let fulcrum = fulcrum(of: folder)
        let motions = pairs.map { $0.other.motion(to: $0.pose, about: fulcrum) }
        table.columns.insert(
          contentsOf: [
            .init(name: "turned °", values: motions.map { degrees($0.angle) }, word: "turned"),
            .init(name: "moved Å", values: motions.map(\.distance), word: "moved"),
          ], at: 0)
      } else {
        table.note =
          "how far they turned and moved is not known: the input's particles are not there"
      }
    } catch { table.problem = error.all.first?.what ?? "The particles cannot be read." }
    return table
  }

  /// How far the poses of two runs are apart: a turn, and a shift at the fulcrum of the first.
  static func difference(first: String, other: String) -> PoseDifference {
    var result = PoseDifference(folder: other)
    let folders = [first, other].map { RunFolder($0) }
    let files = folders.map { file(of: $0, iteration: $0.iterations().last ?? 0) }
    guard let left = files[0], let right = files[1] else {
      result.problem = "no poses were written"
      return result
    }
    do {
      let sets = [try read(left), try read(right)]
      guard let pairs = Self.pairs(sets[0], sets[1]) else {
        result.problem =
          "\(Format.count(sets[1].count)) particles, not \(Format.count(sets[0].count))"
        return result
      }
      let fulcrum = fulcrum(of: folders[0])
      let motions = pairs.map { $0.pose.motion(to: $0.other, about: fulcrum) }
      result.rotation = IterationMetrics.Histogram(of: motions.map { degrees($0.angle) })
      result.shift = IterationMetrics.Histogram(of: motions.map(\.distance))
    } catch { result.problem = error.all.first?.what ?? "the poses cannot be read" }
    return result
  }

  /// Poses of the same particles: row by row where there are as many, else of those that are in both
  /// sets; nil where none is.
  private static func pairs(
    _ set: ParticleSet, _ other: ParticleSet
  ) -> [(pose: Pose, other: Pose)]? {
    if set.count == other.count { return zip(set.poses, other.poses).map { ($0, $1) } }
    let rows = ParticleMatching.byImage((set.stacks, set.images), (other.stacks, other.images))
    let pairs = zip(set.poses, rows).compactMap { pose, row in
      row < 0 ? nil : (pose: pose, other: other.poses[Int(row)])
    }
    return pairs.isEmpty ? nil : pairs
  }

  /// The file with the poses of an iteration: its own, or the final one for the last.
  static func file(of folder: RunFolder, iteration: Int) -> String? {
    let isLast = iteration == folder.iterations().last
    let places =
      (isLast ? [folder.finalPath + "/particles"] : [])
      + [folder.iterationPath(iteration) + "/poses"]
    for place in places {
      for ending in [".star", ".cs"] where folder.holds(place + ending) {
        return place + ending
      }
    }
    return nil
  }

  private static func read(_ path: String) throws(Problems) -> ParticleSet {
    try ParticleFile.read(path: path, resolvingImages: false).particles
  }

  private static func input(of folder: RunFolder) throws -> ParticleSet? {
    let job = try folder.job()
    guard let path = job[Parameter.input.particles]?.first else { return nil }
    return try read(job.resolved(path))
  }

  /// The fulcrum of a run, Å from the box centre; the centre itself while it is not known.
  private static func fulcrum(of folder: RunFolder) -> Vector3 {
    (try? folder.summary())?.fulcrumPoint ?? .zero
  }

  /// The widths of the posteriors, and the scales where they were fitted, as far as the file has them.
  private static func widths(in path: String) -> [ParticleTable.Column] {
    guard let records = try? ParticleRecords(path: path) else { return [] }
    let isStar = records.format == .star
    let all = [
      (LocalRefinementColumn.rotation, "turned ±°", "turned_sd"),
      (LocalRefinementColumn.shift, "moved ±Å", "moved_sd"),
      (LocalRefinementColumn.scale, "scale", "scale"),
    ]
    return all.compactMap { names, title, word in
      var problems = ProblemList()
      return records.numbers(isStar ? names.0 : names.1, problems: &problems).map {
        ParticleTable.Column(name: title, values: $0, word: word)
      }
    }
  }

  private static func columns(
    of particles: ParticleSet, isStar: Bool
  ) -> [ParticleTable.Column] {
    let angles = particles.poses.map(\.rotation.eulerAngles)
    var columns: [ParticleTable.Column] = [
      .init(name: "rot °", values: angles.map { $0.rot }, word: isStar ? "rlnAngleRot" : nil),
      .init(name: "tilt °", values: angles.map { $0.tilt }, word: isStar ? "rlnAngleTilt" : nil),
      .init(name: "psi °", values: angles.map { $0.psi }, word: isStar ? "rlnAnglePsi" : nil),
      .init(name: "x Å", values: particles.poses.map(\.origin.x)),
      .init(name: "y Å", values: particles.poses.map(\.origin.y)),
      .init(name: "defocus Å", values: particles.defoci.map { ($0.u + $0.v) / 2 }, word: "defocus"),
    ]
    if particles.halfSets.count == particles.count {
      columns.append(
        .init(name: "half", values: particles.halfSets.map { Double($0.rawValue + 1) }))
    }
    return columns.filter { $0.values.count == particles.count }
  }
}
