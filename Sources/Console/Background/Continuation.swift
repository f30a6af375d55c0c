import Ground
import Jobs
import Runs

/// Makes a job that goes on where an iteration of another run has ended.
enum Continuation {
  /// The job of a finished run with particles that were kept of its last.
  static func job(
    of path: String, particles: String
  ) throws(Problem) -> (job: Job, takes: String) {
    guard let last = RunFolder(path).iterations().last else {
      throw Problem("\(path) has no iteration", whatToDo: "Choose a finished run.")
    }
    return try job(of: path, iteration: last, kept: FilePath.absolute(particles))
  }

  /// The job of a run of several regions with particles that were kept, at the poses with which it began:
  /// each region has poses of its own since, and all begin at one.
  ///
  /// - Parameters:
  ///   - path: the run, or one of its regions.
  ///   - particles: rows of the run's input.
  static func restart(
    of path: String, particles: String
  ) throws(Problem) -> (job: Job, takes: String, parent: RunManifest.Parent) {
    let folder = RunFolder(RunFolder(path).root)
    var job = try folder.job()
    let input = Parameter.input
    // A region's job names the folder beside whose particles the images were found.
    if let region = try folder.regions.first?.job(), region.isSet(input.projectFolder) {
      job[input.projectFolder] = region[input.projectFolder]
    } else if !job.isSet(input.projectFolder), let file = job[input.particles]?.first {
      job[input.projectFolder] = FilePath.folder(of: job.resolved(file))
    }
    job[input.particles] = [FilePath.absolute(particles)]
    job[input.passthrough] = nil
    job[input.fraction] = nil
    place(&job, beside: folder)
    let manifest = try folder.manifest()
    return (
      job,
      "the particles in \(FilePath.name(of: particles)), at the poses with which "
        + "\(folder.name) began, and its maps",
      RunManifest.Parent(
        run: folder.name, iteration: 0, kind: .selected, identifier: manifest.identifier)
    )
  }

  /// A folder of its own, beside the other run's.
  private static func place(_ job: inout Job, beside folder: RunFolder) {
    job[Parameter.output.folder] = nil
    let runs = FilePath.folder(of: FilePath.absolute(folder.path))
    job.folder = FilePath.name(of: runs) == "runs" ? FilePath.folder(of: runs) : runs
  }

  /// The run's job with the iteration's poses as particles and, for the last iteration of a finished
  /// run, its half-maps as reference; earlier iterations keep the run's own reference, since their
  /// maps hold the mask's surroundings only, on a grid of their own. With it, in words, what the new
  /// run takes.
  ///
  /// - Parameter kept: particles that were kept of those of the iteration; nil for all.
  static func job(
    of path: String, iteration: Int, kept: String? = nil
  ) throws(Problem) -> (job: Job, takes: String) {
    let folder = RunFolder(path)
    var job = try folder.job()
    let input = Parameter.input
    guard iteration == 0 || ParticleReader.file(of: folder, iteration: iteration) != nil else {
      throw Problem(
        "the poses of iteration \(iteration) were not written",
        whatToDo: "Choose another iteration with [ and ].")
    }
    if iteration > 0, let particles = ParticleReader.file(of: folder, iteration: iteration) {
      // The images stay where they are: their paths start where those of the run's input did.
      if !job.isSet(input.projectFolder), let file = job[input.particles]?.first {
        job[input.projectFolder] = FilePath.folder(of: job.resolved(file))
      }
      job[input.particles] = [kept ?? particles]
      job[input.passthrough] = nil
      // The file holds that part alone.
      job[input.fraction] = nil
    }
    var takes = iteration > 0 ? "its poses" : "the input's poses"
    if let kept { takes = "the particles in \(FilePath.name(of: kept))" }
    let halves = ["half_map_a", "half_map_b"].map { folder.finalPath + "/" + $0 + ".mrc" }
    if iteration == folder.iterations().last, halves.allSatisfy(folder.holds) {
      takes += " and its final half-maps"
      job[input.halfMapA] = halves[0]
      job[input.halfMapB] = halves[1]
      job[input.map] = nil
    } else {
      takes += " and the maps with which the run began"
    }
    if iteration > 0, job[Parameter.refinement.subtractOutside] == true {
      takes += "; what is outside the mask is now subtracted at these poses"
    }
    job[Parameter.refinement.resplit] = nil
    place(&job, beside: folder)
    return (job, takes)
  }
}
