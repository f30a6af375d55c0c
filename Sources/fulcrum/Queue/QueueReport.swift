import Ground
import Runs

/// The queue as `fulcrum queue` tells it.
struct QueueReport {
  private let queue: LocalQueue
  private let before: LocalQueue.Worker
  private let now: LocalQueue.Worker
  private let members: [LocalQueue.Member]
  private let room: QueueRoom

  /// - Parameter before: how the worker stood before this command.
  init(_ queue: LocalQueue, before: LocalQueue.Worker, room: QueueRoom) {
    (self.queue, self.before) = (queue, before)
    let room = queue.room(room)
    self.room = room
    now = queue.worker()
    members = queue.members().map { member in
      var member = member
      if member.place != nil { member.turn = room.share(of: member.turn) }
      return member
    }
  }

  private var waiting: Int { members.count { $0.place != nil } }

  var text: String {
    var lines: [String] = []
    if !members.isEmpty {
      let header = [
        "PLACE", "RUN", "STATUS", "ITERATION", "RESOLUTION", "THREADS", "MEMORY", "LEFT",
      ]
      lines.append(ListCommand.aligned([header] + members.map { row($0).map(\.plainLine) }))
    }
    if case .dead(let holder) = before {
      let again = if case .working = now { "; another goes on in its place" } else { "" }
      lines.append("The worker has died (\(holder.description()))\(again).")
    }
    return (lines + [state]).joined(separator: "\n")
  }

  private var state: String {
    if queue.isStopped {
      return "The queue is stopped, and \(waits); fulcrum queue start goes on."
    }
    if case .working(let holder) = now {
      return
        "The queue works, process \(holder.processID) on \(holder.host), with \(room.text); \(waits)."
    }
    return waiting == 0
      ? "Nothing waits. Queue a job with: fulcrum queue add JOB.toml"
      : "Nobody works, and \(waits). Start it with: fulcrum queue start"
  }

  private var waits: String {
    "\(Format.counted(waiting, "run")) \(waiting == 1 ? "waits" : "wait")"
  }

  private func row(_ member: LocalQueue.Member) -> [String] {
    let manifest = member.manifest
    let isGoing = member.place == nil
    let left = manifest.timeLeft(at: WallClock.now)
    return [
      member.place.map(String.init) ?? "-", member.name, member.status.rawValue,
      isGoing || manifest.iteration > 0
        ? "\(manifest.iteration) of \(manifest.maximumIterations)" : "",
      manifest.resolution.map(Format.resolution) ?? "", "\(member.turn.threads)",
      Format.bytes(member.turn.memory), isGoing ? left.map { Format.duration($0) } ?? "" : "",
    ]
  }

  var json: String {
    struct Run: Encodable {
      var name, folder, status: String
      var place: Int?
      var iteration, maximumIterations, threads, memory: Int
      var resolution, secondsLeft: Double?
    }
    struct Document: Encodable {
      var worker: String
      var hasDied: Bool
      var process: Int32?
      var host: String?
      var room: QueueRoom
      var runs: [Run]
    }
    var document = Document(
      worker: queue.isStopped ? "stopped" : "idle", hasDied: false, room: room, runs: [])
    if case .dead = before { document.hasDied = true }
    if case .working(let holder) = now {
      if !queue.isStopped { document.worker = "working" }
      (document.process, document.host) = (holder.processID, holder.host)
    }
    document.runs = members.map { member in
      Run(
        name: member.name, folder: member.folder.path, status: member.status.rawValue,
        place: member.place, iteration: member.manifest.iteration,
        maximumIterations: member.manifest.maximumIterations, threads: member.turn.threads,
        memory: member.turn.memory, resolution: member.manifest.resolution,
        secondsLeft: member.place == nil
          ? member.manifest.timeLeft(at: WallClock.now)?.upperBound : nil)
    }
    return JSONFile.text(document)
  }
}
