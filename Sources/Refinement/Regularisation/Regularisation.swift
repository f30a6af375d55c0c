import CryoEM
import Fourier
import Ground

/// What is done to the density of a reference after the division: filtered where non-uniform
/// regularisation asks for it, its negative part made less, and masked.
struct Regularisation: Sendable {
  /// What each place takes of the bands of frequency; nil where the weights of the shells are all.
  let filter: LocalWienerFilter?
  /// What negative density is multiplied by: 1 leaves it, 0 takes it away.
  ///
  /// Solvent is flat and a body is above it: what is negative inside a mask is noise for the larger part.
  /// For the smaller part it is a body's own, above all where low frequencies are missing, for which
  /// reason it is not all taken away.
  let negativeShare: Float
  /// The mask of the voxels.
  let mask: [Float]

  /// Room for one reference at a time; nil where none is needed.
  func room(_ cube: CubeTransform) -> LocalWienerFilter.Room? { filter?.room(cube) }

  /// The regularised density of the quotients in the workspace's spectrum.
  ///
  /// The envelopes of interpolation are divided out after the filters: they hardly change over the width
  /// of a filter.
  ///
  /// - Parameters:
  ///   - radius: beyond which the spectrum is zero.
  ///   - places: as `LocalWienerFilter.apply` gives them.
  func density(
    in workspace: CubeTransform.Workspace, of cube: CubeTransform, radius: Int,
    insertedBy interpolation: Interpolation, isSymmetrised: Bool,
    _ room: LocalWienerFilter.Room?, places: FFTBuffer<Float>?
  ) {
    if let filter, let room {
      filter.apply(to: workspace, of: cube, radius: radius, room, places: places)
    } else {
      cube.transform.inverse(
        workspace.spectrum, radius: radius, workspace.scratch, into: workspace.real.pointer)
    }
    cube.finish(workspace.real.pointer, insertedBy: interpolation, isSymmetrised: isSymmetrised)
    apply(to: workspace.real)
  }

  /// Makes less of the negative density of the voxels, and masks all of it.
  func apply(to density: FFTBuffer<Float>) {
    let share = negativeShare
    let sign: Float = share < 1 && isInverted(density) ? -1 : 1
    inParallel(mask.count, chunk: 1 << 14) { range in
      let values = density.pointer
      if share < 1 {
        for index in range where sign * values[index] < 0 { values[index] *= share }
      }
      mask.withUnsafeBufferPointer { mask in
        for index in range { values[index] *= mask[index] }
      }
    }
  }
  /// Whether it is the density of a map of opposite contrast, whose few large values are negative.
  private func isInverted(_ density: FFTBuffer<Float>) -> Bool {
    var cubes = 0.0
    for index in mask.indices {
      let value = Double(density.pointer[index] * mask[index])
      cubes += value * value * value
    }
    return cubes < 0
  }
}
