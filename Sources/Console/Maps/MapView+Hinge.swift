import CryoEM
import Runs
import Surface

/// The learnt hinges and axes in the pictures of a map.
extension MapView {
  /// The hinges that are drawn, with the number of the region: the chosen one last, on top.
  var figures: [(index: Int, figure: HingeFigure)] {
    guard showsHinge else { return [] }
    let order = shelf.hinges.indices.filter { $0 != chosen } + [chosen]
    return order.compactMap { index in
      guard shelf.hinges.indices.contains(index), let hinge = shelf.hinges[index] else {
        return nil
      }
      return (index, HingeFigure(hinge: hinge, length: axisLength(index)))
    }
  }

  /// The hinge of the mask that is chosen.
  var hinge: LearntHinge? { shelf.hinges.indices.contains(chosen) ? shelf.hinges[chosen] : nil }

  /// As far as the region reaches, and as the box does where its mask is not known.
  private func axisLength(_ index: Int) -> Double {
    let mask = shelf.masks.indices.contains(index) ? cache[shelf.masks[index]] : nil
    let edge = shown?.map.halfEdge ?? 0
    return min(mask?.map.extent(above: 0.5)?.radius ?? 0.6 * edge, 0.9 * edge)
  }

  func hingeRole(_ index: Int) -> Role { index == chosen ? .accent : .series(index) }
}
