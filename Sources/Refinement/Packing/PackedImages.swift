import CKernels
import Fourier
import Ground

/// All images of a run as the search and the reconstruction see them: for each particle the half-disc
/// of its window in shell order, data z = N²/M² · conj(phase) · C · Y / σ² and weight w = N²/M² · C² / σ².
///
/// z and w are those of the log likelihood  s · Re Σ conj(P) z − ½ s² Σ w |P|²  over the window's
/// half-plane, with P the slice of the reference and σ² the noise variance per real component of the
/// image's transform Y.
public final class PackedImages: Sendable {
  /// The pixels of every image.
  public let points: SamplingPoints
  /// Number of images.
  public let count: Int
  /// The particle of the first.
  private let first: Int
  private let stride: Int
  private let storage: PackedStorage

  /// Room for `count` images in memory, of particles from `first` on.
  init(points: SamplingPoints, count: Int, first: Int = 0) {
    self.points = points
    self.count = count
    self.first = first
    stride = 3 * points.paddedCount
    storage = PackedStorage(count: count * stride)
  }

  /// Room for `count` images in a scratch file in a folder, of particles from `first` on.
  ///
  /// - Throws: `Problem` when the folder cannot hold the file.
  init(
    points: SamplingPoints, count: Int, first: Int = 0, scratch: String
  ) throws(Problem) {
    self.points = points
    self.count = count
    self.first = first
    stride = 3 * points.paddedCount
    storage = try PackedStorage(count: count * stride, scratch: scratch)
  }

  /// Whether the images are in a scratch file.
  var isInFile: Bool { storage.isInFile }

  /// The same images in a scratch file.
  ///
  /// - Throws: `Problem` when the folder cannot hold the file.
  func moved(toFileIn folder: String) throws(Problem) -> PackedImages {
    let moved = try PackedImages(points: points, count: count, first: first, scratch: folder)
    for index in first..<first + count {
      moved.planes(index).real.update(from: planes(index).real, count: stride)
      moved.release(index)
    }
    return moved
  }

  /// Takes an image that is in a scratch file out of the process's memory until it is looked at again.
  func release(_ index: Int) {
    let place = index - first
    storage.release(place * stride..<(place + 1) * stride)
  }

  /// Bytes of a run's packed images.
  public static func bytes(points: Int, count: Int) -> Int {
    12 * ((points + 15) / 16 * 16) * count
  }

  /// The planes of an image, to be filled by the packer.
  func planes(
    _ index: Int
  ) -> (
    real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>,
    weight: UnsafeMutablePointer<Float>
  ) {
    let base = storage.pointer + (index - first) * stride
    return (base, base + points.paddedCount, base + 2 * points.paddedCount)
  }

  /// An image as the kernels read it.
  func image(_ index: Int) -> fulcrum_image {
    let planes = planes(index)
    return fulcrum_image(
      real: UnsafePointer(planes.real), imaginary: UnsafePointer(planes.imaginary),
      weight: UnsafePointer(planes.weight))
  }
}
