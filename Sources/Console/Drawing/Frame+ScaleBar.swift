import Ground
import Surface

extension Frame {
  /// A bar of a round length over the lower edge of a pane.
  mutating func scaleBar(columnsPerAngstrom: Double, in rect: Rect) {
    guard rect.width >= 20, rect.height >= 4, columnsPerAngstrom > 0,
      columnsPerAngstrom.isFinite
    else { return }
    let most = Double(rect.width) / 3 / columnsPerAngstrom
    let length = Self.roundLength(upTo: most)
    let columns = Int((length * columnsPerAngstrom).rounded())
    guard columns >= 2 else { return }
    let line = String(repeating: String(look.glyph("─", "-")), count: max(0, columns - 2))
    let bar = String(look.glyph("├", "|")) + line + String(look.glyph("┤", "|"))
    write(
      " \(bar) \(Format.short(length)) Å ", x: rect.x + 2, y: rect.bottom - 1, .axis,
      width: rect.width - 4)
  }

  /// The largest of 1, 2, 5 × 10ⁿ that is at most a length.
  static func roundLength(upTo most: Double) -> Double {
    guard most > 0, most.isFinite else { return 0 }
    var power = 1.0
    while power * 10 <= most { power *= 10 }
    while power > most { power /= 10 }
    return power * (most / power >= 5 ? 5 : most / power >= 2 ? 2 : 1)
  }
}
