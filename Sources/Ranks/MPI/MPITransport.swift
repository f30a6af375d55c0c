import Ground

/// Messages through MPI.
///
/// Nothing here waits: messages are under way in both directions at once, each asked whether it is done.
/// Long messages go in parts from where they are, to where their head has had room made for them.
public final class MPITransport: Transport {
  public let rank: Int
  public let count: Int
  public let title: String
  private let plugin: MPIPlugin
  private var sending: [Transfer] = []
  /// Messages on their way here of each rank, in the order in which they were sent.
  private var arriving: [[Arriving]]

  /// Bytes of a part at most: one takes a few thousandths of a second on a fast network, a tenth on a
  /// slow one, and shows that its sender lives.
  private static let partSize = 4 << 20
  /// What tells heads from the parts of messages.
  private static let (head, part): (Int32, Int32) = (0, 1)

  /// Bytes that MPI reads or writes.
  private struct Transfer {
    let bytes: Message
    let request: UnsafeMutableRawPointer?
  }

  /// A message on its way here.
  private struct Arriving {
    let head: Message
    /// What is still on its way: the head, or the parts.
    var transfers: [Transfer]
    /// When the head is there.
    var envelope: Envelope?
  }

  /// Begins MPI, which can be done once.
  ///
  /// - Throws: `Problem` for a plug-in that cannot be used.
  public init(pluginPath: String) throws(Problem) {
    plugin = try MPIPlugin(path: pluginPath)
    let failure = plugin.begin()
    guard failure == 0 else {
      throw Problem(
        "\(pluginPath): MPI does not begin, with its error \(failure)",
        whatToDo: "Start the program with the mpirun or srun of the MPI that the plug-in is for.")
    }
    rank = Int(plugin.rank())
    count = Int(plugin.count())
    title = plugin.library().map { String(cString: $0) } ?? "MPI"
    arriving = Array(repeating: [], count: count)
  }

  public func send(_ envelope: Envelope, to rank: Int) {
    sending += transfers(of: envelope.head, to: rank, Self.head, plugin.send)
    guard envelope.isFollowed else { return }
    sending += transfers(of: envelope.message, to: rank, Self.part, plugin.send)
  }

  public func receive(into memory: MessageMemory) -> Arrival? {
    takeHeads()
    for rank in arriving.indices {
      let isNews = takeParts(from: rank, memory)
      if let first = arriving[rank].first, first.transfers.isEmpty, let whole = first.envelope {
        arriving[rank].removeFirst()
        return .whole(from: rank, whole)
      }
      if isNews { return .part(from: rank) }
    }
    return nil
  }

  public var isIdle: Bool {
    sending.removeAll { plugin.isDone($0.request) != 0 }
    return sending.isEmpty
  }

  public func close() { plugin.end() }

  /// Begins to receive the heads that wait.
  private func takeHeads() {
    var from: Int32 = 0
    while true {
      let count = plugin.waiting(&from, Self.head)
      guard count >= 0 else { return }
      let head = Message(count: Int(count), memory: MessageMemory())
      arriving[Int(from)].append(
        Arriving(
          head: head, transfers: transfers(of: head, to: Int(from), Self.head, plugin.receive)))
    }
  }

  /// Looks what has come of a rank's messages, and begins to receive those whose heads are there, in their
  /// order; whether anything has come.
  private func takeParts(from rank: Int, _ memory: MessageMemory) -> Bool {
    var isNews = false
    for index in arriving[rank].indices {
      let before = arriving[rank][index].transfers.count
      arriving[rank][index].transfers.removeAll { plugin.isDone($0.request) != 0 }
      isNews = isNews || arriving[rank][index].transfers.count < before
      guard arriving[rank][index].envelope == nil else { continue }
      guard arriving[rank][index].transfers.isEmpty else { break }
      guard let envelope = Envelope(head: arriving[rank][index].head, memory: memory) else {
        // Another program's.
        arriving[rank].remove(at: index)
        break
      }
      arriving[rank][index].envelope = envelope
      if envelope.isFollowed {
        arriving[rank][index].transfers =
          transfers(of: envelope.message, to: rank, Self.part, plugin.receive)
      }
    }
    return isNews
  }

  private func transfers(
    of message: Message, to rank: Int, _ tag: Int32, _ move: MPIPlugin.Moving
  ) -> [Transfer] {
    stride(from: 0, to: max(1, message.count), by: Self.partSize).map { first in
      let count = min(Self.partSize, message.count - first)
      return Transfer(
        bytes: message,
        request: move(
          message.place.baseAddress.map { $0 + first }, Int32(count), Int32(rank), tag))
    }
  }
}
