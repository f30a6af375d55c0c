import EMFiles
import Refinement
import Runs

/// Makes a job that goes on where an iteration of another run has ended.
enum Continuation {
  /// The run's job with the iteration's poses as particles and, for the last iteration of a finished
  /// run, its half-maps as reference; earlier iterations keep the run's own reference, since their
  /// maps hold the mask's surroundings only.
  static func job(of path: String, iteration: Int) throws(Problem) -> Job {
    let folder = RunFolder(path)
    var job = try folder.job()
    guard iteration == 0 || ParticleReader.file(of: folder, iteration: iteration) != nil else {
      throw Problem(
        "the poses of iteration \(iteration) were not written",
        whatToDo: "Choose another iteration with [ and ].")
    }
    if iteration > 0, let particles = ParticleReader.file(of: folder, iteration: iteration) {
      // The images stay where they are: their paths start where those of the run's input did.
      if !job.isSet("input.project_dir"), let input = job["input.particles"]?.pathList?.first {
        job["input.project_dir"] = .text(FilePath.folder(of: job.resolved(input)))
      }
      job["input.particles"] = .paths([particles])
      job["input.passthrough"] = nil
    }
    let halves = ["half_map_a", "half_map_b"].map { folder.finalPath + "/" + $0 + ".mrc" }
    if iteration == folder.iterations().last, halves.allSatisfy(folder.holds) {
      job["input.half_map_a"] = .text(halves[0])
      job["input.half_map_b"] = .text(halves[1])
      job["input.map"] = nil
    }
    job["output.directory"] = nil
    job["refinement.resplit"] = nil
    let runs = FilePath.folder(of: FilePath.absolute(path))
    job.folder = FilePath.name(of: runs) == "runs" ? FilePath.folder(of: runs) : runs
    return job
  }
}
