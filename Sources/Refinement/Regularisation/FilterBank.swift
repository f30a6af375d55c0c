import CryoEM
import Glibc

/// The low-pass filters that compete at each place of a reference: cut-offs in geometric steps from a
/// floor to a limit. The last filter lets everything pass that the reference has.
struct FilterBank: Sendable, Equatable {
  /// Cut-offs in shells of the cube, rising.
  let cutOffs: [Double]
  private let filter: RefinementSettings.NonuniformSettings.Filter
  private let order: Int

  /// - Parameters:
  ///   - floor: the lowest cut-off, shells of the cube.
  ///   - limit: the highest; with a floor at or above it, it is the only one.
  ///   - step: largest ratio of neighbouring cut-offs.
  init(
    from floor: Double, to limit: Double, step: Double,
    settings: RefinementSettings.NonuniformSettings
  ) {
    (filter, order) = (settings.filter, settings.order)
    let ratio = max(limit / max(floor, 0.5), 1)
    let steps = Int((log(ratio) / log(step)).rounded(.up))
    cutOffs = (0...steps).map { limit * pow(ratio, Double($0 - steps) / Double(max(steps, 1))) }
  }

  /// Number of filters.
  var count: Int { cutOffs.count }

  /// The cut-off at a place between two filters, shells of the cube.
  func cutOff(at position: Double) -> Double {
    guard let first = cutOffs.first, let last = cutOffs.last, count > 1 else {
      return cutOffs.last ?? 1
    }
    return first * pow(last / first, min(max(position / Double(count - 1), 0), 1))
  }

  /// The place of a cut-off between two filters: what `cutOff(at:)` undoes.
  func position(ofCutOff cutOff: Double) -> Double {
    guard let first = cutOffs.first, let last = cutOffs.last, last > first else { return 0 }
    return min(max(log(cutOff / first) / log(last / first), 0), 1) * Double(count - 1)
  }

  /// What a filter leaves of an amplitude: 1/√2 at the cut-off of a Butterworth or Gaussian filter.
  func gain(of index: Int, shell: Double) -> Double {
    guard index < count - 1 else { return 1 }
    let relative = shell / cutOffs[index]
    switch filter {
    case .butterworth: return 1 / (1 + pow(relative, Double(2 * order))).squareRoot()
    case .gaussian: return exp(-0.5 * M_LN2 * relative * relative)
    case .rectangular: return relative <= 1 ? 1 : 0
    }
  }
}
