import Jobs
import Report
import Runs

/// A run as the table shows it: what its folder says at a glance, and its parameters.
struct RunListing: Sendable {
  var entry: RunCatalogue.Entry
  var job: Job?
  /// The outcome of a finished run.
  var summary: RunSummary?
  /// When the folder last changed, nanoseconds since 1970, of a run that was not read yet.
  var changed = 0
  /// The runs of a sweep, where this line stands for all of them.
  var sweep: RunFold?
  /// The regions that are refined together in it; empty for one.
  var regions: [RunListing] = []
  /// How the iterations of a run that goes on have come out.
  var trend: RunTrend?
  /// Its place in the tree, where that is shown.
  var branch: RunBranch?

  /// The path of its folder; of the line of a sweep, one that no run has.
  var path: String { entry.folder.path }
  /// Whether the run's files were read.
  var isRead: Bool { entry.manifest != nil || entry.problem != nil }
  /// Seconds since 1970; of a run that was not read yet, when it last changed.
  var started: Double { entry.manifest?.started ?? Double(changed) * 1e-9 }

  /// The run as the one whose parameters another takes.
  var asRerun: RunManifest.Parent {
    RunManifest.Parent(
      run: entry.name, iteration: 0, kind: .rerun, identifier: entry.manifest?.identifier)
  }

  var known: KnownRun { KnownRun(entry: entry, job: job, summary: summary) }
  /// Degrees to which its rotations were limited, as its job says; nil where it does not.
  var rotationExtent: Double? { job?[Parameter.search.rotationExtent] }
  /// Å inside the mask: of the result, or of the last iteration.
  var resolution: Double? { known.resolution }
  /// The iteration under way, or the last one.
  var iteration: Int? { known.iteration }
}

extension RunListing {
  /// Whether it is a region of a run.
  var isRegion: Bool { entry.folder.root != path }

  /// Reads a run, and the regions that are refined together in it.
  init(reading folder: RunFolder) {
    let known = KnownRun(folder)
    self.init(entry: known.entry, job: known.job, summary: known.summary)
    regions = folder.regions.map { region in
      let known = KnownRun(region)
      return RunListing(entry: known.entry, job: known.job, summary: known.summary)
    }
  }
}
