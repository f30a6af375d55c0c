import CKernels
import CryoEM
import Fourier
import Ground
import Refinement

/// Ten dependent chains of sixteen fused multiply–adds, which no machine's arithmetic can hide.
@inline(never)
func fulcrumPeak(_ lanes: inout [SIMD16<Float>], rounds: Int) {
  lanes.withUnsafeMutableBytes { raw in
    let base = raw.assumingMemoryBound(to: Float.self).baseAddress
    fulcrum_multiply_add(base, Int32(rounds))
  }
}

/// One set of arrays on which all kernels are timed.
final class KernelBench {
  /// What is timed.
  enum Kernel: String, CaseIterable { case slice, score, evaluate, insert }

  /// Whether the kernels of the compiler's baseline instructions are run, not this machine's best.
  var isBaseline = false
  private let interpolation: Interpolation
  private let radius: Int
  private let points: SamplingPoints
  private let oversampling: Double
  private let grid: FFTBuffer<Float>
  private let sums: FFTBuffer<Int64>
  /// Planes of a slab of the sums, and the slabs.
  private let slabPlanes = 8
  private let slabCount: Int
  /// The samples of an image, sorted by slab.
  private let room:
    (slabs: FFTBuffer<UInt16>, starts: FFTBuffer<Int32>, samples: FFTBuffer<fulcrum_sample>)
  private let image: (FFTBuffer<Float>, FFTBuffer<Float>, FFTBuffer<Float>)
  private let factor: FFTBuffer<Float>
  private let rotations: [Rotation]
  private let band: Int

  init(window: Int, band: Int, period: Int, interpolation: Interpolation) {
    self.interpolation = interpolation
    self.band = band
    points = SamplingPoints(window: window, maximumShell: band)
    oversampling = Double(period) / Double(window)
    radius = Int(((Double(band) + 0.5) * oversampling).rounded(.up)) + 1
    let samples =
      fulcrum_grid_width(Int32(radius)) * fulcrum_grid_extent(Int32(radius))
      * fulcrum_grid_extent(Int32(radius))
    var generator = SeededGenerator(seed: 1)
    func noise(_ count: Int) -> FFTBuffer<Float> {
      let buffer = FFTBuffer<Float>(count: count)
      for index in 0..<count { buffer[index] = Float(generator.uniform(-1, 1)) }
      return buffer
    }
    grid = noise(2 * samples)
    slabCount = 2 * radius / slabPlanes + 1
    let plane =
      fulcrum_grid_width(Int32(radius)) * fulcrum_grid_extent(Int32(radius))
    let shared =
      (slabCount - 1)
      * fulcrum_shared_planes(
        interpolation == .cubic ? fulcrum_cubic : fulcrum_trilinear)
    sums = FFTBuffer(count: 3 * (samples + shared * plane))
    room = (
      FFTBuffer(count: points.paddedCount), FFTBuffer(count: slabCount + 1),
      FFTBuffer(count: points.paddedCount)
    )
    image = (noise(points.paddedCount), noise(points.paddedCount), noise(points.paddedCount))
    factor = points.factorsOfOne(upTo: band)
    rotations = (0..<64).map { _ in Rotation.random(using: &generator) }
  }

  /// Pixels of one run.
  var pixels: Int { points.count * rotations.count }
  var instructions: String {
    isBaseline ? "baseline" : String(cString: fulcrum_instruction_set())
  }

  /// Runs a kernel at 64 random orientations.
  func run(_ kernel: Kernel) {
    let points = fulcrum_points(
      kx: self.points.kx.pointer, ky: self.points.ky.pointer, factor: factor.pointer,
      count: Int32(self.points.paddedCount))
    let image = fulcrum_image(
      real: image.0.pointer, imaginary: image.1.pointer, weight: image.2.pointer)
    let how = interpolation == .cubic ? fulcrum_cubic : fulcrum_trilinear
    var sums = [Double](repeating: 0, count: Int(fulcrum_sum_count))
    let real = FFTBuffer<Float>(count: self.points.paddedCount)
    let imaginary = FFTBuffer<Float>(count: self.points.paddedCount)
    for rotation in rotations {
      let x = rotation.row0 * oversampling
      let y = rotation.row1 * oversampling
      let m = [x.x, y.x, x.y, y.y, x.z, y.z].map { Float($0) }
      let shift: [Float] = [0.01, -0.02]
      switch kernel {
      case .slice:
        (isBaseline ? fulcrum_slice_base : fulcrum_slice)(
          grid.pointer, Int32(radius), how, points.kx, points.ky, points.count, m, real.pointer,
          imaginary.pointer)
      case .score:
        (isBaseline ? fulcrum_score_base : fulcrum_score)(
          grid.pointer, Int32(radius), how, points, image, m, shift, &sums)
      case .evaluate:
        (isBaseline ? fulcrum_evaluate_base : fulcrum_evaluate)(
          grid.pointer, Int32(radius), how, points, image, m, shift, &sums)
      case .insert:
        (isBaseline ? fulcrum_place_base : fulcrum_place)(
          Int32(radius), how, Int32(slabPlanes), Int32(slabCount), points, image, m, nil, shift,
          [1e-4, 0, 1e-4], 0x1p28, 0x1p28, room.slabs.pointer, room.starts.pointer,
          room.samples.pointer)
        (isBaseline ? fulcrum_add_base : fulcrum_add)(
          self.sums.pointer, Int32(radius), how, room.samples.pointer, points.count)
      }
    }
  }

  /// Operations and bytes per pixel, counted from the kernels' source: taps times what is done at each,
  /// and the work on the pixel itself; bytes are those of the taps and of the pixel's own arrays.
  private func work(_ kernel: Kernel) -> (operations: Double, bytes: Double) {
    let taps = interpolation == .cubic ? 64.0 : 8.0
    switch kernel {
    case .slice: return (taps * 4 + 40, taps * 8 + 16)
    case .score: return (taps * 4 + 80, taps * 8 + 24)
    case .evaluate: return (taps * 8 + 300, taps * 8 + 24)
    case .insert: return (taps * 6 + 90, taps * 48 + 24 + 64)
    }
  }

  /// A row of the report.
  func json(_ kernel: Kernel, _ time: Timing, _ machine: MachineLimits) -> String {
    let pixels = Double(points.count * rotations.count)
    let work = work(kernel)
    let perPixel = time.minimum / pixels
    return "{\"kernel\": \"\(kernel.rawValue)\", \"interpolation\": \"\(interpolation)\", "
      + "\"instructions\": \"\(instructions)\", "
      + "\"band\": \(band), \"radius\": \(radius), \"pixels\": \(points.count), "
      + "\"ns_per_pixel_minimum\": \(rounded(perPixel * 1e9)), "
      + "\"ns_per_pixel_median\": \(rounded(time.median / pixels * 1e9)), "
      + "\"share_of_arithmetic\": \(rounded(work.operations / perPixel / machine.arithmetic)), "
      + "\"share_of_copy_bandwidth\": \(rounded(work.bytes / perPixel / machine.bandwidth))}"
  }
}
