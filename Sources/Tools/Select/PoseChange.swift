import Ground
import Jobs
import Particles
import Runs

/// How far the particles of a run have come from the poses of another's input.
public struct PoseChange: Sendable, Equatable {
  /// Medians: degrees, and Å at the fulcrum of the run.
  public var turned: Double
  public var moved: Double

  /// Compares the final poses of a run with those that another began with, particle by particle; those
  /// that are in one of them only are left out.
  ///
  /// - Throws: what is wrong: a run without final poses, an input that is not there any more.
  public init(of run: RunFolder, against root: RunFolder) throws {
    let source = try SelectionSource(input: run.path, passthrough: [])
    let job = try root.job()
    guard let input = job[Parameter.input.particles]?.first else {
      throw Problem("\(root.name) names no particles", whatToDo: "Look at its job.")
    }
    let passthrough = job[Parameter.input.passthrough].map { [job.resolved($0)] } ?? []
    let start = try ParticleRecords(path: job.resolved(input), passthrough: passthrough)
    let motions = try source.motions(from: start)
    guard let turned = Self.median(motions.turned), let moved = Self.median(motions.moved) else {
      throw Problem(
        "\(run.name) has no particle of \(root.name)", whatToDo: "Compare runs of the same set.")
    }
    (self.turned, self.moved) = (turned, moved)
  }

  private static func median(_ values: [Double]) -> Double? {
    let known = values.filter(\.isFinite).sorted()
    return known.isEmpty ? nil : known[known.count / 2]
  }
}
