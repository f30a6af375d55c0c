import Ground
import TOMLText

extension RunManifest {
  /// The turn of a run in the queue of its folder, and what it is given when it comes.
  public struct Turn: Codable, Sendable, Equatable {
    /// Of two runs that wait, the one with the smaller number is first.
    public var number: Int
    public var threads: Int
    /// Bytes that it is expected to need.
    public var memory: Int
    /// Whether nobody has said how many threads it gets: it takes what is usual when it begins.
    public var isUsual: Bool?

    public init(number: Int, threads: Int, memory: Int, isUsual: Bool? = nil) {
      (self.number, self.threads, self.memory) = (number, threads, memory)
      self.isUsual = isUsual
    }
  }
}

/// What a machine gives to the runs of a queue.
public struct QueueRoom: Codable, Sendable, Equatable {
  public var cores: Int
  /// Bytes.
  public var memory: Int
  /// Runs at a time at most; nil for as many as cores and memory allow.
  public var slots: Int?

  public init(cores: Int, memory: Int, slots: Int? = nil) {
    (self.cores, self.memory, self.slots) = (cores, memory, slots)
  }

  /// That of this machine, with what the user has set for it.
  public init(_ settings: ComputeSettings, machine: Machine = .current) {
    self.init(
      cores: min(settings.cores ?? machine.cores, machine.cores),
      memory: min(settings.memory ?? machine.memory, machine.memory), slots: settings.slots)
  }

  /// Threads of a run that says nothing about them.
  public var usualThreads: Int { max(1, cores / (slots ?? 1)) }

  /// The room with another number of runs at a time; nil leaves it as it is.
  public func limited(to slots: Int?) -> QueueRoom {
    QueueRoom(cores: cores, memory: memory, slots: slots ?? self.slots)
  }

  /// A turn as it would be now: with the usual threads, where nobody has said how many.
  public func share(of turn: RunManifest.Turn) -> RunManifest.Turn {
    guard turn.isUsual == true else { return turn }
    var turn = turn
    turn.threads = usualThreads
    return turn
  }

  /// Which of those that wait may begin now, by its place among them; nil for none.
  ///
  /// The first has the right of way. One behind it begins ahead of it only where there is room for it now
  /// and where each of those ahead would fit beside it and all others that have overtaken it: so nothing
  /// waits longer for being overtaken, however long the others take.
  public func next(
    of waiting: [RunManifest.Turn], beside going: [RunManifest.Turn]
  ) -> Int? {
    waiting.indices.first { index in
      let turn = waiting[index]
      return has(placeFor: turn, beside: going)
        && waiting[..<index].allSatisfy { first in
          let ahead = going.filter { $0.number > first.number }
          return has(placeFor: first, beside: ahead + [turn])
        }
    }
  }

  /// Whether a run has room beside those that go on. One that needs more than there is goes alone.
  public func has(placeFor turn: RunManifest.Turn, beside running: [RunManifest.Turn]) -> Bool {
    guard !running.isEmpty else { return true }
    if let slots, running.count >= slots { return false }
    return running.reduce(turn.threads) { $0 + $1.threads } <= cores
      && running.reduce(turn.memory) { $0 + $1.memory } <= memory
  }

  /// In words: "2 cores and 16 GB, 2 runs at a time".
  public var text: String {
    "\(Format.counted(cores, "core")) and \(Format.bytes(memory))"
      + (slots.map { ", \(Format.counted($0, "run")) at a time" } ?? "")
  }
}

/// What the user lets runs that wait have of the machine: the table `compute` of config.toml.
public struct ComputeSettings: Sendable, Equatable {
  /// Runs at a time at most.
  public private(set) var slots: Int?
  public private(set) var cores: Int?
  /// Bytes; the file has GB.
  public private(set) var memory: Int?
  /// What is wrong with the table, in words.
  public private(set) var complaints: [String] = []

  public init() {}

  /// What a table says.
  public init(_ table: TOMLTable) {
    slots = table["slots"].flatMap { Self.count($0) }
    cores = table["cores"].flatMap { Self.count($0) }
    memory = table["memory"].flatMap { Self.bytes($0) }
    complaints = table.keys.compactMap { key in
      switch key {
      case "slots" where slots == nil, "cores" where cores == nil:
        "compute.\(key) is no number of them; give a whole number from 1"
      case "memory" where memory == nil: "compute.memory is no size; give GB, for example 64"
      case "slots", "cores", "memory": nil
      default: "compute.\(key) is not a setting; there are slots, cores and memory"
      }
    }
  }

  private static func count(_ value: TOMLValue) -> Int? {
    value.int.flatMap { (1...100_000).contains($0) ? $0 : nil }
  }

  private static func bytes(_ value: TOMLValue) -> Int? {
    let size: Double? = value.number ?? value.int.map { Double($0) }
    guard let size, size > 0, size < 1e6 else { return nil }
    return Int(size * 1_073_741_824)
  }

  /// What config.toml of a settings folder says; nothing where there is none, or it cannot be read.
  public init(settingsFolder: String?) {
    guard let folder = settingsFolder, let file = try? InputFile(path: folder + "/config.toml"),
      file.size < 1 << 17, let bytes = try? file.bytes(at: 0, count: file.size),
      let table = try? parseTOML(String(decoding: bytes, as: UTF8.self)),
      let compute = table["compute"]?.table
    else {
      self.init()
      return
    }
    self.init(compute)
  }
}
