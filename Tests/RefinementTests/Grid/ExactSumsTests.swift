import CKernels
import CryoEM
import Fourier
import Ranks
import Synchronization
import Testing

@testable import Ground
@testable import Refinement

/// Sums of inserted images are the same whatever the order, the slabs and the threads.
struct ExactSumsTests {
  private let points = SamplingPoints(window: 24, maximumShell: 11)
  private let radius = 15
  private let count = 24

  private func images() -> PackedImages {
    let images = PackedImages(points: points, count: count)
    var generator = SeededGenerator(seed: 8)
    for image in 0..<count {
      let planes = images.planes(image)
      for index in points.indices {
        planes.real[index] = Float(30 * generator.normal())
        planes.imaginary[index] = Float(generator.normal())
        planes.weight[index] = Float(generator.uniform(0, 2))
      }
    }
    return images
  }

  private func placements() -> [ExactSums.Placement] {
    var generator = SeededGenerator(seed: 5)
    return (0..<count).map { _ in
      ExactSums.Placement(
        matrix: SliceMatrix(
          rotation: .random(using: &generator), oversampling: 1.25, magnification: [1, 0, 0, 1]),
        shift: SIMD2(Float(generator.uniform(-0.1, 0.1)), 0.03),
        damping: SIMD3(1e-3, 0, 2e-3), weight: 0.5)
    }
  }

  private func sums(
    _ interpolation: Interpolation, accumulators: Int = 1, threads: Int = 1, _ members: [Int]
  ) -> ExactSums {
    let sums = ExactSums(
      radius: radius, interpolation: interpolation, accumulators: accumulators)
    let (images, placements) = (images(), placements())
    let ones = points.ones
    parallelFor(count: members.count, chunk: 1, threads: threads) { range, _ in
      for member in range.map({ members[$0] }) {
        sums.insert(
          images.image(member), points: points.points(factor: ones, band: 11),
          at: placements[member])
      }
    }
    return sums
  }

  private func isSame(_ one: Accumulator, _ other: Accumulator) -> Bool {
    one.sums.array == other.sums.array && one.sums.array.contains { $0 != 0 }
  }

  @Test(arguments: [Interpolation.trilinear, .cubic])
  func neitherOrderNorThreadsNorSlabsMatter(interpolation: Interpolation) {
    let all = Array(0..<count)
    let expected = sums(interpolation, all).completed
    #expect(isSame(sums(interpolation, all.reversed()).completed, expected))
    for threads in [2, 3, 8, 64] {
      #expect(isSame(sums(interpolation, threads: threads, all).completed, expected))
    }
    // Slabs of 4, 8 and 16 planes.
    for accumulators in [64, 128] {
      let other = sums(interpolation, accumulators: accumulators, all)
      #expect(isSame(other.accumulator(threads: 3), expected))
    }
  }

  /// Sums so large that their memory goes back while they are taken over come to the same.
  @Test func spentSumsAreTheSame() {
    let radius = 150
    let sums = ExactSums(radius: radius, interpolation: .trilinear)
    // A sample of each plane, also of those that are kept twice.
    let layout = GridLayout(radius: radius)
    let plane = 3 * layout.width * layout.extent
    let places = sums.values.count / plane
    for place in 0..<places { sums.values[place * plane + 3000] = Int64(place) }
    let kept = sums.accumulator(threads: 2)
    #expect(sums.values[places / 2 * plane + 3000] == Int64(places / 2))
    let spent = sums.accumulator(threads: 2, isSpent: true)
    #expect(kept.sums.array == spent.sums.array)
    #expect((0..<layout.extent).count { kept.sums[$0 * plane + 3000] != 0 } > 2 * radius)
    #expect(sums.values[places / 2 * plane + 3000] == 0, "the memory is gone")
  }

  /// Sums of three ranks that have travelled by planes are those of one; corners do not travel.
  @Test(arguments: [Interpolation.trilinear, .cubic])
  func sumsTravelByRows(interpolation: Interpolation) throws {
    let expected = sums(interpolation, Array(0..<count)).completed
    let ranks = (0..<3).map { rank in
      sums(interpolation, accumulators: 64, (0..<count).filter { $0 % 3 == rank })
    }
    let layout = GridLayout(radius: radius)
    let result = Accumulator(radius: radius, interpolation: interpolation)
    var travelled = 0
    for planes in [0..<1, 1..<14, 14..<layout.extent] {
      let rows = ExactSums.rows(radius: radius, planes: planes.count)
      let parcels = try ranks.map { sums in
        let message = sums.parcel(ofPlanes: planes, memory: MessageMemory(), threads: 2).message
        travelled += message.count
        return try #require(SumsParcel(message, rows: rows, width: layout.width))
      }
      let total = ExactSums.total(
        parcels, count: rows, quanta: ranks[0].quanta, memory: MessageMemory(), threads: 2)
      result.put(
        try #require(SumsParcel(total.message, rows: rows, width: layout.width)),
        onPlanes: planes, threads: 2)
    }
    result.complete(threads: 1)
    #expect(isSame(result, expected))
    #expect(travelled < 3 * 24 * layout.count * 7 / 10)
  }

  /// Numbers take the bytes that two's complement needs, and come back whatever they are.
  @Test func rowsTakeFewBytes() throws {
    let cases: [(values: [Int64], data: UInt8, weight: UInt8)] = [
      ([0, 0, 1], 1, 1), ([127, -128, 0], 1, 1), ([128, 0, 0], 2, 1), ([0, -129, 127], 2, 1),
      ([1, 2, 128, 0, 0, -32768], 1, 2), ([0, 0, 32768], 1, 3), ([1 << 39, 0, 1], 6, 1),
      ([-(1 << 39), 0, 1], 5, 1), ([.max, .min, .min], 8, 8), ([0, 1, .max, 5, 5, 5], 1, 8),
    ]
    for (values, data, weight) in cases {
      var numbers = values + [0, 0, 0]
      let count = numbers.count
      numbers.withUnsafeMutableBufferPointer { numbers in
        guard let start = numbers.baseAddress else { return }
        let row = TravellingRow([start], count)
        #expect(
          row.head
            == SumsParcel.Row(count: UInt16(values.count / 3), data: data, weight: weight))
        // Kept in two parts, they travel as one.
        var half = [Int64](repeating: 3, count: count)
        half.withUnsafeMutableBufferPointer { half in
          let rest = zip(numbers, half).map { $0 &- $1 }
          var other = rest
          other.withUnsafeMutableBufferPointer { other in
            guard let one = half.baseAddress, let two = other.baseAddress else { return }
            #expect(TravellingRow([one, two], count).head == row.head)
          }
        }
        let size = row.head.bytes
        #expect(size == values.count / 3 * (2 * Int(data) + Int(weight)))
        var bytes = [UInt8](repeating: 0xee, count: size + 8)
        bytes.withUnsafeMutableBytes {
          row.write(row.head, to: UnsafeMutableRawBufferPointer(rebasing: $0[0..<size]))
        }
        #expect(bytes[size...].allSatisfy { $0 == 0xee }, "what is another row's stays")
        var sum = [Int64](repeating: 1, count: values.count)
        bytes.withUnsafeBytes { bytes in
          sum.withUnsafeMutableBufferPointer {
            if let first = bytes.baseAddress { TravellingRow.add(first, row.head, to: $0) }
          }
        }
        #expect(sum == values.map { $0 &+ 1 })
      }
    }
  }

  /// What is no parcel of these rows is not taken up.
  @Test func parcelsAreChecked() {
    let layout = GridLayout(radius: radius)
    let rows = ExactSums.rows(radius: radius, planes: 2)
    let whole = sums(.trilinear, [0]).parcel(
      ofPlanes: 15..<17, memory: MessageMemory(), threads: 1
    ).message
    func isTaken(_ message: Message, rows: Int, width: Int = layout.width) -> Bool {
      SumsParcel(message, rows: rows, width: width) != nil
    }
    #expect(isTaken(whole, rows: rows))
    #expect(!isTaken(Message(whole.array.dropLast()), rows: rows))
    #expect(!isTaken(whole, rows: rows, width: 3))
    #expect(!isTaken(whole, rows: rows + 9))
    #expect(!isTaken(Message([]), rows: rows))
    // The bytes of a number of the first row.
    for bytes: UInt8 in [0, 9] {
      var changed = whole.array
      changed[2] = bytes
      #expect(!isTaken(Message(changed), rows: rows))
    }
  }

  /// Parts of the particles, summed apart and added, are the whole.
  @Test func partsAdd() {
    let expected = sums(.trilinear, Array(0..<count)).completed
    for parts in [2, 3, 5] {
      let total = sums(.trilinear, [])
      for part in 0..<parts {
        let one = sums(.trilinear, (0..<count).filter { $0 % parts == part })
        for index in 0..<total.values.count { total.values[index] += one.values[index] }
      }
      #expect(isSame(total.completed, expected))
    }
  }

  /// Whole numbers of quanta are as near to the sum in double precision as single precision is.
  @Test func quantaAreFine() {
    let images = images()
    let total = sums(.trilinear, Array(0..<count))
    // Linear taps add up to 1: the sum over all samples is that of the pixels.
    var (found, expected) = (0.0, 0.0)
    for index in stride(from: 2, to: total.values.count, by: 3) {
      found += Double(total.values[index]) * Double(total.quanta.weight)
    }
    for image in 0..<count {
      for index in points.indices { expected += 0.5 * Double(images.planes(image).weight[index]) }
    }
    #expect(abs(found / expected - 1) < 1e-6)
  }

  @Test func quantaFollowTheLargest() {
    let quanta = ExactSums.Quanta(data: 5, weight: 1e-9)
    #expect(quanta.data == 0x1p-27)
    #expect(5 / quanta.data <= 0x1p30 && 5 / quanta.data > 0x1p29)
    #expect(Float(1e-9) / quanta.weight <= 0x1p30 && Float(1e-9) / quanta.weight > 0x1p29)
    for nothing in [0, -1, Double.infinity, .nan] {
      #expect(ExactSums.Quanta(data: nothing, weight: nothing).data == 0x1p-30)
    }
  }

  /// What is no number adds nothing, and what is too large stops at 2³⁰ quanta instead of wrapping.
  @Test func whatIsTooLargeDoesNotWrap() {
    let images = PackedImages(points: points, count: 1)
    let planes = images.planes(0)
    planes.real[3] = .nan
    planes.imaginary[5] = 1e30
    planes.weight[7] = .infinity
    let sums = ExactSums(radius: radius, interpolation: .trilinear)
    let ones = points.ones
    sums.insert(
      images.image(0), points: points.points(factor: ones, band: 11),
      at: ExactSums.Placement(
        matrix: SliceMatrix(rotation: .identity, oversampling: 1, magnification: [1, 0, 0, 1]),
        shift: .zero))
    var total = SIMD3<Int64>.zero
    for index in stride(from: 0, to: sums.values.count, by: 3) {
      total &+= SIMD3(sums.values[index], sums.values[index + 1], sums.values[index + 2])
    }
    #expect(total == SIMD3(0, 1 << 30, 1 << 30))
  }

  /// Every plane of the grid is kept in one place or two, and no place is two planes'.
  @Test(arguments: [Interpolation.trilinear, .cubic], [4, 9, 49, 200])
  func slabsDivideThePlanes(interpolation: Interpolation, radius: Int) {
    for accumulators in [1, 2, 8] {
      let slabs = ExactSums.Slabs(
        radius: radius, interpolation: interpolation, accumulators: accumulators)
      let extent = GridLayout(radius: radius).extent
      let places = (0..<extent).flatMap { slabs.places(of: $0) }
      #expect(Set(places).count == places.count)
      #expect(places.allSatisfy { (0..<slabs.stored(extent: extent)).contains($0) })
      // All planes that taps reach: those of trilinear insertion begin at 1.
      let reached = interpolation == .cubic ? 0..<extent : 1..<(extent - 1)
      #expect(reached.allSatisfy { !slabs.places(of: $0).isEmpty })
    }
  }
}
