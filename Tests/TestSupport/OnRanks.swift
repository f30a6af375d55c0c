import Dispatch
import Ground
import Ranks
import Synchronization

/// Runs a body on each of some ranks at the same time; what each returns, by rank.
public func onRanks<Value: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Communicator) throws -> Value
) -> [Result<Value, any Error>] {
  let ranks = LocalRanks(count: count)
  let results = Mutex<[Int: Result<Value, any Error>]>([:])
  let group = DispatchGroup()
  for rank in 0..<count {
    DispatchQueue(label: "rank").async(group: group) {
      let result = Result {
        let communicator = try Communicator { () throws(Problem) in ranks.transport(of: rank) }
        defer { communicator.close() }
        return try body(communicator)
      }
      results.withLock { $0[rank] = result }
    }
  }
  group.wait()
  let found = results.withLock { $0 }
  return (0..<count).compactMap { found[$0] }
}
