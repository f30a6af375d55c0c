import Dispatch
import Glibc
import Ground
import Jobs
import Pages
import Runs
import Surface
import Synchronization
import Tools

/// Does errands on queues of its own and posts what comes of them.
final class Background: Sendable {
  let post: @Sendable (News) -> Void
  /// Small and frequent reads, one after the other.
  private let reading = DispatchQueue(label: "fulcrum.reading")
  /// Volumes, particles and checks, which may take seconds.
  private let heavy = DispatchQueue(label: "fulcrum.heavy")
  private let reader = Mutex(ReaderBox())
  private let themes: ThemeCatalogue
  /// What is asked for again and again, and done once.
  let wanted = Wanted()
  /// When queues were last looked at.
  private let lastLook = Mutex(-1e9)
  /// How the queue of the folder stood when the screens were told last.
  private let lastQueue = Mutex<QueueState?>(nil)
  let engine: EngineRoom
  let tools = ToolRoom()
  /// The folder whose runs are shown.
  let folder: String

  /// What the reading queue keeps between calls.
  private struct ReaderBox: ~Copyable {
    let runs = RunReader()
    var themeStamps: [String: String] = [:]
    /// Runs that wait for a scheduler.
    var waiting: [RunCatalogue.Entry] = []
  }

  init(
    folder: String, themes: ThemeCatalogue, endCommand: EndCommand?,
    post: @escaping @Sendable (News) -> Void
  ) {
    self.themes = themes
    self.folder = folder
    engine = EngineRoom(folder: folder, endCommand: endCommand)
    self.post = post
  }

  /// Reads something small once what was asked for before is read.
  func soon(_ body: @escaping @Sendable () -> Void) { reading.async(execute: body) }

  /// Does something that may take seconds.
  func later(_ body: @escaping @Sendable () -> Void) { heavy.async(execute: body) }

  /// Does something that takes time once what was asked for before is read and written, and posts what
  /// goes wrong.
  func doing(_ body: @escaping @Sendable () throws -> Void) { soon { self.trying(body) } }

  /// Does something that takes time, and posts what goes wrong.
  func trying(_ body: @escaping @Sendable () throws -> Void) {
    later { self.reporting(body) }
  }

  /// Does something and posts what goes wrong.
  func reporting(_ body: () throws -> Void) {
    do { try body() } catch let problem as Problem {
      post(.failed(problem))
    } catch let problems as Problems {
      guard var first = problems.all.first else { return }
      if problems.all.count > 1 { first.what += " (and \(problems.all.count - 1) more)" }
      post(.failed(first))
    } catch {
      post(.failed(Problem("\(error)", whatToDo: "Try again.")))
    }
  }

  // MARK: Reading

  /// - Parameters:
  ///   - budget: seconds for which runs are read, before the screens see what there is.
  ///   - due: when the screens see more of a list that is not complete yet; thousands of runs are sorted
  ///     each time.
  func postRuns(_ folder: String, isForced: Bool, budget: Double = 0.03, due: Double = 0) {
    let (found, waiting) = reader.withLock { box in
      let found = box.runs.runs(in: folder, isForced: isForced, budget: budget)
      if let found { box.waiting = found.listings.map(\.entry).filter { $0.batchJob != nil } }
      return (found, box.waiting)
    }
    lookAtQueues(waiting)
    lookAtWorker(isForced: isForced)
    guard let found else { return }
    let now = MonotonicClock.now
    let isDue = found.isComplete || now >= due
    if isDue { post(.runs(found.listings, folder: folder)) }
    guard !found.isComplete else { return }
    // The rest after whatever else waits to be read.
    soon { self.postRuns(folder, isForced: false, budget: 0.2, due: isDue ? now + 1 : due) }
  }

  /// Seconds between two looks into a scheduler's queue.
  private static let queueInterval = 20.0

  /// Tells how the queue stands, and starts a worker again where runs wait and theirs was killed.
  private func lookAtWorker(isForced: Bool) {
    let queue = LocalQueue(in: folder)
    let state = QueueState(of: queue)
    let isNew = lastQueue.withLock { last in
      defer { last = state }
      return last != state
    }
    if isNew || isForced { post(.queue(state)) }
    guard case .dead = queue.worker() else { return }
    later {
      self.reporting {
        guard try LocalQueue(in: self.folder).startWorkerIfNeeded() else { return }
        self.post(.done("The worker of the queue had died; another goes on in its place"))
      }
    }
  }

  /// Looks whether what waits in a queue is still there.
  private func lookAtQueues(_ waiting: [RunCatalogue.Entry]) {
    guard !waiting.isEmpty else { return }
    let now = MonotonicClock.now
    let isDue = lastLook.withLock { last in
      guard now - last >= Self.queueInterval else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    later {
      let settings = Application.settingsFolder
      for entry in waiting where RunQueue.look(at: entry.folder, lanesIn: settings) {
        self.soon { self.reread(entry.folder.path) }
      }
    }
  }

  func postRun(_ folder: String, isForced: Bool) {
    if let found = reader.withLock({ $0.runs.run(at: folder, isForced: isForced) }) {
      post(.run(found))
    }
  }

  /// All themes, and what is wrong with those that cannot be read.
  func postThemes() {
    var found: [Theme] = []
    var problems: [Problem] = []
    for identifier in themes.identifiers {
      do { found.append(try themes.theme(identifier)) } catch {
        problems += error.all.map { Problem($0.what, whatToDo: $0.whatToDo) }
      }
    }
    post(.themes(found, problems))
  }

  /// All themes again when the file of one was written to since the last look.
  func postThemesIfChanged(_ identifier: String) {
    let stamp = themes.stamp(of: identifier) ?? ""
    let before = reader.withLock { box in
      defer { box.themeStamps[identifier] = stamp }
      return box.themeStamps[identifier]
    }
    if let before, before != stamp { postThemes() }
  }

  /// Reads a run, and the list, as they are now.
  func reread(_ folder: String) {
    reader.withLock { $0.runs.forget(folder) }
    postRuns(self.folder, isForced: true)
  }
}
