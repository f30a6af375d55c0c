import CryoEM
import Ground
import Surface
import Terminal

/// The cross-hair in three orthogonal slices of a box, and which of them has the focus.
struct CrossHair: Sendable, Hashable {
  /// Voxels from the corner.
  var voxel = SIMD3<Int>(0, 0, 0)
  /// The plane with the focus: 0 along z (x right, y up), 1 along y, 2 along x.
  var focus = 0
  /// Contrast: densities from −width to +width standard deviations about the mean.
  var width = 4.0

  var text: String { "\(voxel.x),\(voxel.y),\(voxel.z)" }

  /// The axes of the plane with the focus: across, up, and through it.
  var axes: (across: Int, up: Int, through: Int) { Self.axes(of: focus) }

  static func axes(of plane: Int) -> (across: Int, up: Int, through: Int) {
    switch plane {
    case 0: (0, 1, 2)
    case 1: (0, 2, 1)
    default: (1, 2, 0)
    }
  }

  /// Moves, or goes to another plane.
  ///
  /// - Parameter size: voxels along an edge of the box.
  mutating func navigate(_ way: Navigation, size: Int) {
    switch way {
    case .nextPane: focus = (focus + 1) % 3
    case .previousPane: focus = (focus + 2) % 3
    case .left: move(axes.across, by: -1, size: size)
    case .right: move(axes.across, by: 1, size: size)
    case .up: move(axes.up, by: 1, size: size)
    case .down: move(axes.up, by: -1, size: size)
    case .pageUp: move(axes.up, by: 10, size: size)
    case .pageDown: move(axes.up, by: -10, size: size)
    case .first: move(axes.across, by: -10, size: size)
    case .last: move(axes.across, by: 10, size: size)
    case .back: break
    }
  }

  /// Goes so many slices along the view.
  mutating func moveThrough(by step: Int, size: Int) { move(axes.through, by: step, size: size) }

  mutating func changeContrast(by factor: Double) { width = min(max(0.5, width / factor), 20) }

  private mutating func move(_ axis: Int, by step: Int, size: Int) {
    voxel[axis] = min(max(0, voxel[axis] + step), max(0, size - 1))
  }

  /// The mouse on a plane that covers a rectangle.
  mutating func point(at plane: Int, in rect: Rect, with mouse: MouseEvent, size: Int) {
    switch mouse.kind {
    case .wheelUp: move(Self.axes(of: plane).through, by: 1, size: size)
    case .wheelDown: move(Self.axes(of: plane).through, by: -1, size: size)
    case .press, .drag:
      focus = plane
      let axes = Self.axes(of: plane)
      let across = Double(mouse.column - rect.x) + 0.5
      let down = Double(mouse.row - rect.y) + 0.5
      voxel[axes.across] = Self.clamped(
        across / Double(max(1, rect.width)) * Double(size), size: size)
      voxel[axes.up] = Self.clamped(
        (1 - down / Double(max(1, rect.height))) * Double(size), size: size)
    case .release: break
    }
  }

  /// The voxel of the box that is nearest to a position.
  static func nearest(_ position: SIMD3<Double>, size: Int) -> SIMD3<Int> {
    SIMD3(
      clamped(position.x.rounded(), size: size), clamped(position.y.rounded(), size: size),
      clamped(position.z.rounded(), size: size))
  }

  private static func clamped(_ value: Double, size: Int) -> Int {
    value.isFinite ? min(max(0, Int(value)), max(0, size - 1)) : 0
  }
}
