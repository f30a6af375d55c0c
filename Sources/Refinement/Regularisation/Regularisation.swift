import CryoEM
import Fourier

/// What is done to the density of a reference after the division: filtered where non-uniform
/// regularisation asks for it, clipped at zero if wanted, and masked.
struct Regularisation: Sendable {
  /// The filters of the voxels; nil where the weights of the shells are all.
  let cutOffs: LocalCutOffs?
  let clipsAtZero: Bool
  /// The mask on the references' cube.
  let mask: [Float]

  /// Memory for one reference at a time; nil where none is needed.
  func workspace() -> LocalCutOffs.Workspace? {
    cutOffs.flatMap { $0.filters.isEmpty ? nil : $0.workspace() }
  }

  /// Regularises the density in the workspace's real buffer.
  func apply(to density: CubeTransform.Workspace, _ workspace: LocalCutOffs.Workspace?) {
    if let workspace { cutOffs?.apply(to: density, workspace) }
    let values = density.real.pointer
    if clipsAtZero {
      for index in mask.indices { values[index] = max(values[index], 0) }
    }
    for index in mask.indices { values[index] *= mask[index] }
  }
}
