import CryoEM
import Fourier
import Ground

/// What is done to the density of a reference after the division: filtered where non-uniform
/// regularisation asks for it, clipped at zero if wanted, and masked.
struct Regularisation: Sendable {
  /// The filters of the voxels; nil where the weights of the shells are all.
  let cutOffs: LocalCutOffs?
  let clipsAtZero: Bool
  /// The mask of the voxels.
  let mask: [Float]

  /// Room for one reference at a time; nil where none is needed.
  func room() -> FFTBuffer<Float>? {
    cutOffs.map { FFTBuffer(count: $0.rows.count) }
  }

  /// The regularised density of the quotients in the workspace's spectrum.
  ///
  /// The envelopes of interpolation are divided out after the filters: they hardly change over the width
  /// of a filter.
  ///
  /// - Parameter radius: beyond which the spectrum is zero.
  func density(
    in workspace: CubeTransform.Workspace, of cube: CubeTransform, radius: Int,
    insertedBy interpolation: Interpolation, isSymmetrised: Bool, _ room: FFTBuffer<Float>?
  ) {
    if let cutOffs, let room {
      cutOffs.apply(to: workspace, of: cube, radius: radius, room)
    } else {
      cube.transform.inverse(
        workspace.spectrum, radius: radius, workspace.scratch, into: workspace.real.pointer)
    }
    cube.finish(workspace.real.pointer, insertedBy: interpolation, isSymmetrised: isSymmetrised)
    apply(to: workspace.real)
  }

  /// Clips and masks the density of the voxels.
  func apply(to density: FFTBuffer<Float>) {
    inParallel(mask.count, chunk: 1 << 14) { range in
      let values = density.pointer
      if clipsAtZero {
        for index in range { values[index] = max(values[index], 0) }
      }
      mask.withUnsafeBufferPointer { mask in
        for index in range { values[index] *= mask[index] }
      }
    }
  }
}
