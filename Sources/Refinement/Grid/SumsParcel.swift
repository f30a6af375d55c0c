import Fourier
import Ground
import Ranks

/// Rows of some planes of a grid as they travel between ranks: of each row how many samples from its
/// beginning are not zero, and these samples, of data (two numbers) and weight. Half of a cube has nothing
/// beyond the ball of what was inserted, and few numbers need all their bytes.
struct SumsParcel: Sendable {
  let message: Message
  let rows: [Row]
  /// Byte at which each row begins, and after the last the end of all.
  private let starts: [Int]

  /// What travels of a row.
  struct Row: Sendable, Equatable {
    /// Samples from its beginning.
    var count: UInt16 = 0
    /// Bytes of each of the two numbers of the data, and of the weight.
    var data: UInt8 = 1
    var weight: UInt8 = 1

    var sampleBytes: Int { 2 * Int(data) + Int(weight) }
    var bytes: Int { Int(count) * sampleBytes }
    fileprivate var isPossible: Bool { (1...8).contains(data) && (1...8).contains(weight) }
  }

  private static let headOfRow = 4
  /// Bytes after the last row, so that eight can be read wherever a number begins.
  private static let spare = 8

  /// Packs rows.
  ///
  /// - Parameter fill: writes a row's samples, all of their bytes; called for rows that have any.
  init(
    rows: [Row], memory: MessageMemory, threads: Int,
    fill: @Sendable (_ row: Int, _ bytes: UnsafeMutableRawBufferPointer) -> Void
  ) {
    let starts = Self.starts(of: rows)
    (self.rows, self.starts) = (rows, starts)
    message = Message(count: (starts.last ?? 0) + Self.spare, memory: memory) { bytes in
      nonisolated(unsafe) let bytes = bytes
      parallelFor(count: rows.count, chunk: 256, threads: threads) { range, _ in
        for index in range {
          let (row, first) = (rows[index], Self.headOfRow * index)
          bytes.storeBytes(of: row.count.littleEndian, toByteOffset: first, as: UInt16.self)
          (bytes[first + 2], bytes[first + 3]) = (row.data, row.weight)
          guard row.count > 0 else { continue }
          fill(
            index,
            UnsafeMutableRawBufferPointer(rebasing: bytes[starts[index]..<starts[index + 1]]))
        }
      }
      for index in bytes.count - Self.spare..<bytes.count { bytes[index] = 0 }
    }
  }

  /// Takes up what another rank has packed.
  ///
  /// - Returns: nil for bytes that are no such planes.
  init?(_ message: Message, rows count: Int, width: Int) {
    guard message.count >= count * Self.headOfRow else { return nil }
    let rows = message.withBytes { bytes in
      (0..<count).map { index in
        let first = Self.headOfRow * index
        return Row(
          count: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: first, as: UInt16.self)),
          data: bytes[first + 2], weight: bytes[first + 3])
      }
    }
    let starts = Self.starts(of: rows)
    guard rows.allSatisfy({ $0.isPossible && Int($0.count) <= width }),
      message.count == (starts.last ?? 0) + Self.spare
    else { return nil }
    (self.message, self.rows, self.starts) = (message, rows, starts)
  }

  private static func starts(of rows: [Row]) -> [Int] {
    var starts = [headOfRow * rows.count]
    starts.reserveCapacity(rows.count + 1)
    for row in rows { starts.append((starts.last ?? 0) + row.bytes) }
    return starts
  }

  /// Calls `body` with the bytes of a row's samples, after which some more can be read; not for rows
  /// without any.
  func withRow(_ row: Int, _ body: (UnsafeRawPointer) -> Void) {
    guard rows[row].count > 0 else { return }
    message.withBytes { bytes in
      if let start = bytes.baseAddress { body(start + starts[row]) }
    }
  }
}

extension ExactSums {
  /// Rows of so many planes.
  static func rows(radius: Int, planes: Int) -> Int { planes * GridLayout(radius: radius).extent }

  /// The sums on some planes, the parts of a plane that is kept twice together.
  func parcel(ofPlanes planes: Range<Int>, memory: MessageMemory, threads: Int) -> SumsParcel {
    let layout = GridLayout(radius: radius)
    let places = planes.map { slabs.places(of: $0) }
    let length = 3 * layout.width
    @Sendable func starts(_ row: Int) -> [UnsafeMutablePointer<Int64>] {
      places[row / layout.extent].map {
        values.pointer + ($0 * layout.extent + row % layout.extent) * length
      }
    }
    let count = Self.rows(radius: radius, planes: planes.count)
    let rows = Collected<[SumsParcel.Row]>(count: (count + 255) / 256)
    parallelFor(count: count, chunk: 256, threads: threads) { range, _ in
      rows[range.lowerBound / 256] = range.map { TravellingRow(starts($0), length).head }
    }
    let heads = rows.filled.flatMap { $0 }
    return SumsParcel(rows: heads, memory: memory, threads: threads) { row, bytes in
      TravellingRow(starts(row), length).write(heads[row], to: bytes)
    }
  }

  /// The sums of some ranks on the same planes, as numbers of an accumulator.
  static func total(
    _ parcels: [SumsParcel], count: Int, quanta: Quanta, memory: MessageMemory, threads: Int
  ) -> SumsParcel {
    let rows = (0..<count).map { row in
      SumsParcel.Row(count: parcels.map { $0.rows[row].count }.max() ?? 0, data: 4, weight: 4)
    }
    let most = 3 * Int(rows.map(\.count).max() ?? 0)
    let worth = SIMD3(quanta.data, quanta.data, quanta.weight)
    let rooms = WorkspacePool { FFTBuffer<Int64>(count: most) }
    return SumsParcel(rows: rows, memory: memory, threads: threads) { row, bytes in
      let room = rooms.take()
      defer { rooms.giveBack(room) }
      let sum = UnsafeMutableBufferPointer(
        start: room.pointer, count: 3 * Int(rows[row].count))
      sum.update(repeating: 0)
      for parcel in parcels {
        parcel.withRow(row) { TravellingRow.add($0, parcel.rows[row], to: sum) }
      }
      let samples = bytes.assumingMemoryBound(to: Float.self)
      for first in stride(from: 0, to: samples.count, by: 3) {
        let value = SIMD3<Float>(SIMD3(sum[first], sum[first + 1], sum[first + 2])) * worth
        (samples[first], samples[first + 1], samples[first + 2]) = (value.x, value.y, value.z)
      }
    }
  }
}

extension Accumulator {
  /// Puts the sums on some planes in their place, in an accumulator that has none there.
  func put(_ parcel: SumsParcel, onPlanes planes: Range<Int>, threads: Int) {
    let layout = GridLayout(radius: radius)
    let rows = ExactSums.rows(radius: radius, planes: planes.count)
    parallelFor(count: rows, chunk: 256, threads: threads) { range, _ in
      for row in range {
        parcel.withRow(row) { bytes in
          let start = sums.pointer + 3 * layout.width * (planes.lowerBound * layout.extent + row)
          UnsafeMutableRawPointer(start).copyMemory(
            from: bytes, byteCount: parcel.rows[row].bytes)
        }
      }
    }
  }
}
