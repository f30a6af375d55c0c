import Fourier
import Ground

/// Sums on some planes of a grid as they travel between ranks: of each row how many samples from its
/// beginning are not zero, and these samples, three numbers each. Half of a cube has nothing beyond the
/// ball of what was inserted.
struct SumsParcel<Number: BitwiseCopyable & Sendable> {
  let bytes: [UInt8]
  /// Rows of the planes.
  private let rows: Int
  /// Sample at which each row's samples begin, and after the last the number of all.
  private let starts: [Int]

  private static var sample: Int { 3 * MemoryLayout<Number>.stride }
  /// Bytes of the rows' counts, with what is left of eight.
  private static func head(_ rows: Int) -> Int { (rows * 2 + 7) / 8 * 8 }

  /// Packs rows.
  ///
  /// - Parameters:
  ///   - counts: samples of each row that travel.
  ///   - fill: writes a row's samples; called for rows that have any.
  init(
    counts: [Int], threads: Int,
    fill: @Sendable (_ row: Int, _ samples: UnsafeMutableBufferPointer<Number>) -> Void
  ) {
    rows = counts.count
    let starts = Self.starts(of: counts)
    self.starts = starts
    let head = Self.head(rows)
    let size = head + (starts.last ?? 0) * Self.sample
    bytes = [UInt8](unsafeUninitializedCapacity: size) { target, filled in
      for index in 0..<head { target[index] = 0 }
      let raw = UnsafeMutableRawBufferPointer(target)
      for (row, count) in counts.enumerated() {
        raw.storeBytes(of: UInt16(count).littleEndian, toByteOffset: 2 * row, as: UInt16.self)
      }
      nonisolated(unsafe) let numbers = UnsafeMutableRawBufferPointer(rebasing: raw[head..<size])
        .bindMemory(to: Number.self)
      parallelFor(count: counts.count, chunk: 256, threads: threads) { range, _ in
        for row in range where starts[row] < starts[row + 1] {
          fill(
            row,
            UnsafeMutableBufferPointer(
              rebasing: numbers[3 * starts[row]..<3 * starts[row + 1]]))
        }
      }
      filled = size
    }
  }

  /// Takes up what another rank has packed.
  ///
  /// - Returns: nil for bytes that are no such planes.
  init?(_ bytes: [UInt8], rows: Int, width: Int) {
    guard bytes.count >= Self.head(rows) else { return nil }
    let counts = bytes.withUnsafeBytes { raw in
      (0..<rows).map {
        Int(UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)))
      }
    }
    let starts = Self.starts(of: counts)
    guard counts.allSatisfy({ $0 <= width }),
      bytes.count == Self.head(rows) + (starts.last ?? 0) * Self.sample
    else { return nil }
    (self.bytes, self.rows, self.starts) = (bytes, rows, starts)
  }

  private static func starts(of counts: [Int]) -> [Int] {
    var starts = [0]
    starts.reserveCapacity(counts.count + 1)
    for count in counts { starts.append((starts.last ?? 0) + count) }
    return starts
  }

  /// Samples of a row that have travelled.
  func count(ofRow row: Int) -> Int { starts[row + 1] - starts[row] }

  /// Calls `body` with where a row's samples are; not for rows without any.
  func withRow(_ row: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    guard count(ofRow: row) > 0 else { return }
    let first = Self.head(rows) + starts[row] * Self.sample
    bytes.withUnsafeBytes {
      body(
        UnsafeRawBufferPointer(rebasing: $0[first..<first + count(ofRow: row) * Self.sample]))
    }
  }
}

extension ExactSums {
  /// Rows of so many planes.
  static func rows(radius: Int, planes: Int) -> Int { planes * GridLayout(radius: radius).extent }

  /// The sums on some planes, the parts of a plane that is kept twice together.
  func parcel(ofPlanes planes: Range<Int>, threads: Int) -> SumsParcel<Int64> {
    let layout = GridLayout(radius: radius)
    let places = planes.map { slabs.places(of: $0) }
    let length = 3 * layout.width
    @Sendable func starts(_ row: Int) -> [UnsafeMutablePointer<Int64>] {
      places[row / layout.extent].map {
        values.pointer + ($0 * layout.extent + row % layout.extent) * length
      }
    }
    let rows = Self.rows(radius: radius, planes: planes.count)
    let counts = inParts(rows, chunk: 256) { range in
      range.map { row in
        starts(row).reduce(0) { most, start in
          var end = length
          while end > 3 * most, start[end - 1] == 0 { end -= 1 }
          return max(most, (end + 2) / 3)
        }
      }
    }
    return SumsParcel(counts: counts.flatMap { $0 }, threads: threads) { row, samples in
      samples.update(repeating: 0)
      for start in starts(row) {
        for index in samples.indices { samples[index] &+= start[index] }
      }
    }
  }

  /// The sums of some ranks on the same planes, as numbers of an accumulator.
  static func total(
    _ parcels: [SumsParcel<Int64>], rows: Int, quanta: Quanta, threads: Int
  ) -> SumsParcel<Float> {
    let counts = (0..<rows).map { row in parcels.map { $0.count(ofRow: row) }.max() ?? 0 }
    let most = 3 * (counts.max() ?? 0)
    let worth = SIMD3(quanta.data, quanta.data, quanta.weight)
    let rooms = WorkspacePool { FFTBuffer<Int64>(count: most) }
    return SumsParcel(counts: counts, threads: threads) { row, samples in
      let room = rooms.take()
      defer { rooms.giveBack(room) }
      let sum = UnsafeMutableBufferPointer(start: room.pointer, count: samples.count)
      sum.update(repeating: 0)
      for parcel in parcels {
        parcel.withRow(row) { bytes in
          let numbers = bytes.assumingMemoryBound(to: Int64.self)
          for index in numbers.indices { sum[index] &+= numbers[index] }
        }
      }
      for first in stride(from: 0, to: samples.count, by: 3) {
        let value = SIMD3<Float>(SIMD3(sum[first], sum[first + 1], sum[first + 2])) * worth
        (samples[first], samples[first + 1], samples[first + 2]) = (value.x, value.y, value.z)
      }
    }
  }
}

extension Accumulator {
  /// Puts the sums on some planes in their place, in an accumulator that has none there.
  func put(_ parcel: SumsParcel<Float>, onPlanes planes: Range<Int>, threads: Int) {
    let layout = GridLayout(radius: radius)
    let rows = ExactSums.rows(radius: radius, planes: planes.count)
    parallelFor(count: rows, chunk: 256, threads: threads) { range, _ in
      for row in range {
        parcel.withRow(row) { bytes in
          let start = sums.pointer + 3 * layout.width * (planes.lowerBound * layout.extent + row)
          UnsafeMutableRawPointer(start).copyMemory(
            from: bytes.baseAddress ?? UnsafeRawPointer(start), byteCount: bytes.count)
        }
      }
    }
  }
}
