import ArgumentParser
import CFFTW
import Fourier

/// Fourier transforms of cubes: FFTW's plan for the whole, made without measuring; the same put together
/// from lines; and only what a mask and a band ask for.
struct Transforms: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transforms", abstract: "Time the Fourier transforms of cubes.")

  @Option(help: "Voxels along the cubes' edges, with commas.")
  var sizes = "96,128,160,192,256,384"
  @Option(help: "Diameter of the mask, as a share of the edge.")
  var mask = 0.6
  @Option(help: "Runs; minimum and median are told.")
  var runs = 7

  func run() throws {
    for size in sizes.split(separator: ",").compactMap({ Int($0) }) where size > 1 && size % 2 == 0
    {
      print(json(size))
    }
  }

  private func json(_ size: Int) -> String {
    let whole = RealTransform(shape: [size, size, size])
    let real = FFTBuffer<Float>(count: whole.realCount)
    for index in 0..<real.count { real[index] = Float(index % 17) }
    let spectrum = FFTBuffer<ComplexFloat>(count: whole.spectrumCount)
    let output = UnsafeMutableRawPointer(spectrum.pointer)
      .assumingMemoryBound(to: fftwf_complex.self)
    let plan = fftwf_plan_dft_r2c_3d(
      Int32(size), Int32(size), Int32(size), real.pointer, output,
      FFTW_ESTIMATE | FFTW_PRESERVE_INPUT)
    defer { fftwf_destroy_plan(plan) }
    let both = paired(runs: runs) {
      fftwf_execute(plan)
    } _: {
      whole.forward(real, into: spectrum)
    }

    let radius = 0.5 * mask * Double(size)
    let inside = (0..<real.count).map { index -> Float in
      let place = SIMD3(
        Double(index % size), Double(index / size % size), Double(index / size / size))
      let offset = place - Double(size / 2)
      return (offset * offset).sum() <= radius * radius ? 1 : 0
    }
    let rows = RowTransform(VoxelRows(of: inside, size: size))
    let ball = BallSpectrum(size: size, radius: size / 2 - 3)
    let workspace = rows.workspace(radius: ball.radius)
    let values = FFTBuffer<Float>(count: rows.rows.count)
    let masked = paired(runs: runs) {
      rows.forward(values.pointer, workspace, into: ball)
    } _: {
      rows.inverse(ball, workspace, into: values.pointer)
    }
    func told(_ name: String, _ timing: Timing) -> String {
      "\"\(name)\": {\"minimum_ms\": \(rounded(1e3 * timing.minimum)), "
        + "\"median_ms\": \(rounded(1e3 * timing.median))}"
    }
    return
      "{\"size\": \(size), \(told("whole", both.first)), \(told("lines", both.second)), "
      + "\(told("mask_forward", masked.first)), \(told("mask_inverse", masked.second))}"
  }
}
