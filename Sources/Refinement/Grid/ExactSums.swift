import CKernels
import CryoEM
import Fourier
import Ground

/// Sums of inserted images in whole numbers of a quantum: exact, so that they are the same in whatever
/// order images come and however they are divided between threads and processes.
///
/// Threads add to the same sums: the grid is cut into slabs of planes, an image's samples are sorted by
/// slab once, and each slab is added under its lock. The planes that the last samples of a slab share
/// with the next one are kept twice until the end.
final class ExactSums: Sendable {
  /// Largest coordinate, grid units.
  let radius: Int
  /// How images are spread.
  let interpolation: Interpolation
  let quanta: Quanta
  /// Three numbers a sample: real and imaginary part of the numerator, and the denominator, in quanta.
  /// Sums of the same shape and quanta add number by number.
  let values: FFTBuffer<Int64>
  let slabs: Slabs
  private let locks: [Lock]

  /// Asks for the memory of sums with all threads: the first image to touch it would have to wait for
  /// what is the work of many.
  static func touch(_ sums: [ExactSums]) {
    let page = 4096 / MemoryLayout<Int64>.stride
    let chunk = 1 << 18
    let each = ((sums.first?.values.count ?? 0) + chunk - 1) / chunk
    inParallel(sums.count * each) { range in
      for piece in range {
        let values = sums[piece / each].values
        let first = piece % each * chunk
        for index in stride(from: first, to: min(first + chunk, values.count), by: page) {
          values.pointer[index] = 0
        }
      }
    }
  }

  /// What a whole number is worth: of the data and of the weights. Powers of two.
  struct Quanta: Sendable, Equatable {
    let data: Float
    let weight: Float

    /// Quanta of which no contribution has more than 2³⁰.
    ///
    /// - Parameters:
    ///   - data: the largest modulus of a pixel's data when it is inserted.
    ///   - weight: the largest weight.
    init(data: Double, weight: Double) {
      self.data = Self.quantum(of: data)
      self.weight = Self.quantum(of: weight)
    }

    /// The same for data that may be larger by a factor.
    func withDataRoom(_ factor: Double) -> Quanta {
      Quanta(data: factor * Double(data) * 0x1p29, weight: Double(weight) * 0x1p29)
    }

    private static func quantum(of largest: Double) -> Float {
      guard largest > 0, largest.isFinite else { return 0x1p-30 }
      // The exponent alone: no rounding decides.
      let exponent = largest.exponent + 1 - 30
      return Float(sign: .plus, exponent: Int(min(max(exponent, -120), 120)), significand: 1)
    }
  }

  /// The slabs of a grid.
  struct Slabs: Sendable {
    /// Planes of a slab in which first taps lie.
    let planes: Int
    let count: Int
    /// Planes that neighbours have in common.
    let shared: Int
    private let reached: ClosedRange<Int>

    /// - Parameter accumulators: how many grids threads add to at the same time.
    init(radius: Int, interpolation: Interpolation, accumulators: Int) {
      // Enough for many threads, and of large grids not so many that what is kept twice is much of the
      // memory; the results do not depend on it.
      let extent = GridLayout(radius: radius).extent
      planes = min(16, max(4, extent * accumulators / 256, extent / 96))
      count = 2 * radius / planes + 1
      shared = fulcrum_shared_planes(interpolation.kernel)
      reached = shared == 1 ? 1...2 : 0...3
    }

    /// Planes of a grid with those that are kept twice.
    func stored(extent: Int) -> Int { extent + (count - 1) * shared }

    /// Where the parts of a plane are kept.
    func places(of plane: Int) -> [Int] {
      [plane / planes - 1, plane / planes].compactMap { slab in
        guard (0..<count).contains(slab) else { return nil }
        let own = plane - slab * planes
        return (reached.lowerBound...(planes - 1 + reached.upperBound)).contains(own)
          ? plane + slab * shared : nil
      }
    }
  }

  /// - Parameter accumulators: how many grids threads add to at the same time.
  init(radius: Int, interpolation: Interpolation, quanta: Quanta, accumulators: Int = 1) {
    self.radius = radius
    self.interpolation = interpolation
    self.quanta = quanta
    slabs = Slabs(radius: radius, interpolation: interpolation, accumulators: accumulators)
    let layout = GridLayout(radius: radius)
    values = FFTBuffer(
      count: 3 * layout.width * layout.extent * slabs.stored(extent: layout.extent))
    locks = (0..<slabs.count).map { _ in Lock() }
  }

  /// Bytes of the sums.
  static func bytes(radius: Int, interpolation: Interpolation, accumulators: Int) -> Int {
    let layout = GridLayout(radius: radius)
    let slabs = Slabs(radius: radius, interpolation: interpolation, accumulators: accumulators)
    return 24 * layout.width * layout.extent * slabs.stored(extent: layout.extent)
  }

  /// One insertion of an image: where and how sharply.
  struct Placement {
    /// Points of the image's half-plane to grid units, 3×2 row-major.
    var matrix: SliceMatrix
    /// Where points go from there, times their squared distance from the origin in grid units; nil for
    /// a plane.
    var bend: SIMD3<Float>?
    /// Position of the reference's origin in the window, turns per pixel of k.
    var shift: SIMD2<Float>
    /// Coefficients of kx², kx·ky, ky² in the exponent of the shift posterior's damping.
    var damping = SIMD3<Float>.zero
    /// Share of the image that goes here.
    var weight: Float = 1
  }

  /// Room for the samples of one image on their way; each thread needs its own.
  final class Room: Sendable {
    fileprivate let samples: FFTBuffer<fulcrum_sample>
    fileprivate let slabs: FFTBuffer<UInt16>
    fileprivate let starts: FFTBuffer<Int32>

    /// Room for images of so many points, padded, on a grid of a radius.
    init(points: Int, radius: Int) {
      samples = FFTBuffer(count: points)
      slabs = FFTBuffer(count: points)
      starts = FFTBuffer(count: 2 * radius + 4)
    }

    /// Bytes of such room.
    static func bytes(points: Int, radius: Int) -> Int { 34 * points + 8 * radius }
  }

  /// Inserts an image.
  func insert(
    _ image: fulcrum_image, points: fulcrum_points, at placement: Placement, scale: Float,
    _ room: Room
  ) {
    place(image, points: points, at: placement, scale: scale, room)
    let starts = room.starts.pointer
    func add(_ slab: Int) {
      fulcrum_add(
        values.pointer, Int32(radius), interpolation.kernel,
        room.samples.pointer + Int(starts[slab]), starts[slab + 1] - starts[slab])
    }
    // A slab that another thread is at is left for later.
    var busy: [Int] = []
    for slab in 0..<slabs.count where starts[slab + 1] > starts[slab] {
      if !locks[slab].ifFree({ add(slab) }) { busy.append(slab) }
    }
    for slab in busy { locks[slab].whenFree { add(slab) } }
  }

  /// Sorts an image's samples by slab.
  private func place(
    _ image: fulcrum_image, points: fulcrum_points, at placement: Placement, scale: Float,
    _ room: Room
  ) {
    placement.matrix.withPointer { matrix in
      withUnsafeBytes(of: placement.shift) { shift in
        withUnsafeBytes(of: placement.damping) { damping in
          withUnsafeBytes(of: placement.bend ?? .zero) { bend in
            fulcrum_place(
              Int32(radius), interpolation.kernel, Int32(slabs.planes), Int32(slabs.count), points,
              image, matrix,
              placement.bend == nil ? nil : bend.assumingMemoryBound(to: Float.self).baseAddress,
              shift.assumingMemoryBound(to: Float.self).baseAddress,
              damping.assumingMemoryBound(to: Float.self).baseAddress,
              scale * placement.weight / quanta.data,
              scale * scale * placement.weight / quanta.weight, room.slabs.pointer,
              room.starts.pointer, room.samples.pointer)
          }
        }
      }
    }
  }

  /// The completed sums as a reconstruction divides them.
  ///
  /// - Parameter isSpent: whether these sums are not needed any more: their memory goes back plane by plane,
  ///   so that there is never room for both.
  func accumulator(threads: Int, isSpent: Bool = false) -> Accumulator {
    let result = Accumulator(radius: radius, interpolation: interpolation)
    let layout = GridLayout(radius: radius)
    let count = 3 * layout.width * layout.extent
    let worth = SIMD3(quanta.data, quanta.data, quanta.weight)
    let spent = SpentPlanes(of: self)
    parallelFor(count: layout.extent, chunk: 1, threads: threads) { planes, _ in
      for plane in planes {
        let target = result.sums.pointer + plane * count
        let places = slabs.places(of: plane)
        for sample in stride(from: 0, to: count, by: 3) {
          var sum = SIMD3<Int64>.zero
          for place in places {
            let source = values.pointer + place * count + sample
            sum &+= SIMD3(source[0], source[1], source[2])
          }
          let value = SIMD3<Float>(sum) * worth
          (target[sample], target[sample + 1], target[sample + 2]) = (value.x, value.y, value.z)
        }
        if isSpent { spent.finish(plane) }
      }
    }
    result.complete(threads: threads)
    return result
  }
}

extension Array where Element == ExactSums {
  /// The completed sums, each released as soon as it is taken over.
  mutating func takeAccumulators(threads: Int) -> [Accumulator] {
    var result: [Accumulator] = []
    while let last = popLast() {
      result.append(last.accumulator(threads: threads, isSpent: true))
    }
    return result.reversed()
  }
}
