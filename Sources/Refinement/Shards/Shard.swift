import Ground
import Ranks

/// The particles of a rank: a run of whole blocks, whose images it alone reads and holds; and what the
/// ranks of a refinement tell each other.
///
/// Every rank goes through the same loop with the same state. What depends on images is computed of the
/// rank's own and gathered, what follows from that is computed by each: the same numbers lead all to the
/// same decisions, and to the same calls here, in the same order. Only rank 0 knows checkpoints, requests
/// and changes of settings, and says of them here.
struct Shard: Sendable {
  let ranks: Communicator
  /// The particles of each rank, in their order.
  private let shares: [Range<Int>]

  /// - Parameter count: particles of all ranks.
  init(of count: Int, ranks: Communicator = .alone) {
    self.ranks = ranks
    let blocks = (count + ParticleBlocks.size - 1) / ParticleBlocks.size
    func first(_ rank: Int) -> Int { min(count, blocks * rank / ranks.count * ParticleBlocks.size) }
    shares = (0..<ranks.count).map { first($0)..<first($0 + 1) }
  }

  /// The particles of this rank.
  var particles: Range<Int> { shares[ranks.rank] }
  var isAlone: Bool { ranks.count == 1 }
  /// Whether this is rank 0.
  var isFirst: Bool { ranks.rank == 0 }

  /// Those of some particles that are this rank's, in their order.
  func own(_ particles: [Int]) -> [Int] {
    isAlone ? particles : particles.filter { self.particles.contains($0) }
  }

  /// Puts what each rank has made of its own of some particles into the order of all.
  func inOrder<Value>(_ particles: [Int], _ parts: [[Value]]) -> [Value] {
    guard !isAlone else { return parts[0] }
    var next = [Int](repeating: 0, count: parts.count)
    return particles.map { particle in
      let rank = shares.firstIndex { $0.contains(particle) } ?? 0
      defer { next[rank] += 1 }
      return parts[rank][next[rank]]
    }
  }

  // MARK: What ranks tell each other

  /// The values of all ranks, by their order.
  ///
  /// - Throws: `RankEnd` where a rank goes no further.
  func gather<Value: Columned>(_ value: Value) throws -> [Value] {
    guard !isAlone else { return [value] }
    return try ranks.gather(CheckpointContent(value).bytes).map { try Self.value(of: $0) }
  }

  /// The value of rank 0, on all.
  func agree<Value: Columned>(_ value: @autoclosure () throws -> Value) throws -> Value {
    guard !isAlone else { return try value() }
    let own = isFirst ? CheckpointContent(try value()).bytes : []
    return try Self.value(of: try ranks.broadcast(own))
  }

  /// Makes the bad images that any rank has found known to all.
  func share(_ bad: BadImages) throws {
    guard !isAlone else { return }
    for found in try gather(bad.all) { bad.add(found) }
  }

  /// - Throws: `Problem` where a value is not the same on all ranks.
  func requireSame(_ value: String, _ what: String) throws {
    let all = try gather(value)
    guard let other = all.indices.first(where: { all[$0] != all[0] }) else { return }
    throw Problem(
      "\(what) differ between the ranks: \(all[0]) on rank 0, \(all[other]) on rank \(other)",
      whatToDo: "Run all ranks with one program on machines of one kind that see the same files.")
  }

  private static func value<Value: Columned>(of bytes: [UInt8]) throws -> Value {
    guard let value = CheckpointContent.value(Value.self, of: bytes) else {
      throw unreadable
    }
    return value
  }

  static var unreadable: Problem {
    Problem(
      "a message between the ranks cannot be read", whatToDo: "Run all ranks with one program.")
  }

  /// What a failure of this rank comes to when the others have heard of it, and have told theirs; one
  /// that they know already stays.
  func told(_ error: any Error) -> any Error {
    guard !isAlone, !(error is RankEnd) else { return error }
    return ranks.end(RankEnd(error, rank: ranks.rank))
  }
}

extension RankEnd {
  /// Why a rank goes no further, with its place where it does not lead.
  public init(_ error: any Error, rank: Int) {
    let place = rank == 0 ? "" : "rank \(rank) on \(Machine.host): "
    switch error {
    case is RefinementStopped: self = .stopped
    case let end as RankEnd: self = end
    case var problem as Problem:
      problem.what = place + problem.what
      self = .failed(problem)
    case let problems as Problems:
      var problem = problems.all.first ?? Problem("the input is wrong", whatToDo: "")
      problem.what = place + problem.what
      self = .failed(problem)
    default:
      self = .failed(Problem("\(place)\(error)", whatToDo: "See the events of the run folder."))
    }
  }

  /// The error as the refinement throws it.
  var error: any Error {
    switch self {
    case .stopped: RefinementStopped()
    case .failed(let problem): problem
    }
  }
}
