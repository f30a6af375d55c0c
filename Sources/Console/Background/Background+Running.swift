import Jobs
import Runs

/// What begins, goes on and waits: jobs, runs, sweeps, the queue, tools.
extension Background {
  func work(_ work: Errand.Work) {
    switch work {
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
    case .cancel(let folder):
      doing {
        try RunQueue.cancel(RunFolder(folder), lanesIn: Application.settingsFolder)
        self.post(.done("\(RunFolder(folder).name) is out of the queue"))
        self.soon { self.reread(folder) }
      }
    case .resume(let folder):
      doing {
        try self.engine.resume(folder)
        self.post(.done("\(RunFolder(folder).name) goes on"))
        self.soon { self.reread(folder) }
      }
    case .makeMask(let task): make(task)
    case .runTool(let task): reporting { try tools.start(task) { self.post(.tool($0)) } }
    case .stopTool: tools.stop()
    }
  }

  private func relist() { soon { self.postRuns(self.folder, isForced: true) } }

  /// Does a step of the mask maker, unless a later one of its kind has been asked for meanwhile.
  private func make(_ task: MakerTask) {
    let kind = task.kind
    let number = wanted.making.withLock { wanted in
      wanted[kind, default: 0] += 1
      return wanted[kind] ?? 0
    }
    trying {
      guard kind == .save || self.wanted.making.withLock({ $0[kind] == number }) else { return }
      self.post(.maskMaking(try task.done()))
    }
  }
}
