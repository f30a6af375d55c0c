import CryoEM
import Fourier
import Glibc

/// Makes exact projections of a phantom: the half-plane transform of an image, sample by sample from
/// the formula, with no interpolation anywhere.
public struct PhantomProjector: Sendable {
  /// Pixels along an edge of the images, even, and their size, Å.
  public let boxSize: Int
  public let pixelSize: Double
  private let magnification: Magnification
  /// Blobs of one width, with the Gaussian that their transforms share.
  private let groups: [Group]

  private struct Group: Sendable {
    var blobs: [GaussianBlob]
    var envelope: [Float]
  }

  /// A projector for images of a given sampling.
  ///
  /// - Parameter magnification: M, row-major 2×2: the sample k of the image is that of M·k of the
  ///   object's projection.
  public init(
    _ phantom: Phantom, boxSize: Int, pixelSize: Double, magnification: Magnification = .identity
  ) {
    self.boxSize = boxSize
    self.pixelSize = pixelSize
    self.magnification = magnification
    let step = 1 / (Double(boxSize) * pixelSize)
    groups = Dictionary(grouping: phantom.blobs, by: \.width).sorted { $0.key < $1.key }.map {
      Group(
        blobs: $0.value,
        envelope: Self.envelope(
          width: $0.key, boxSize: boxSize, step: step, magnification: magnification))
    }
  }

  /// The transform of the image at a pose, in the layout and scale of the image's own unscaled
  /// half-plane transform with the phase origin at the box centre: rows of boxSize/2 + 1 values,
  /// ky in FFTW's order. A pixel of the image is the sum of the voxels (of edge `pixelSize`) behind
  /// it. Zero beyond the radius boxSize/2 − 1.
  ///
  /// - Parameters:
  ///   - bend: each point z above the plane of the box centre has the phase exp(iπ·bend·z·k²), k the
  ///     frequency in the image: half of what the Ewald sphere does for bend = ±λ, Å. 0 for none.
  ///   - lift: what is added to z, Å.
  public func transform(at pose: Pose, bend: Double = 0, lift: Double = 0) -> [ComplexFloat] {
    let (limit, width) = (boxSize / 2 - 1, boxSize / 2 + 1)
    var image = [ComplexFloat](repeating: .zero, count: boxSize * width)
    let step = 1 / (Double(boxSize) * pixelSize)
    let scale = 1 / (pixelSize * pixelSize * pixelSize)
    var row = ComplexRow(count: limit + 1)
    for group in groups {
      let tables = group.blobs.map { blob in
        let p = position(of: blob, pose)
        var x = PhaseTable(position: p.x, width: 0, step: step, count: limit + 1)
        let y = PhaseTable(position: p.y, width: 0, step: step, count: limit + 1)
        let height = (pose.rotation.row2 * blob.position).sum() + lift
        let angle = Double.pi * bend * height * step * step
        if bend != 0 { x.bend(by: angle) }
        return (x: x, y: y, weight: Float(blob.weight * scale), angle: angle)
      }
      for ky in -limit...limit {
        row.clear()
        for table in tables {
          var factor = table.weight * table.y.value(at: ky)
          if bend != 0 {
            let turned = ComplexFloat(factor.x, factor.y)
              .times(.unit(angle: table.angle * Double(ky * ky)))
            factor = SIMD2(turned.x, turned.y)
          }
          row.add(factor, times: table.x)
        }
        let start = transformIndex(ky, size: boxSize) * width
        for kx in 0...limit where kx * kx + ky * ky <= limit * limit {
          image[start + kx] +=
            group.envelope[start + kx] * ComplexFloat(row.real[kx], row.imaginary[kx])
        }
      }
    }
    return image
  }

  /// The image at a pose, without CTF.
  public func image(at pose: Pose) -> [Float] {
    Self.image(of: transform(at: pose), boxSize: boxSize)
  }

  /// The image of a half-plane transform whose phase origin is the box centre.
  public static func image(
    of transform: [ComplexFloat], boxSize: Int, plan: RealTransform? = nil
  ) -> [Float] {
    var moved = transform
    let width = boxSize / 2 + 1
    for row in 0..<boxSize {
      for column in 0..<width where (row + column) % 2 == 1 {
        moved[row * width + column] = -moved[row * width + column]
      }
    }
    return (plan ?? RealTransform(shape: [boxSize, boxSize])).inverse(moved)
  }

  /// Where the blob's phases put it: Mᵀ·Π(A·x) − o, as M·k·Π(A·x) = k·Mᵀ·Π(A·x).
  private func position(of blob: GaussianBlob, _ pose: Pose) -> Vector2 {
    magnification.position(of: pose.rotation.projected(blob.position)) - pose.origin
  }

  /// exp(−2π²σ²|M·k|²) on the half-plane.
  private static func envelope(
    width: Double, boxSize: Int, step: Double, magnification: Magnification
  ) -> [Float] {
    let columns = boxSize / 2 + 1
    return (0..<(boxSize * columns)).map { index in
      let ky = Double(signedFrequency(index / columns, size: boxSize)) * step
      let kx = Double(index % columns) * step
      let q = magnification.frequency(at: Vector2(kx, ky))
      return Float(exp(-2 * Double.pi * Double.pi * width * width * (q * q).sum()))
    }
  }
}
