import CryoEM
import Ground
import Jobs
import Particles
import Runs

/// What particles are selected of: a file, or the final particles of a run, whose input tells how far they
/// have turned and moved.
struct SelectionSource {
  let records: ParticleRecords
  /// Every file that was read.
  let files: [String]
  private let run: RunFolder?

  init(input: String, passthrough: [String]) throws {
    let folder = RunFolder(input)
    guard folder.exists else {
      run = nil
      records = try ParticleRecords(path: input, passthrough: passthrough)
      files = records.files
      return
    }
    guard let path = folder.finalParticles else {
      throw Problem(
        "the run \(input) has no final particles yet",
        whatToDo: "Wait for its end, or go on with it: fulcrum resume \(input).")
    }
    run = folder
    records = try ParticleRecords(path: path, passthrough: passthrough)
    files = records.files
  }

  var motionAdvice: String {
    run == nil
      ? "Give the file with the poses before with --against, or the run's folder as input."
      : "The run's input is not there any more: give it with --against."
  }

  /// The file with the poses before; nil where there is none.
  func start(against path: String?) throws -> ParticleRecords? {
    if let path { return try ParticleRecords(path: path) }
    guard let run else { return nil }
    let job = try run.job()
    guard let input = job[Parameter.input.particles]?.first else { return nil }
    let passthrough = job[Parameter.input.passthrough].map { [job.resolved($0)] } ?? []
    return try? ParticleRecords(path: job.resolved(input), passthrough: passthrough)
  }

  /// How far each particle turned, degrees, and moved at the run's fulcrum, or at the centre of the box, Å.
  /// A particle that is not in the other file has neither: not a number.
  func motions(from start: ParticleRecords) throws -> (turned: [Double], moved: [Double]) {
    var problems = ProblemList()
    guard let before = start.poses(problems: &problems),
      let now = records.poses(problems: &problems)
    else {
      try problems.throwIfAny()
      throw Problem(
        "\(records.path) or \(start.path) has no poses, so nothing has turned or moved",
        whatToDo: "Give files of a 3D refinement.")
    }
    let matching = try ParticleMatching(records, start)
    let fulcrum = fulcrum
    let motions = zip(matching.rows, now).map { row, pose in
      row < 0 ? nil : before[Int(row)].motion(to: pose, about: fulcrum)
    }
    return (
      motions.map { $0.map { degrees($0.angle) } ?? .nan }, motions.map { $0?.distance ?? .nan }
    )
  }

  /// The fulcrum, Å from the box centre.
  private var fulcrum: Vector3 {
    guard let run, let values = try? run.summary().fulcrum, values.count == 3 else { return .zero }
    return Vector3(values[0], values[1], values[2])
  }
}
