import CKernels
import CryoEM
import Fourier

/// The log posterior of a pose with its derivatives.
struct PoseEvaluation: Sendable {
  /// Log likelihood + log prior, without constants.
  var value = 0.0
  /// Derivative by the five parameters.
  var gradient = Vector5()
  /// Negative second derivative, Gauss–Newton.
  var curvature = Matrix5()
  /// Re Σ conj(P) z and Σ w |P|² at scale 1, from which a particle's own scale follows.
  var cross = 0.0
  var power = 0.0
}

/// Scores one particle against one reference.
struct PoseScorer {
  let reference: ReferenceGrid
  let image: fulcrum_image
  let points: SamplingPoints
  /// Per-pixel factor of data and weight: changes of the noise since packing.
  let factor: FFTBuffer<Float>
  let geometry: Geometry
  let magnification: Magnification
  let prior: PosePrior
  /// Scale of the reference in the image.
  var scale: Double
  /// Counts evaluations.
  var evaluations = 0

  init(
    reference: ReferenceGrid, image: fulcrum_image, points: SamplingPoints,
    factor: FFTBuffer<Float>, geometry: Geometry, magnification: Magnification, prior: PosePrior,
    scale: Double
  ) {
    self.reference = reference
    self.image = image
    self.points = points
    self.factor = factor
    self.geometry = geometry
    self.magnification = magnification
    self.prior = prior
    self.scale = scale
  }

  private func matrix(_ rotation: Rotation) -> SliceMatrix {
    SliceMatrix(
      rotation: rotation, oversampling: geometry.oversampling, magnification: magnification)
  }

  private func turns(_ position: Vector2) -> SIMD2<Float> {
    SIMD2<Float>(position / geometry.windowEdge)
  }

  /// The log posterior up to a shell, with derivatives.
  mutating func evaluate(_ pose: Alignment, band: Int) -> PoseEvaluation {
    evaluations += 1
    var sums = InlineArray<27, Double>(repeating: 0)
    let points = points.points(factor: factor, band: band)
    var span = sums.mutableSpan
    span.withUnsafeMutableBufferPointer { sums in
      matrix(pose.rotation).withPointer { matrix in
        withUnsafeBytes(of: turns(pose.position)) { shift in
          fulcrum_evaluate(
            reference.pointer, Int32(reference.radius), reference.interpolation.kernel, points,
            image, matrix, shift.assumingMemoryBound(to: Float.self).baseAddress,
            sums.baseAddress)
        }
      }
    }
    return assemble(sums, at: pose)
  }

  /// Value, gradient and curvature from the kernel's sums.
  private func assemble(_ sums: InlineArray<27, Double>, at pose: Alignment) -> PoseEvaluation {
    var result = PoseEvaluation()
    result.cross = sums[0]
    result.power = sums[1]
    result.value = scale * sums[0] - 0.5 * scale * scale * sums[1]
    let phase = 2 * Double.pi / geometry.windowEdge
    func unit(_ parameter: Int) -> Double { parameter < 3 ? 1 : phase }
    var next = 12
    for row in 0..<5 {
      result.gradient[row] =
        (scale * sums[2 + row] - scale * scale * sums[7 + row]) * unit(row)
      for column in row..<5 {
        let value = scale * scale * sums[next] * unit(row) * unit(column)
        result.curvature[row, column] = value
        result.curvature[column, row] = value
        next += 1
      }
    }
    prior.add(
      at: pose, value: &result.value, gradient: &result.gradient, curvature: &result.curvature)
    return result
  }

  /// The log posterior up to a shell.
  mutating func score(_ pose: Alignment, band: Int) -> Double {
    let (cross, power) = sums(pose, band: band)
    return scale * cross - 0.5 * scale * scale * power + prior.logDensity(of: pose)
  }

  /// Re Σ conj(P) z and Σ w |P|² up to a shell.
  mutating func sums(_ pose: Alignment, band: Int) -> (cross: Double, power: Double) {
    evaluations += 1
    var sums = SIMD2<Double>.zero
    let points = points.points(factor: factor, band: band)
    matrix(pose.rotation).withPointer { matrix in
      withUnsafeBytes(of: turns(pose.position)) { shift in
        withUnsafeMutableBytes(of: &sums) { sums in
          fulcrum_score(
            reference.pointer, Int32(reference.radius), reference.interpolation.kernel, points,
            image, matrix, shift.assumingMemoryBound(to: Float.self).baseAddress,
            sums.assumingMemoryBound(to: Double.self).baseAddress)
        }
      }
    }
    return (sums.x, sums.y)
  }

  /// Scores one rotation on a lattice of shifts about a position, Re Σ conj(P) z into the workspace;
  /// returns Σ w |P|².
  mutating func scan(
    _ rotation: Rotation, about position: Vector2, lattice: ShiftLattice,
    workspace: ShiftLattice.Workspace
  ) -> Double {
    evaluations += 1
    let points = points.points(factor: factor, band: lattice.band)
    let power = matrix(rotation).withPointer { matrix in
      fulcrum_products(
        reference.pointer, Int32(reference.radius), reference.interpolation.kernel, points, image,
        matrix, workspace.real.pointer, workspace.imaginary.pointer)
    }
    lattice.score(centre: turns(position), workspace: workspace)
    return power
  }

  /// Per pixel up to a shell: Re conj(P) z, w |P|² and |z − s w P|², without the factor for the noise;
  /// planar, into three buffers of the points' padded count.
  func terms(
    _ pose: Alignment, band: Int,
    into buffers: (FFTBuffer<Float>, FFTBuffer<Float>, FFTBuffer<Float>)
  ) {
    let points = points.points(factor: factor, band: band)
    matrix(pose.rotation).withPointer { matrix in
      withUnsafeBytes(of: turns(pose.position)) { shift in
        fulcrum_terms(
          reference.pointer, Int32(reference.radius), reference.interpolation.kernel, points,
          image, matrix, shift.assumingMemoryBound(to: Float.self).baseAddress, Float(scale),
          buffers.0.pointer, buffers.1.pointer, buffers.2.pointer)
      }
    }
  }
}
