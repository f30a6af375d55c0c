import Fourier
import Ground

/// Sums of inserted images over all ranks. They are whole numbers, and the same in any order.
extension Shard {
  /// The completed sums of all ranks, on each; those of this rank are released one after the other.
  func accumulators(of sums: inout [ExactSums], threads: Int) throws -> [Accumulator] {
    guard !isAlone else { return sums.takeAccumulators(threads: threads) }
    var result: [Accumulator] = []
    while let last = sums.popLast() {
      let own = try total(last, threads: threads)
      result.append(
        accumulator(last, of: try ranks.gather(own), threads: threads))
    }
    return result.reversed()
  }

  /// The same on rank 0 alone; none on the others.
  func accumulatorsOfFirst(of sums: inout [ExactSums], threads: Int) throws -> [Accumulator] {
    guard !isAlone else { return sums.takeAccumulators(threads: threads) }
    var result: [Accumulator] = []
    while let last = sums.popLast() {
      var parts = [[UInt8]](repeating: [], count: ranks.count)
      parts[0] = try total(last, threads: threads)
      let all = try ranks.exchange(parts)
      if isFirst { result.append(accumulator(last, of: all, threads: threads)) }
    }
    return result.reversed()
  }

  /// The planes of the grid that a rank adds up.
  private func planes(of rank: Int, _ sums: ExactSums) -> Range<Int> {
    let extent = GridLayout(radius: sums.radius).extent
    return extent * rank / ranks.count..<extent * (rank + 1) / ranks.count
  }

  /// What all ranks have summed up on this rank's planes, as numbers of an accumulator.
  private func total(_ sums: ExactSums, threads: Int) throws -> [UInt8] {
    let parts = (0..<ranks.count).map {
      sums.bytes(ofPlanes: planes(of: $0, sums), threads: threads)
    }
    let all = try ranks.exchange(parts)
    let count = all[0].count / MemoryLayout<Int64>.stride
    let worth = [sums.quanta.data, sums.quanta.data, sums.quanta.weight]
    return [UInt8](unsafeUninitializedCapacity: count * MemoryLayout<Float>.stride) {
      target, size in
      let floats = UnsafeMutableRawBufferPointer(target).bindMemory(to: Float.self)
      nonisolated(unsafe) let output = floats
      let step = 3 * 4096
      parallelFor(count: count, chunk: step, threads: threads) { range, _ in
        for index in range {
          let sum = all.reduce(into: Int64(0)) { sum, bytes in
            bytes.withUnsafeBytes {
              sum &+= $0.loadUnaligned(
                fromByteOffset: index * MemoryLayout<Int64>.stride, as: Int64.self)
            }
          }
          output[index] = Float(sum) * worth[index % 3]
        }
      }
      size = count * MemoryLayout<Float>.stride
    }
  }

  /// The accumulator of planes' numbers, by the ranks that have added them up.
  private func accumulator(
    _ sums: ExactSums, of parts: [[UInt8]], threads: Int
  ) -> Accumulator {
    let result = Accumulator(radius: sums.radius, interpolation: sums.interpolation)
    var place = UnsafeMutableRawPointer(result.sums.pointer)
    for part in parts {
      part.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { place.copyMemory(from: base, byteCount: bytes.count) }
      }
      place += part.count
    }
    result.complete(threads: threads)
    return result
  }
}
