import CKernels
import Fourier

@testable import Refinement

extension ExactSums {
  /// Sums of data and weights that are no larger than a number.
  convenience init(
    radius: Int, interpolation: Interpolation, largest: Double = 4000, accumulators: Int = 1
  ) {
    self.init(
      radius: radius, interpolation: interpolation,
      quanta: Quanta(data: largest, weight: largest), accumulators: accumulators)
  }

  /// Inserts an image with room of its own.
  func insert(
    _ image: fulcrum_image, points: fulcrum_points, at placement: Placement, scale: Float = 1
  ) {
    insert(
      image, points: points, at: placement, scale: scale,
      Room(points: Int(points.count), radius: radius))
  }

  /// The completed sums.
  var completed: Accumulator { accumulator(threads: 1) }
}
