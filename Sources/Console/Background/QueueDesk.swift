import Ground
import Jobs
import Runs

/// What is asked of the queue of a folder.
enum QueueAction: Sendable, Hashable {
  /// Lets runs wait, in this order; takes runs that wait out. By their folders.
  case add([String])
  case remove([String])
  /// Puts a run that waits to a place, from 1.
  case move(String, place: Int)
  /// Begins no more runs, and goes on.
  case stop
  case start
  /// Runs at a time.
  case slots(Int)
}

/// How the queue of a folder stands.
struct QueueState: Sendable, Equatable {
  var isStopped = false
  var isWorking = false
  var room: QueueRoom

  /// Of a folder, on this machine.
  init(of queue: LocalQueue) {
    isStopped = queue.isStopped
    if case .working = queue.worker() { isWorking = true }
    room = queue.room(QueueDesk.machineRoom)
  }

  init(isStopped: Bool = false, isWorking: Bool = false, room: QueueRoom) {
    (self.isStopped, self.isWorking, self.room) = (isStopped, isWorking, room)
  }
}

/// Does what the screens ask of the queue of their folder.
struct QueueDesk {
  let queue: LocalQueue

  init(folder: String) { queue = LocalQueue(in: folder) }

  /// What this machine gives to runs that wait.
  static var machineRoom: QueueRoom {
    QueueRoom(ComputeSettings(settingsFolder: Application.settingsFolder))
  }

  /// Does it; returns what is to be said.
  func perform(_ action: QueueAction) throws -> String {
    switch action {
    case .add(let folders):
      for folder in folders { try queue.add(RunFolder(folder)) }
      let who = name(folders)
      guard !queue.isStopped else { return "\(who), and the queue is stopped" }
      try queue.startWorker()
      return who
    case .remove(let folders):
      for folder in folders { try queue.remove(RunFolder(folder)) }
      return folders.count == 1
        ? "\(RunFolder(folders[0]).name) is out of the queue; its folder stays"
        : "\(folders.count) runs are out of the queue; their folders stay"
    case .move(let folder, let place):
      let run = RunFolder(folder)
      return "\(run.name) is number \(try queue.move(run, to: place)) of those that wait"
    case .stop:
      try queue.stop()
      return "The queue begins no more runs; those that go on are left alone"
    case .start:
      try queue.startWorker()
      return "The queue goes on"
    case .slots(let count):
      try queue.setSlots(count)
      let room = queue.room(Self.machineRoom)
      return "\(Format.counted(count, "run")) at a time, each with "
        + "\(Format.counted(room.usualThreads, "thread")) where its job does not say"
    }
  }

  private func name(_ folders: [String]) -> String {
    folders.count == 1
      ? "\(RunFolder(folders[0]).name) waits for its turn" : "\(folders.count) runs wait"
  }
}
