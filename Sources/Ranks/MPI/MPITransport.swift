import Ground

/// Messages through MPI.
///
/// Nothing here waits: messages are under way in both directions at once, each asked whether it is done.
public final class MPITransport: Transport {
  public let rank: Int
  public let count: Int
  public let title: String
  private let plugin: MPIPlugin
  private var sending: [Transfer] = []
  /// Messages on their way here, in the order in which they were sent.
  private var arriving: [[Transfer]]

  /// A message whose bytes MPI reads or writes.
  private struct Transfer {
    let bytes: UnsafeMutableRawBufferPointer
    let request: UnsafeMutableRawPointer?
    var isDone = false
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

  public func send(_ message: [UInt8], to rank: Int) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 16)
    bytes.copyBytes(from: message)
    sending.append(
      Transfer(
        bytes: bytes,
        request: plugin.send(bytes.baseAddress, Int32(message.count), Int32(rank))))
  }

  public func receive() -> (from: Int, message: [UInt8])? {
    var from: Int32 = 0
    while true {
      let count = plugin.waiting(&from)
      guard count >= 0 else { break }
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(count), alignment: 16)
      arriving[Int(from)].append(
        Transfer(bytes: bytes, request: plugin.receive(bytes.baseAddress, count, from)))
    }
    for rank in arriving.indices {
      for index in arriving[rank].indices where !arriving[rank][index].isDone {
        arriving[rank][index].isDone = plugin.isDone(arriving[rank][index].request) != 0
      }
      guard let first = arriving[rank].first, first.isDone else { continue }
      arriving[rank].removeFirst()
      defer { first.bytes.deallocate() }
      return (rank, Array(first.bytes))
    }
    return nil
  }

  public var isIdle: Bool {
    sending.removeAll { transfer in
      guard plugin.isDone(transfer.request) != 0 else { return false }
      transfer.bytes.deallocate()
      return true
    }
    return sending.isEmpty
  }

  public func close() { plugin.end() }
}
