import Glibc
import Ground
import Jobs

/// The runs of a folder that wait for cores and memory of this machine, and the one process that starts
/// them, its worker. Nothing of it is in a memory: a run that waits is a run folder in the state `queued`
/// with a turn, the worker is who holds `runs/.queue`, and a queue that was stopped has a file `stop` there.
public struct LocalQueue: Sendable {
  /// The folder whose `runs` it has, absolute.
  public let folder: String
  /// What the worker writes.
  let place: RunFolder

  public init(in folder: String) {
    self.folder = FilePath.absolute(folder)
    place = RunFolder(self.folder + "/runs/.queue")
  }

  /// The folder of the runs.
  var runs: String { folder + "/runs" }

  var stopPath: String { place.path + "/stop" }
  var slotsPath: String { place.path + "/slots" }
  /// What the worker has said.
  public var logPath: String { place.path + "/worker.log" }

  /// Makes the folder of the queue.
  func make() throws(Problem) {
    try makeFolder(FilePath.folder(of: place.path))
    try makeFolder(place.path)
  }

  // MARK: What there is

  /// How the worker stands.
  public enum Worker: Sendable, Equatable {
    /// There is none: nothing waits, or nobody has started it.
    case none
    case working(RunHolder)
    /// It was killed, or its machine has stopped.
    case dead(RunHolder)
  }

  public func worker(at time: Double = WallClock.now) -> Worker {
    guard let holder = place.holder() else { return .none }
    return holder.isAlive(at: time) ? .working(holder) : .dead(holder)
  }

  /// Whether somebody has stopped it.
  public var isStopped: Bool { access(stopPath, F_OK) == 0 }

  /// Runs at a time, where somebody has said so for this queue; nil for what the machine's settings say.
  public var slots: Int? {
    guard let file = try? InputFile(path: slotsPath), file.size < 100,
      let bytes = try? file.bytes(at: 0, count: file.size),
      let count = Int(String(decoding: bytes, as: UTF8.self).trimmed)
    else { return nil }
    return (1...100_000).contains(count) ? count : nil
  }

  /// Says how many runs of this queue go on at a time; nil goes back to the machine's settings. The worker
  /// heeds it at once; what goes on is left alone.
  public func setSlots(_ count: Int?) throws(Problem) {
    try make()
    guard let count else {
      unlink(slotsPath)
      return
    }
    try AtomicFile.write("\(count)\n", to: slotsPath)
  }

  /// What this queue has of a machine's room.
  public func room(_ machine: QueueRoom) -> QueueRoom { machine.limited(to: slots) }

  /// A run of the queue: one that waits, or one that goes on.
  public struct Member: Sendable {
    public var folder: RunFolder
    public var manifest: RunManifest
    public var status: RunStatus
    public var turn: RunManifest.Turn
    /// From 1, of one that waits.
    public var place: Int?

    public var name: String { folder.name }
  }

  /// The runs that go on, whoever has started them, then those that wait, in their order.
  public func members() -> [Member] {
    Self.members(
      RunCatalogue.places(in: runs).compactMap { place in
        (try? place.folder.manifest()).map { (place.folder, $0) }
      })
  }

  static func members(_ runs: [(folder: RunFolder, manifest: RunManifest)]) -> [Member] {
    let all = runs.map { run in
      let manifest = run.manifest
      var member = Member(
        folder: run.folder, manifest: manifest, status: run.folder.status(of: manifest),
        // One that was started by itself takes what it says that it has.
        turn: manifest.turn
          ?? RunManifest.Turn(number: 0, threads: manifest.threads, memory: manifest.memory))
      if member.status.isLive { member.turn.threads = manifest.threads }
      return member
    }
    let going = all.filter(\.status.isLive)
    var waiting = all.filter { $0.status == .queued && $0.manifest.turn != nil }
    waiting.sort { ($0.turn.number, $0.name) < ($1.turn.number, $1.name) }
    for index in waiting.indices { waiting[index].place = index + 1 }
    return going.sorted { ($0.manifest.started, $0.name) < ($1.manifest.started, $1.name) }
      + waiting
  }

  // MARK: Adding and removing

  /// The turn after all that there are.
  func nextNumber() -> Int {
    1
      + (RunCatalogue.places(in: runs).compactMap {
        (try? $0.folder.manifest())?.turn?.number
      }.max() ?? 0)
  }

  /// Makes the folder of a run that waits for its turn.
  ///
  /// - Throws: `Problem` where the folder cannot be made, or is none of this queue.
  public func add(
    _ prepared: PreparedInput, parent: RunManifest.Parent? = nil, room: QueueRoom
  ) throws(Problem) -> RunFolder {
    guard FilePath.folder(of: prepared.outputFolder) == runs else {
      throw Problem(
        "\(prepared.outputFolder) is not in \(folder)/runs, whose queue this is",
        whatToDo: "Leave \(Parameter.output.folder) out, or run it without the queue.")
    }
    try make()
    let isUsual = !prepared.job.isSet(Parameter.compute.threads)
    let threads = isUsual ? room.usualThreads : prepared.input.settings.threads
    let turn = RunManifest.Turn(
      number: nextNumber(), threads: threads,
      memory: prepared.estimate(ranks: 1, threads: threads).memory, isUsual: isUsual)
    let writer = try RunDraft(prepared, parent: parent).make(turn: turn)
    writer.end(.queued, message: Self.waits)
    return writer.folder
  }

  static let waits = "Waits for cores and memory"

  /// Puts a run that was stopped, has failed or was interrupted into the queue, behind all others; one
  /// that has a turn already keeps it where `keepsTurn`.
  ///
  /// - Throws: `Problem` where it goes on, waits already, or has finished.
  public func add(_ run: RunFolder, keepsTurn: Bool = false) throws(Problem) {
    guard FilePath.folder(of: FilePath.absolute(run.path)) == runs else {
      throw Problem(
        "\(run.path) is not in \(folder)/runs, whose queue this is",
        whatToDo: "Go on with it by itself: fulcrum resume \(shellQuoted(run.path))")
    }
    try make()
    let lock = try RunLock(run)
    defer { lock.release() }
    var manifest = try run.manifest()
    // One that waits for its turn in a sweep alone may wait here as well.
    let waits =
      manifest.status == .queued && (manifest.turn != nil || run.batchJob() != nil)
    guard manifest.status != .finished, !waits else {
      throw Problem(
        "\(run.name) \(waits ? "waits already" : "has finished")",
        whatToDo: "Queue something else; to refine on from its poses, start a new run.")
    }
    let known = manifest.turn
    manifest.turn = RunManifest.Turn(
      number: keepsTurn ? known?.number ?? nextNumber() : nextNumber(),
      threads: known?.threads ?? manifest.threads,
      memory: max(known?.memory ?? 0, manifest.memory), isUsual: known?.isUsual)
    (manifest.status, manifest.progress) = (.queued, nil)
    manifest.message = Self.waits
    try run.write(manifest, to: run.manifestPath)
  }

  /// Takes a run that waits out of the queue; its folder stays, as one that was stopped.
  ///
  /// - Throws: `Problem` where it does not wait.
  public func remove(_ run: RunFolder) throws(Problem) {
    let manifest = try run.manifest()
    guard manifest.status == .queued, manifest.turn != nil else {
      throw Problem(
        "\(run.name) does not wait in this queue", whatToDo: "Look at it: fulcrum queue")
    }
    try RunQueue.stop(run, message: "Taken out of the queue")
  }
}
