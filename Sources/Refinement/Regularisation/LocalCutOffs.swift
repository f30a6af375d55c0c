import Fourier

/// Which filter of a bank each voxel of a cube takes: non-uniform regularisation.
///
/// Places between two filters blend them linearly. Both half-maps, and all that is made of them, get
/// the same cut-offs.
struct LocalCutOffs: Sendable {
  let bank: FilterBank
  /// Voxels along the cube's edge.
  let size: Int
  /// Each voxel's place in the bank, 0 … bank.count − 1.
  let positions: [Float]
  /// The filters that some voxel of the mask takes a share of, apart from the last, which changes
  /// nothing.
  let filters: [Int]
  private let radial: RadialFilter

  /// - Parameter mask: voxels where it is zero do not count.
  init(bank: FilterBank, radial: RadialFilter, positions: [Float], mask: [Float]) {
    self.bank = bank
    self.radial = radial
    self.positions = positions
    size = radial.size
    var isUsed = [Bool](repeating: false, count: bank.count + 1)
    for (position, weight) in zip(positions, mask) where weight > 0 {
      let below = Int(position)
      isUsed[below] = true
      if position > Float(below) { isUsed[below + 1] = true }
    }
    filters = (0..<(bank.count - 1)).filter { isUsed[$0] }
  }

  /// Memory for one filtering at a time.
  struct Workspace: Sendable {
    fileprivate let spectrum: FFTBuffer<ComplexFloat>
    fileprivate let filtered: FFTBuffer<Float>
  }

  func workspace() -> Workspace {
    Workspace(spectrum: radial.spectrum(), filtered: radial.cube())
  }

  /// Filters the density in a workspace's real buffer, one filter at a time.
  func apply(to density: CubeTransform.Workspace, _ workspace: Workspace) {
    guard !filters.isEmpty else { return }
    radial.transform(density.real, into: workspace.spectrum)
    let values = density.real.pointer
    positions.withUnsafeBufferPointer { positions in
      let last = Float(bank.count - 1)
      for index in positions.indices { values[index] *= share(positions[index], of: last) }
      for filter in filters {
        let gains = radial.gains { bank.gain(of: filter, shell: $0) }
        radial.filter(
          workspace.spectrum, by: gains, scratch: density.spectrum, into: workspace.filtered)
        let filtered = workspace.filtered.pointer
        for index in positions.indices {
          values[index] += share(positions[index], of: Float(filter)) * filtered[index]
        }
      }
    }
  }

  @inline(__always)
  private func share(_ position: Float, of filter: Float) -> Float {
    max(0, 1 - abs(position - filter))
  }

  /// The cut-offs of the voxels of a mask at shares of them, from the lowest: shells of the cube.
  func quantiles(_ shares: [Double], in mask: [Float]) -> [Double] {
    let inside = zip(positions, mask).filter { $0.1 >= 0.5 }.map(\.0).sorted()
    return shares.map { share in
      guard !inside.isEmpty else { return bank.cutOff(at: Double(bank.count - 1)) }
      return bank.cutOff(at: Double(inside[Int(share * Double(inside.count - 1))]))
    }
  }
}
