import CryoEM
import Ground
import Jobs
import Runs

/// What is done outside of the screens, by who does it; what comes of it returns as `News`.
///
/// Each kind is met in one place, by a switch without a default: none can be forgotten.
enum Errand: Sendable {
  case read(Reading)
  case work(Work)
  case change(Change)
  case terminal(Terminal)

  /// What is read, or computed from what is read.
  enum Reading: Sendable {
    /// The runs of a folder: whenever something has changed, or, if forced, now in any case.
    case runs(folder: String, isForced: Bool = false)
    /// A run, in the same way.
    case run(folder: String, isForced: Bool = false)
    /// What became of the runs of a sweep.
    case sweep(name: String, folders: [String])
    case slices(SliceRequest)
    case map(MapRequest)
    /// How the regions of a run move.
    case motion(folder: String)
    case particles(folder: String, iteration: Int)
    case folder(path: String, endings: [String])
    case header(path: String)
    case volumes(Job)
    /// What the files of a job say about its parameters.
    case files(Job)
    case maskPreview(Job, map: Volume, mask: Volume?, threshold: Double)
    case poseDifference(first: String, other: String)
    /// How far a run has come from the input of another.
    case rootChange(folder: String, root: String)
    case themes
    /// The themes again when the file of this one has changed.
    case theme(String)
    /// The job of a run, with the poses of an iteration as its input.
    case continuation(folder: String, iteration: Int)
    /// The same with particles that were kept of its last.
    case continuationWith(particles: String, folder: String)
    /// The job of a run's regions with particles that were kept, at the poses with which it began.
    case restartWith(particles: String, folder: String)
    /// How many particles of a run an expression keeps.
    case selectionCount(folder: String, expression: String)
    /// The same while it is being chosen: only the last that was asked for is counted.
    case choiceCount(folder: String, expression: String)
  }

  /// What begins, goes on, waits and ends.
  enum Work: Sendable {
    case check(Job)
    case start(Job, parent: RunManifest.Parent?)
    /// Lets a job wait for cores and memory of this machine.
    case enqueue(Job, parent: RunManifest.Parent?)
    /// Hands a job to a scheduler, and takes a run out of its queue.
    case submit(Job, parent: RunManifest.Parent?, Lane)
    case cancel(folder: String)
    case resume(folder: String)
    /// Changes the queue of the folder.
    case queue(QueueAction)
    /// Looks at the inputs of a sweep's runs; makes and starts or queues them.
    case planSweep(SweepRequest)
    case startSweep(SweepRequest)
    /// A step of the mask maker.
    case makeMask(MakerTask)
    case runTool(ToolWork)
    case stopTool
  }

  /// What is changed in folders and files.
  enum Change: Sendable {
    case rename(folder: String, name: String)
    case note(folder: String, text: String)
    case delete(folder: String)
    case control(folder: String, ControlRequest)
    /// Writes a job file: that from which the form came with its changes, where there is one.
    case saveJob(Job, path: String, from: String?, overwrite: Bool)
    case write(path: String, text: String)
    /// Writes a page about runs.
    case writeReport(folders: [String], path: String)
  }

  /// What the thread of the screens does itself: with the terminal, and the person's settings.
  enum Terminal: Sendable {
    case copy(String)
    case notify(String)
    case useMouse(Bool)
    case repaint
    case saveSettings
    /// The screens are over.
    case quit
  }
}
