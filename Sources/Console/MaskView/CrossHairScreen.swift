import Ground
import Surface
import Terminal

/// A screen with a cross-hair in three slices of a box.
protocol CrossHairScreen: Screen {
  var hair: CrossHair { get set }
  /// Voxels along an edge of the box; 0 while there is none.
  var size: Int { get }
  /// Why there is no box yet; nil where there is one.
  var unread: String? { get }
}

extension CrossHairScreen {
  /// The mouse takes the cross-hair along in a slice, and turns the wheel through the others.
  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    guard case .row("plane", let plane) = target else { return [] }
    hair.point(at: plane, in: rect, with: mouse, size: size)
    return []
  }

  /// The commands of the cross-hair and its slices.
  ///
  /// - Parameter bar: their places in the key bar.
  static func crossHairBindings(bar: [Command: Int] = [:]) -> [Binding<Self>] {
    func place(_ command: Command) -> BarPlace<Self> { BarPlace { _ in bar[command] } }
    return [
      coordinates(bar: place("coordinates")),
      Binding(
        "box-centre", ["b"], "Box centre", "Cross to the centre of the box",
        bar: place("box-centre"), obstacle: { $0.unread },
        does: .change { $0.hair.voxel = SIMD3(repeating: $0.size / 2) }),
      Binding(
        "slice-forward", ["+", "="], "Deeper", "One slice along the view",
        bar: place("slice-forward"), obstacle: { $0.unread },
        does: .change { $0.hair.moveThrough(by: 1, size: $0.size) }),
      Binding(
        "slice-back", ["-"], "Shallower", "One slice back along the view",
        bar: place("slice-back"), obstacle: { $0.unread },
        does: .change { $0.hair.moveThrough(by: -1, size: $0.size) }),
      Binding(
        "more-contrast", ["]"], "Contrast", "More contrast", bar: place("more-contrast"),
        obstacle: { $0.unread }, does: .change { $0.hair.changeContrast(by: 1.25) }),
      Binding(
        "less-contrast", ["["], "Less", "Less contrast", bar: place("less-contrast"),
        obstacle: { $0.unread }, does: .change { $0.hair.changeContrast(by: 1 / 1.25) }),
    ]
  }

  static func coordinates(bar: BarPlace<Self>) -> Binding<Self> {
    Binding(
      "coordinates", ["e"], "Type", "Type the cross's coordinates in voxels", bar: bar,
      obstacle: { $0.unread }, does: .effects { [$0.coordinatesPrompt] })
  }

  private var coordinatesPrompt: Effect {
    .popUp(
      TextPrompt(
        .coordinates, title: "Cross-hair in voxels", text: hair.text,
        hint: "x,y,z from the corner of the box, each 0 to \(max(0, size - 1))",
        objection: { [size] in
          CrossHair.voxel($0, size: size) == nil ? CrossHair.objection(size) : nil
        }))
  }

  /// Puts the cross at the coordinates that were typed.
  mutating func answerCoordinates(_ text: String) -> [Effect] {
    guard let voxel = CrossHair.voxel(text, size: size) else {
      return [.complain(CrossHair.objection(size))]
    }
    hair.voxel = voxel
    return []
  }
}

extension CrossHair {
  /// The voxel that a text names; nil for none of a box.
  static func voxel(_ text: String, size: Int) -> SIMD3<Int>? {
    let words = text.split(whereSeparator: { $0 == "," || $0 == " " })
    let numbers = words.compactMap { Double($0) }.filter { $0 >= 0 && $0 < Double(size) }
    guard words.count == 3, numbers.count == 3 else { return nil }
    let voxels = numbers.map { min(Int($0.rounded()), size - 1) }
    return SIMD3(voxels[0], voxels[1], voxels[2])
  }

  static func objection(_ size: Int) -> Problem {
    Problem(
      "three numbers from 0 to \(max(0, size - 1)) are needed",
      whatToDo: "Write x,y,z in voxels, as 31,29,48.")
  }
}
