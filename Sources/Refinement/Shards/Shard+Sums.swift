import Ground
import Ranks

/// Sums of inserted images over all ranks. They are whole numbers, and the same in any order.
extension Shard {
  /// The completed sums of all ranks, on each; those of this rank are released one after the other.
  func accumulators(of sums: inout [ExactSums], threads: Int) throws -> [Accumulator] {
    guard !isAlone else { return sums.takeAccumulators(threads: threads) }
    return try ranks.memory.kept {
      var result: [Accumulator] = []
      while let last = sums.popLast() {
        let own = try total(last, threads: threads)
        result.append(try accumulator(last, of: try ranks.gather(own), threads: threads))
      }
      return result.reversed()
    }
  }

  /// The same on rank 0 alone; none on the others.
  func accumulatorsOfFirst(of sums: inout [ExactSums], threads: Int) throws -> [Accumulator] {
    guard !isAlone else { return sums.takeAccumulators(threads: threads) }
    return try ranks.memory.kept {
      var result: [Accumulator] = []
      while let last = sums.popLast() {
        var parts = (0..<ranks.count).map { _ in Message([]) }
        parts[0] = try total(last, threads: threads)
        let all = try ranks.exchange(parts)
        if isFirst { result.append(try accumulator(last, of: all, threads: threads)) }
      }
      return result.reversed()
    }
  }

  /// The planes of the grid that a rank adds up.
  private func planes(of rank: Int, _ sums: ExactSums) -> Range<Int> {
    let extent = GridLayout(radius: sums.radius).extent
    return extent * rank / ranks.count..<extent * (rank + 1) / ranks.count
  }

  /// What all ranks have summed up on this rank's planes, as numbers of an accumulator.
  private func total(_ sums: ExactSums, threads: Int) throws -> Message {
    let memory = ranks.memory
    let all = try ranks.exchange(
      (0..<ranks.count).map {
        sums.parcel(ofPlanes: planes(of: $0, sums), memory: memory, threads: threads).message
      })
    let rows = ExactSums.rows(radius: sums.radius, planes: planes(of: ranks.rank, sums).count)
    let parcels = try all.map { try Self.parcel(of: $0, rows: rows, sums) }
    return ExactSums.total(
      parcels, count: rows, quanta: sums.quanta, memory: memory, threads: threads
    ).message
  }

  /// The accumulator of planes' numbers, by the ranks that have added them up.
  private func accumulator(
    _ sums: ExactSums, of parts: [Message], threads: Int
  ) throws -> Accumulator {
    let result = Accumulator(radius: sums.radius, interpolation: sums.interpolation)
    for (rank, part) in parts.enumerated() {
      let planes = planes(of: rank, sums)
      let rows = ExactSums.rows(radius: sums.radius, planes: planes.count)
      result.put(
        try Self.parcel(of: part, rows: rows, sums), onPlanes: planes, threads: threads)
    }
    result.complete(threads: threads)
    return result
  }

  private static func parcel(
    of message: Message, rows: Int, _ sums: ExactSums
  ) throws -> SumsParcel {
    guard
      let parcel = SumsParcel(
        message, rows: rows, width: GridLayout(radius: sums.radius).width)
    else { throw unreadable }
    return parcel
  }
}
