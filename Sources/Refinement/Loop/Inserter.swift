import CKernels
import CryoEM

/// Inserts an image at what is known of its pose.
struct Inserter: Sendable {
  /// The boxes of the image and the sums; positions are those of the reference's origin in it.
  let geometry: Geometry
  /// Whether the image is spread over its posterior or put at its best pose.
  let marginalize: Bool
  /// Where the posterior's alignments appear in the geometry; nil where they are in it already.
  var moved: (@Sendable (Alignment) -> Alignment)?

  /// Inserts into sums.
  ///
  /// - Parameter curvature: how far a point goes along the beam, times its squared distance from the
  ///   origin in grid units; 0 for a plane.
  func insert(
    _ image: fulcrum_image, points: fulcrum_points, at pose: Alignment, posterior: PosePosterior,
    scale: Float, magnification: Magnification, curvature: Double = 0, into sums: ExactSums,
    _ room: ExactSums.Room
  ) {
    let edge = geometry.windowEdge
    func place(_ pose: Alignment, weight: Float, shiftCovariance: Vector3) {
      let pose = moved?(pose) ?? pose
      // exp(−2π² kᵀ S k): the mean of the phase over a Gaussian of shifts.
      let d = shiftCovariance * (2 * .pi * .pi / (edge * edge))
      sums.insert(
        image, points: points,
        at: ExactSums.Placement(
          matrix: SliceMatrix(
            rotation: pose.rotation, oversampling: geometry.oversampling,
            magnification: magnification),
          bend: curvature == 0 ? nil : SIMD3<Float>(pose.rotation.row2 * curvature),
          shift: SIMD2<Float>(pose.position / edge),
          damping: SIMD3<Float>(Float(d.x), Float(2 * d.y), Float(d.z)), weight: weight),
        scale: scale, room)
    }
    guard marginalize else {
      place(pose, weight: 1, shiftCovariance: .zero)
      return
    }
    guard let samples = PosteriorSamples(posterior, about: pose) else {
      let c = posterior.covariance
      place(pose, weight: 1, shiftCovariance: Vector3(c[3, 3], c[3, 4], c[4, 4]))
      return
    }
    guard posterior.isSampled else {
      place(pose, weight: 1, shiftCovariance: samples.shiftCovariance)
      return
    }
    for index in 0..<PosteriorSamples.count {
      place(
        samples.pose(index), weight: posterior.weights[index],
        shiftCovariance: samples.shiftCovariance)
    }
  }
}
