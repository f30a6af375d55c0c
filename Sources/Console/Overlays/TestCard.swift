import Surface
import Terminal

/// Shows what this terminal can do: colours, characters, attributes, and the keys and mouse events
/// that arrive.
struct TestCard: PopUp {
  let title = "Test card"
  private var echoes: [String] = []

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect] {
    switch input {
    case .key(.escape): return [.closePopUp]
    case .key(let key): echo("key \(key.name)")
    case .paste(let text): echo("paste of \(text.count) characters")
    default: break
    }
    return []
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    echo("mouse \(mouse.kind.rawValue) at \(mouse.column),\(mouse.row)")
    return []
  }

  private mutating func echo(_ text: String) {
    if echoes.last?.hasPrefix("mouse drag") == true, text.hasPrefix("mouse drag") {
      echoes.removeLast()
    }
    echoes.append(text)
    echoes = Array(echoes.suffix(20))
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    let room = frame.room
    let size = Size(width: min(room.width, 78), height: min(room.height, 22))
    let inner = frame.popUp(in: room.centred(size), title: "Test card (Esc closes)")
    var y = inner.y
    for line in Self.lines(surroundings) where y < inner.bottom {
      frame.write(line.name, x: inner.x, y: y, .dim, width: 12)
      let area = Rect(x: inner.x + 12, y: y, width: max(0, inner.width - 12), height: 1)
      line.draw(&frame, area)
      y += 1
    }
    y += 1
    if y < inner.bottom {
      frame.write("Press keys, click, drag:", x: inner.x, y: y, .dim, width: inner.width)
    }
    y += 1
    for text in echoes.suffix(max(0, inner.bottom - y)) {
      frame.write(text, x: inner.x, y: y, .accent, width: inner.width)
      y += 1
    }
  }

  // MARK: The lines

  /// What is tried in a line.
  private struct Line {
    var name: String
    var draw: (inout Frame, Rect) -> Void

    init(_ name: String, _ draw: @escaping (inout Frame, Rect) -> Void) {
      (self.name, self.draw) = (name, draw)
    }

    init(_ name: String, _ sample: @escaping (Appearance) -> String) {
      self.init(name) { $0.write(sample($0.look), x: $1.x, y: $1.y, width: $1.width) }
    }
  }

  private static func lines(_ surroundings: Surroundings) -> [Line] {
    let size = surroundings.size
    return [
      Line("Terminal") { look -> String in
        "\(size.width)x\(size.height), colours \(look.colours.rawValue), characters "
          + "\(look.glyphs.rawValue), markers \(look.marker.rawValue)"
      }, Line("ANSI", drawColours), Line("Gradient", drawGradient), Line("Theme", drawRoles),
      Line("Series", drawSeries), Line("Attributes", drawAttributes),
    ] + samples.map { name, sample in Line(name) { _ -> String in sample } }
  }

  private static let samples = [
    ("Boxes", "┌─┬─┐ ╭──╮ │ ├─┼─┤ └─┴─┘ ╰──╯ ═ ║"), ("Blocks", "▁▂▃▄▅▆▇█ ▏▎▍▌▋▊▉ ▖▗▘▙▚▛▜▝▞▟ ▀▄"),
    ("Braille", "⠁⠃⠇⡇⣇⣧⣷⣿ ⠉⠒⠤⣀ ⡠⠔⠊ ⢄⠢⠑"), ("Octants", "𜴀𜴃𜴉𜴘𜵅𜵰𜶫𜷡 (few fonts)"),
    ("Signs", "▸ ● ○ ✓ ✗ ⚠ ▲ ▼ ← → ↑ ↓ … ·"), ("Text", "Å ° ± σ µ é ü ß 漢字 한글"),
  ]

  private static func drawColours(_ frame: inout Frame, in area: Rect) {
    for index in 0..<16 {
      frame.grid.fill(
        Rect(x: area.x + index * 3, y: area.y, width: 3, height: 1).intersection(area),
        style: Style(background: Colour.indexed(UInt8(index)).reduced(to: frame.look.colours)))
    }
  }

  private static func drawGradient(_ frame: inout Frame, in area: Rect) {
    for column in 0..<max(1, area.width) {
      let share = Double(column) / Double(max(1, area.width - 1))
      let colour = Colour.rgb(UInt8(255 * share), UInt8(128), UInt8(255 * (1 - share)))
      frame.grid.fill(
        Rect(x: area.x + column, y: area.y, width: 1, height: 1),
        style: Style(background: colour.reduced(to: frame.look.colours)))
    }
  }

  private static func drawRoles(_ frame: inout Frame, in area: Rect) {
    var x = area.x
    for role in [Role.accent, .good, .warning, .bad, .changed, .selection, .match, .dim] {
      guard x < area.right else { return }
      x += frame.write(role.rawValue, x: x, y: area.y, role, width: area.right - x) + 1
    }
  }

  private static func drawSeries(_ frame: inout Frame, in area: Rect) {
    for index in 0..<6 {
      frame.write("──●── \(index + 1)", x: area.x + index * 9, y: area.y, .series(index), width: 9)
    }
  }

  private static func drawAttributes(_ frame: inout Frame, in area: Rect) {
    var x = area.x
    let all: [(String, Style.Attributes)] = [
      ("bold", .bold), ("dim", .dim), ("underline", .underline), ("reverse", .reverse),
    ]
    for (name, attribute) in all {
      let style = frame.look[.text].adding(attribute)
      x += frame.grid.write(name, x: x, y: area.y, style: style, width: area.right - x) + 2
    }
  }
}
