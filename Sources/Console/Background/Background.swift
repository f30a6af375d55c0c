import Dispatch
import Glibc
import Ground
import Jobs
import Pages
import Runs
import Surface
import Synchronization
import Tools

/// Does the work of effects on queues of its own and posts what comes of it.
final class Background: Sendable {
  private let post: @Sendable (News) -> Void
  /// Small and frequent reads, one after the other.
  private let reading = DispatchQueue(label: "fulcrum.reading")
  /// Volumes, particles and checks, which may take seconds.
  private let heavy = DispatchQueue(label: "fulcrum.heavy")
  private let reader = Mutex(ReaderBox())
  private let themes: ThemeCatalogue
  /// The slices that are being read, or will be next.
  private let wantedSlices = Mutex<SliceRequest?>(nil)
  /// The choice that is being counted, or will be next.
  private let wantedCount = Mutex<ChoiceCount?>(nil)
  /// The maps that are being read, or will be.
  private let composer = ModeComposer()
  private let wantedMaps = Mutex<Set<MapRequest>>([])
  /// The runs whose poses are being compared with the first of their branch, or will be.
  private let wantedRoots = Mutex<Set<String>>([])
  /// The job whose files are being read, or will be next.
  private let wantedFiles = Mutex<Job?>(nil)
  /// When queues were last looked at.
  private let lastLook = Mutex(-1e9)
  /// How the queue of the folder stood when the screens were told last.
  private let lastQueue = Mutex<QueueState?>(nil)
  /// The last step of the mask maker that was asked for, of each kind.
  private let wantedMaking = Mutex<[MakerTask.Kind: Int]>([:])
  let engine: EngineRoom
  let tools = ToolRoom()
  /// The folder whose runs are shown.
  private let folder: String

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

  /// Does an effect; results come back as news.
  func perform(_ effect: Effect) {
    switch effect {
    case .readRuns(let folder): read { self.postRuns(folder, isForced: false) }
    case .listRuns(let folder): read { self.postRuns(folder, isForced: true) }
    case .readRun(let folder): read { self.postRun(folder, isForced: false) }
    case .openRun(let folder): read { self.postRun(folder, isForced: true) }
    case .readSweep(let name, let folders):
      read { self.post(.sweep(SweepTable(named: name, runs: folders.map { RunFolder($0) }))) }
    case .readFolder(let path, let endings):
      read { self.post(.folder(FolderReader.listing(of: path, endings: endings))) }
    case .readHeader(let path): read { self.post(.header(FolderReader.header(of: path))) }
    case .readThemes: read { self.postThemes() }
    case .checkTheme(let identifier): read { self.postThemesIfChanged(identifier) }
    case .readSlices(let request): readSlices(request)
    case .readMap(let request): readMap(request)
    case .readParticles(let folder, let iteration):
      work { self.post(.particles(ParticleReader.table(of: folder, iteration: iteration))) }
    case .comparePoses(let first, let other):
      work { self.post(.poseDifference(ParticleReader.difference(first: first, other: other))) }
    case .compareWithRoot(let folder, let root): compare(folder, with: root)
    case .continueFrom(let folder, let iteration):
      read {
        self.reporting {
          let (job, takes) = try Continuation.job(of: folder, iteration: iteration)
          self.post(.continuation(job, folder: folder, iteration: iteration, takes: takes))
        }
      }
    case .continueWith(let particles, let folder):
      read {
        self.reporting {
          let (job, takes) = try Continuation.job(of: folder, particles: particles)
          self.post(.continuation(job, folder: folder, iteration: nil, takes: takes))
        }
      }
    case .restartWith(let particles, let folder):
      read {
        self.reporting {
          let restart = try Continuation.restart(of: folder, particles: particles)
          self.post(
            .continuation(
              restart.job, folder: folder, iteration: nil, takes: restart.takes,
              parent: restart.parent))
        }
      }
    case .readMotion(let folder): read { self.post(.motion(RegionMotion(reading: folder))) }
    case .countSelection(let folder, let expression):
      work {
        self.reporting {
          var selection = ParticleSelection(input: folder)
          selection.expression = expression
          self.post(
            .counted(
              try selection.run().result.sentence, folder: folder, expression: expression))
        }
      }
    case .countChoice(let folder, let expression):
      count(ChoiceCount(folder: folder, expression: expression))
    case .runTool(let task):
      reporting { try self.tools.start(task) { self.post(.tool($0)) } }
    case .stopTool: tools.stop()
    case .readFiles(let job): readFiles(job)
    case .readVolumes(let job): work { self.post(.volumes(VolumeReader.volumes(of: job))) }
    case .previewMask(let job, let map, let mask, let threshold):
      work {
        let preview = VolumeReader.dynamicMask(job, map: map, mask: mask, threshold: threshold)
        self.post(.maskPreview(preview, threshold: threshold))
      }
    case .makeMask(let task): make(task)
    default: change(effect)
    }
  }

  /// Reads slices once, however often they are asked for meanwhile, and not at all when others are
  /// wanted before their turn comes.
  private func readSlices(_ request: SliceRequest) {
    let isNew = wantedSlices.withLock { wanted in
      defer { wanted = request }
      return wanted != request
    }
    guard isNew else { return }
    work {
      guard self.wantedSlices.withLock({ $0 == request }) else { return }
      self.post(.slices(SliceReader.slices(request)))
      self.wantedSlices.withLock { if $0 == request { $0 = nil } }
    }
  }

  /// Counts what was chosen, unless something else has been chosen before its turn comes.
  private func count(_ wanted: ChoiceCount) {
    wantedCount.withLock { $0 = wanted }
    work {
      guard self.wantedCount.withLock({ $0 == wanted }) else { return }
      self.post(.choiceCounted(wanted.counted))
    }
  }

  /// Compares the poses of a run with the input of another once, however often it is asked for meanwhile.
  private func compare(_ folder: String, with root: String) {
    guard wantedRoots.withLock({ $0.insert(folder).inserted }) else { return }
    work {
      var change = RootChange(folder: folder, root: root)
      do {
        let found = try PoseChange(of: RunFolder(folder), against: RunFolder(root))
        (change.turned, change.moved) = (found.turned, found.moved)
      } catch {
        let problem = (error as? Problems)?.all.first ?? error as? Problem
        change.problem = problem?.what ?? "\(error)"
      }
      self.post(.rootChange(change))
      _ = self.wantedRoots.withLock { $0.remove(folder) }
    }
  }

  /// Reads a map once, however often it is asked for meanwhile.
  private func readMap(_ request: MapRequest) {
    guard wantedMaps.withLock({ $0.insert(request).inserted }) else { return }
    work {
      do throws(Problem) {
        let read =
          if let frame = request.frame {
            try self.composer.map(request, of: frame)
          } else {
            try MapReader.read(request)
          }
        self.post(.map(read))
      } catch { self.post(.mapProblem(request, error)) }
      _ = self.wantedMaps.withLock { $0.remove(request) }
    }
  }

  /// Reads the files of a job once, however often they are asked for meanwhile.
  private func readFiles(_ job: Job) {
    let isNew = wantedFiles.withLock { wanted in
      defer { wanted = job }
      return wanted != job
    }
    guard isNew else { return }
    work {
      guard self.wantedFiles.withLock({ $0 == job }) else { return }
      self.post(.files(FileFacts(of: job)))
      self.wantedFiles.withLock { if $0 == job { $0 = nil } }
    }
  }

  /// Does a step of the mask maker, unless a later one of its kind has been asked for meanwhile.
  private func make(_ task: MakerTask) {
    let kind = task.kind
    let number = wantedMaking.withLock { wanted in
      wanted[kind, default: 0] += 1
      return wanted[kind] ?? 0
    }
    work {
      guard kind == .save || self.wantedMaking.withLock({ $0[kind] == number }) else { return }
      self.reporting { self.post(.maskMaking(try task.done())) }
    }
  }

  private func read(_ work: @escaping @Sendable () -> Void) { reading.async(execute: work) }
  private func work(_ work: @escaping @Sendable () -> Void) { heavy.async(execute: work) }

  // MARK: Reading

  /// - Parameters:
  ///   - budget: seconds for which runs are read, before the screens see what there is.
  ///   - due: when the screens see more of a list that is not complete yet; thousands of runs are sorted
  ///     each time.
  private func postRuns(_ folder: String, isForced: Bool, budget: Double = 0.03, due: Double = 0) {
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
    read { self.postRuns(folder, isForced: false, budget: 0.2, due: isDue ? now + 1 : due) }
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
    work {
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
    work {
      let settings = Application.settingsFolder
      for entry in waiting where RunQueue.look(at: entry.folder, lanesIn: settings) {
        self.read { self.reread(entry.folder.path) }
      }
    }
  }

  private func postRun(_ folder: String, isForced: Bool) {
    if let found = reader.withLock({ $0.runs.run(at: folder, isForced: isForced) }) {
      post(.run(found))
    }
  }

  /// All themes, and what is wrong with those that cannot be read.
  private func postThemes() {
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
  private func postThemesIfChanged(_ identifier: String) {
    let stamp = themes.stamp(of: identifier) ?? ""
    let before = reader.withLock { box in
      defer { box.themeStamps[identifier] = stamp }
      return box.themeStamps[identifier]
    }
    if let before, before != stamp { postThemes() }
  }

  // MARK: Changing

  private func change(_ effect: Effect) {
    read { self.reporting { try self.attempt(effect) } }
  }

  /// Does something and posts what goes wrong.
  private func reporting(_ work: () throws -> Void) {
    do { try work() } catch let problem as Problem {
      post(.failed(problem))
    } catch let problems as Problems {
      guard var first = problems.all.first else { return }
      if problems.all.count > 1 { first.what += " (and \(problems.all.count - 1) more)" }
      post(.failed(first))
    } catch {
      post(.failed(Problem("\(error)", whatToDo: "Try again.")))
    }
  }

  private func attempt(_ effect: Effect) throws {
    switch effect {
    case .rename(let folder, let name):
      work {
        self.reporting {
          let renamed = try RunFolder(folder).rename(to: name)
          self.post(.done("Renamed to \(renamed.name)"))
          self.read { self.reread(folder) }
        }
      }
    case .note(let folder, let text):
      try RunFolder(folder).setNote(text)
      reread(folder)
    case .delete(let folder):
      work {
        self.reporting {
          let left = try RunFolder(folder).remove()
          self.post(
            .done(
              left.isEmpty
                ? "Deleted \(folder)"
                : "Deleted; what others have put there (\(Format.counted(left.count, "file"))) stays in \(folder)"
            ))
          self.read { self.reread(folder) }
        }
      }
    case .control(let folder, let request): try RunFolder(folder).request(request)
    case .saveJob(let job, let path, let source, let overwrite):
      try save(job, to: path, from: source, overwrite: overwrite)
    case .write(let path, let text):
      try AtomicFile.write(text, to: path)
      post(.done("Saved \(path)"))
    case .writeReport(let folders, let path):
      work {
        self.reporting {
          let page = try RunPage.document(of: folders)
          try AtomicFile.write(page.contents(for: path), to: path)
          self.post(.done("Saved \(path)"))
        }
      }
    case .check(let job): work { self.post(.checked(self.engine.check(job))) }
    case .start(let job, let parent):
      work {
        self.reporting { self.post(.started(folder: try self.engine.start(job, parent: parent))) }
      }
    case .enqueue(let job, let parent):
      work {
        self.reporting {
          let (folder, text) = try self.engine.enqueue(job, parent: parent)
          self.post(.queued(folder: folder, text))
          self.read { self.postRuns(self.folder, isForced: true) }
        }
      }
    case .queue(let action):
      work {
        self.reporting {
          // What was done before something went wrong is to be seen too.
          defer { self.read { self.postRuns(self.folder, isForced: true) } }
          self.post(.done(try QueueDesk(folder: self.folder).perform(action)))
        }
      }
    case .planSweep(let request):
      work {
        self.reporting {
          self.post(.sweepPlanned(request, try SweepRoom(folder: self.folder).look(at: request)))
        }
      }
    case .startSweep(let request):
      work {
        self.reporting {
          let (name, folders) = try SweepRoom(folder: self.folder).start(request)
          self.post(.sweepStarted(name: name, folders: folders))
          self.read { self.postRuns(self.folder, isForced: true) }
        }
      }
    case .submit(let job, let parent, let lane):
      work {
        self.reporting {
          self.post(.started(folder: try self.engine.submit(job, parent: parent, to: lane)))
        }
      }
    case .cancelQueued(let folder):
      work {
        self.reporting {
          try RunQueue.cancel(RunFolder(folder), lanesIn: Application.settingsFolder)
          self.post(.done("\(RunFolder(folder).name) is out of the queue"))
          self.read { self.reread(folder) }
        }
      }
    case .resumeRun(let folder):
      work {
        self.reporting {
          try self.engine.resume(folder)
          self.post(.done("\(RunFolder(folder).name) goes on"))
          self.read { self.reread(folder) }
        }
      }
    default: break
    }
  }

  private func reread(_ folder: String) {
    reader.withLock { $0.runs.forget(folder) }
    postRuns(self.folder, isForced: true)
  }

  private func save(_ job: Job, to path: String, from source: String?, overwrite: Bool) throws {
    if !overwrite, access(path, F_OK) == 0 {
      post(.jobExists(path: path))
      return
    }
    let written = job.written(at: path)
    let before = source.flatMap { try? Job.fileText($0) }
    let edited = before.flatMap { written.edited($0) }
    try AtomicFile.write(edited ?? written.toml(), to: path)
    post(.jobSaved(path: path, isRewritten: before != nil && edited == nil))
  }

}
