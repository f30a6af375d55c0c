import Fourier
import Ground

extension Volume {
  /// The map in a new frame: the density at y is that of x = Qᵀ·y + c of this one, zero where that is
  /// outside of the box.
  ///
  /// The map is read from a finer sampling (twice as fine; 1.5 times from a box of 400 on) by a cubic
  /// spline, so that what has detail up to Nyquist keeps it. A change without a turn is made by phases.
  ///
  /// - Parameter scheduler: shares the work; the result does not depend on it.
  public func moved(by change: FrameChange, _ scheduler: Scheduler = oneAfterTheOther) -> Volume {
    if change.rotation.angle(to: .identity) < 1e-9 { return shifted(by: change.centre) }
    let fine = size < 400 ? 2 * size : 2 * (3 * size / 4)
    let spline = CubicSpline(spectrum: spectrum.resized(to: fine))
    let factor = Double(fine) / Double(size)
    return moved(by: change, factor: factor, fineSize: fine, scheduler) { spline.value(at: $0) }
  }

  /// A mask in a new frame: linearly between its voxels, so that it stays between 0 and 1.
  public func movedAsMask(
    by change: FrameChange, _ scheduler: Scheduler = oneAfterTheOther
  ) -> Volume {
    moved(by: change, factor: 1, fineSize: size, scheduler) { linear(at: $0) }
  }

  private func moved(
    by change: FrameChange, factor: Double, fineSize: Int, _ scheduler: Scheduler,
    value: @escaping @Sendable (Vector3) -> Float
  ) -> Volume {
    let size = size
    let back = change.rotation.transposed
    let start = change.centre / pixelSize * factor + Vector3(repeating: Double(fineSize / 2))
    let half = Double(size / 2)
    // The old box, to half a voxel beyond its last ones.
    let (least, most) = (-0.5 * factor, (Double(size) - 0.5) * factor)
    let step = back.applied(to: Vector3(factor, 0, 0))
    let planes = collected(size, scheduler) { z -> [Float] in
      var plane = [Float](repeating: 0, count: size * size)
      for y in 0..<size {
        var place =
          start
          + back.applied(
            to: factor * Vector3(-half, Double(y) - half, Double(z) - half))
        for x in 0..<size {
          if place.min() >= least, place.max() <= most { plane[y * size + x] = value(place) }
          place += step
        }
      }
      return plane
    }
    return Volume(size: size, pixelSize: pixelSize, voxels: planes.flatMap { $0 })
  }

  /// The map moved so that a point (Å) becomes the centre, by phases; what is moved in from outside of
  /// the box is zero.
  func shifted(by centre: Vector3) -> Volume {
    let shift = centre / pixelSize
    if shift == .zero { return self }
    var spectrum = spectrum
    let turns = (0..<3).map { axis in
      (-size / 2...size / 2).map {
        ComplexFloat.unit(angle: 2 * .pi * Double($0) * shift[axis] / Double(size))
      }
    }
    spectrum.multiply { x, y, z in
      turns[0][x + size / 2].times(turns[1][y + size / 2]).times(turns[2][z + size / 2])
    }
    var result = Volume(spectrum: consume spectrum, pixelSize: pixelSize)
    let (low, high) = (-0.5, Double(size) - 0.5)
    for z in 0..<size {
      for y in 0..<size {
        for x in 0..<size {
          let old = Vector3(Double(x), Double(y), Double(z)) + shift
          if old.min() < low || old.max() > high { result.voxels[(z * size + y) * size + x] = 0 }
        }
      }
    }
    return result
  }

  /// The density at a fractional voxel index, trilinear; 0 outside the box.
  public func linear(at index: Vector3) -> Float {
    let low = index.rounded(.down)
    guard low.min() >= 0, low.max() <= Double(size - 2) else { return 0 }
    let f = SIMD3<Float>(index - low)
    let start = (Int(low.z) * size + Int(low.y)) * size + Int(low.x)
    let plane = size * size
    return voxels.withUnsafeBufferPointer { v in
      func line(_ i: Int) -> Float { v[i] + f.x * (v[i + 1] - v[i]) }
      func square(_ i: Int) -> Float {
        let near = line(i)
        return near + f.y * (line(i + size) - near)
      }
      let near = square(start)
      return near + f.z * (square(start + plane) - near)
    }
  }
}
