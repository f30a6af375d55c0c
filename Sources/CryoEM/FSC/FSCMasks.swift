import Ground

/// A mask with where in it there is anything, so that the rest costs nothing.
struct FSCMask: Sendable {
  /// The mask.
  let volume: Volume
  /// For each plane of z the range of rows of y that are not all zero.
  let rows: [Range<Int>]

  init(_ volume: Volume) {
    self.volume = volume
    let size = volume.size
    rows = inParts(size) { planes in
      volume.voxels.withUnsafeBufferPointer { voxels in
        let isFilled = { (y: Int) in
          let row = (planes.lowerBound * size + y) * size
          return voxels[row..<(row + size)].contains { $0 != 0 }
        }
        guard let first = (0..<size).first(where: isFilled) else { return 0..<0 }
        let last = (first..<size).last(where: isFilled) ?? first
        return first..<(last + 1)
      }
    }
  }

  /// Multiplies a plane of a map by the mask's.
  func multiply(
    _ samples: UnsafePointer<Float>, plane z: Int, into result: UnsafeMutablePointer<Float>
  ) {
    let size = volume.size
    let (start, end) = (rows[z].lowerBound * size, rows[z].upperBound * size)
    result.update(repeating: 0, count: start)
    (result + end).update(repeating: 0, count: size * size - end)
    volume.voxels.withUnsafeBufferPointer { voxels in
      guard let base = voxels.baseAddress else { return }
      let mask = base + z * size * size
      for index in start..<end { result[index] = samples[index] * mask[index] }
    }
  }
}

/// The masks of the curves of an `FSCMeasurement`, to be made once for many measurements.
public struct FSCMasks: Sendable {
  /// Voxels along each edge of the masks.
  public let size: Int
  /// The sphere of the spherical curve: 1 up to 0.85 of half the box, 0 from 0.99.
  let sphere: FSCMask
  /// The masks of the loose curve, and of the tight and corrected ones; the sphere where nil.
  let loose: FSCMask?, tight: FSCMask?

  /// The masks for maps of a size and pixel size. “Tight” is the word of cryoSPARC's curves: a refinement
  /// gives its own mask as it is, and a mask that stands alone is grown to 6 Å, zero at 12 Å.
  ///
  /// - Parameters:
  ///   - mask: the mask of the body; without one the tight and loose curves are the spherical one.
  ///   - tight: the mask of the tight and corrected curves, if it is not made from `mask`.
  public init(size: Int, pixelSize: Double, mask: Volume?, tight: Volume? = nil) {
    let distances = mask.map { MaskDistances(of: $0) }
    self.init(
      size: size, pixelSize: pixelSize, loose: distances?.mask(near: 25, far: 40),
      tight: tight ?? distances?.mask(near: 6, far: 12))
  }

  /// The same with masks that have been made.
  public init(size: Int, pixelSize: Double, loose: Volume?, tight: Volume?) {
    self.size = size
    let edge = Double(size / 2) * pixelSize
    sphere = FSCMask(
      .sphere(size: size, pixelSize: pixelSize, radius: 0.85 * edge, outerRadius: 0.99 * edge))
    self.loose = loose.map { FSCMask($0) }
    self.tight = tight.map { FSCMask($0) }
  }
}
