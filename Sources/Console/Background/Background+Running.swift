import Jobs
import Runs

/// What begins, goes on and waits: jobs, runs, sweeps, the queue, tools.
extension Background {
  func proceed(with effect: Effect) {
    switch effect {
    case .check(let job): doing { self.post(.checked(self.engine.check(job))) }
    case .start(let job, let parent):
      doing { self.post(.started(folder: try self.engine.start(job, parent: parent))) }
    case .submit(let job, let parent, let lane):
      doing { self.post(.started(folder: try self.engine.submit(job, parent: parent, to: lane))) }
    case .enqueue(let job, let parent):
      doing {
        let (folder, text) = try self.engine.enqueue(job, parent: parent)
        self.post(.queued(folder: folder, text))
        self.relist()
      }
    case .queue(let action):
      doing {
        // What was done before something went wrong is to be seen too.
        defer { self.relist() }
        self.post(.done(try QueueDesk(folder: self.folder).perform(action)))
      }
    case .planSweep(let request):
      doing {
        self.post(.sweepPlanned(request, try SweepRoom(folder: self.folder).look(at: request)))
      }
    case .startSweep(let request):
      doing {
        let (name, folders) = try SweepRoom(folder: self.folder).start(request)
        self.post(.sweepStarted(name: name, folders: folders))
        self.relist()
      }
    case .cancelQueued(let folder):
      doing {
        try RunQueue.cancel(RunFolder(folder), lanesIn: Application.settingsFolder)
        self.post(.done("\(RunFolder(folder).name) is out of the queue"))
        self.read { self.reread(folder) }
      }
    case .resumeRun(let folder):
      doing {
        try self.engine.resume(folder)
        self.post(.done("\(RunFolder(folder).name) goes on"))
        self.read { self.reread(folder) }
      }
    case .continueFrom, .continueWith, .restartWith:
      read { self.reporting { try self.go(on: effect) } }
    case .runTool(let task): reporting { try tools.start(task) { self.post(.tool($0)) } }
    case .stopTool: tools.stop()
    default: change(effect)
    }
  }

  private func relist() { read { self.postRuns(self.folder, isForced: true) } }

  /// Makes the job of a run that goes on from another.
  private func go(on effect: Effect) throws {
    switch effect {
    case .continueFrom(let folder, let iteration):
      let (job, takes) = try Continuation.job(of: folder, iteration: iteration)
      post(.continuation(job, folder: folder, iteration: iteration, takes: takes))
    case .continueWith(let particles, let folder):
      let (job, takes) = try Continuation.job(of: folder, particles: particles)
      post(.continuation(job, folder: folder, iteration: nil, takes: takes))
    case .restartWith(let particles, let folder):
      let restart = try Continuation.restart(of: folder, particles: particles)
      post(
        .continuation(
          restart.job, folder: folder, iteration: nil, takes: restart.takes,
          parent: restart.parent))
    default: break
    }
  }
}
