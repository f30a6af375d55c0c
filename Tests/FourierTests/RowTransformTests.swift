import Fourier
import Glibc
import Testing

struct RowTransformTests {
  /// A number for each voxel that follows no pattern.
  private func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
    }
  }

  /// A mask off the centre, with an empty row in its middle.
  private func mask(_ size: Int) -> [Float] {
    var mask = [Float](repeating: 0, count: size * size * size)
    for z in 1..<(size / 2 + 2) {
      for y in 0..<(size / 2) where y != 2 || z != 3 {
        for x in (2 + (y + z) % 3)..<(size - 1 - z % 2) { mask[(z * size + y) * size + x] = 0.5 }
      }
    }
    return mask
  }

  @Test func rowsHoldTheMask() {
    let size = 8
    let mask = mask(size)
    let rows = VoxelRows(of: mask, size: size)
    #expect(rows.cube(of: rows.values(of: mask)) == mask)
    #expect(rows.count == rows.rows.reduce(0) { $0 + $1.x.count } && rows.count < mask.count / 2)
    let noise = noise(mask.count)
    let back = rows.cube(of: rows.values(of: noise), rest: 7)
    for index in mask.indices {
      #expect(mask[index] > 0 ? back[index] == noise[index] : true)
    }
    #expect(back[0] == 7)
    #expect(VoxelRows(allOf: size).values(of: noise) == noise)
  }

  /// Samples within the radius against the sum that defines them.
  @Test(arguments: [(12, 5), (20, 7), (18, 30), (34, 13)])
  func spectraAreSumsOverVoxels(size: Int, radius: Int) {
    let mask = mask(size)
    let rows = VoxelRows(of: mask, size: size)
    let transform = RowTransform(rows)
    let values = noise(rows.count)
    let spectrum = BallSpectrum(size: size, radius: radius)
    let real = FFTBuffer<Float>(count: rows.count)
    real.copy(from: values)
    transform.forward(real.pointer, transform.workspace(radius: radius), into: spectrum)
    #expect(rows.values(of: rows.cube(of: real.array)) == values)
    var (checked, worst) = (0, 0.0)
    for (number, block) in spectrum.blocks.enumerated() where number % 2 == 0 {
      for (x, kz) in [(0, 1), (3, 0), (7, -3), (2, 2)] {
        let kx = block.kx + x
        guard kx < size / 2, kx * kx + block.ky * block.ky + kz * kz <= radius * radius else {
          continue
        }
        var sum = SIMD2<Double>.zero
        for row in rows.rows {
          for x in row.x {
            let angle =
              -2 * .pi * Double(kx * x + block.ky * row.y + kz * row.z) / Double(size)
            sum += Double(values[row.first + x - row.x.lowerBound]) * SIMD2(cos(angle), sin(angle))
          }
        }
        let found = spectrum.values[(number * size + transformIndex(kz, size: size)) * 8 + x]
        let difference = SIMD2<Double>(found) - sum
        worst = max(worst, abs(difference.x), abs(difference.y))
        checked += 1
      }
    }
    #expect(checked > 8 && worst < 1e-3, "\(worst) of \(checked)")
  }

  /// Voxels of a spectrum times factors, within a smaller radius, against the transform of the whole
  /// cube, in which every other sample is zero.
  @Test(arguments: [(12, 5, 4), (20, 9, 9), (18, 30, 14), (34, 13, 6)])
  func voxelsAreThoseOfTheWholeCube(size: Int, radius: Int, within: Int) {
    let whole = RealTransform(shape: [size, size, size])
    let rows = VoxelRows(of: mask(size), size: size)
    let spectrum = BallSpectrum(size: size, radius: radius)
    let gains = (0...(within * within)).map { 1 / (1 + 0.1 * Float($0)) }
    let full = FFTBuffer<ComplexFloat>(count: whole.spectrumCount)
    let source = whole.forward(noise(whole.realCount, seed: 5))
    let width = size / 2 + 1
    for (number, block) in spectrum.blocks.enumerated() {
      for z in 0..<size {
        let kz = signedFrequency(z, size: size)
        for x in 0..<8 where block.kx + x < width {
          let kx = block.kx + x
          let index = (z * size + transformIndex(block.ky, size: size)) * width + kx
          spectrum.values[(number * size + z) * 8 + x] = source[index]
          let distance = kx * kx + block.ky * block.ky + kz * kz
          if distance <= min(within * within, radius * radius), kx < size / 2, abs(kz) < size / 2 {
            full[index] = source[index] * gains[distance]
          }
        }
      }
    }
    let expected = FFTBuffer<Float>(count: whole.realCount)
    whole.inverse(full, into: expected)
    let transform = RowTransform(rows)
    let found = FFTBuffer<Float>(count: rows.count)
    transform.inverse(
      spectrum, radius: within, gains: gains, transform.workspace(radius: radius),
      into: found.pointer)
    let truth = rows.values(of: expected.array)
    let scale = truth.map { abs($0) }.max() ?? 0
    #expect(scale > 0)
    for (one, other) in zip(found.array, truth) { #expect(abs(one - other) < 2e-5 * scale) }
  }

  /// Without factors, what goes forth comes back, as far as the radius holds everything.
  @Test func thereAndBack() {
    let size = 16
    let rows = VoxelRows(allOf: size)
    let transform = RowTransform(rows)
    let workspace = transform.workspace(radius: 2 * size)
    let spectrum = BallSpectrum(size: size, radius: 2 * size)
    // Nothing at the Nyquist frequency, which a ball does not hold.
    let smooth = (0..<(size * size * size)).map { index -> Float in
      let (x, y, z) = (index % size, index / size % size, index / size / size)
      return Float(
        sin(2 * .pi * Double(3 * x + 5 * y) / 16) + cos(2 * .pi * Double(7 * z - x) / 16))
    }
    let real = FFTBuffer<Float>(count: smooth.count)
    real.copy(from: smooth)
    transform.forward(real.pointer, workspace, into: spectrum)
    transform.inverse(spectrum, workspace, into: real.pointer)
    for (found, value) in zip(real.array, smooth) {
      #expect(abs(found / Float(size * size * size) - value) < 1e-5)
    }
  }
}
