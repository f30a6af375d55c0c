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
    func line(_ name: String, _ draw: (inout Frame, Int) -> Void) {
      guard y < inner.bottom else { return }
      frame.write(name, x: inner.x, y: y, .dim, width: 12)
      let area = Rect(x: inner.x + 12, y: y, width: inner.width - 12, height: 1)
      draw(&frame, area.x)
      y += 1
    }
    line("Terminal") {
      let look = $0.look
      $0.write(
        "\(surroundings.size.width)x\(surroundings.size.height), colours "
          + "\(look.colours.rawValue), characters \(look.glyphs.rawValue), markers "
          + "\(look.marker.rawValue)", x: $1, y: y, .text, width: inner.right - $1)
    }
    line("ANSI") { frame, x in
      for index in 0..<16 {
        frame.grid.fill(
          Rect(x: x + index * 3, y: y, width: 3, height: 1).intersection(inner),
          style: Style(background: Colour.indexed(UInt8(index)).reduced(to: frame.look.colours)))
      }
    }
    line("Gradient") { frame, x in
      let width = max(1, inner.right - x)
      for column in 0..<width {
        let share = Double(column) / Double(max(1, width - 1))
        let colour = Colour.rgb(UInt8(255 * share), UInt8(128), UInt8(255 * (1 - share)))
        frame.grid.fill(
          Rect(x: x + column, y: y, width: 1, height: 1),
          style: Style(background: colour.reduced(to: frame.look.colours)))
      }
    }
    line("Theme") { frame, x in
      var x = x
      for role in [Role.accent, .good, .warning, .bad, .changed, .selection, .match, .dim] {
        guard x < inner.right else { return }
        x += frame.write(role.rawValue, x: x, y: y, role, width: inner.right - x) + 1
      }
    }
    line("Series") { frame, x in
      for index in 0..<6 {
        frame.write("──●── \(index + 1)", x: x + index * 9, y: y, .series(index), width: 9)
      }
    }
    line("Attributes") { frame, x in
      var x = x
      let ground = frame.look[.text]
      let all: [(String, Style.Attributes)] = [
        ("bold", .bold), ("dim", .dim), ("underline", .underline), ("reverse", .reverse),
      ]
      for (name, attribute) in all {
        let style = ground.adding(attribute)
        x += frame.grid.write(name, x: x, y: y, style: style, width: inner.right - x) + 2
      }
    }
    for (name, sample) in [
      ("Boxes", "┌─┬─┐ ╭──╮ │ ├─┼─┤ └─┴─┘ ╰──╯ ═ ║"), ("Blocks", "▁▂▃▄▅▆▇█ ▏▎▍▌▋▊▉ ▖▗▘▙▚▛▜▝▞▟ ▀▄"),
      ("Braille", "⠁⠃⠇⡇⣇⣧⣷⣿ ⠉⠒⠤⣀ ⡠⠔⠊ ⢄⠢⠑"), ("Octants", "𜴀𜴃𜴉𜴘𜵅𜵰𜶫𜷡 (few fonts)"),
      ("Signs", "▸ ● ○ ✓ ✗ ⚠ ▲ ▼ ← → ↑ ↓ … ·"), ("Text", "Å ° ± σ µ é ü ß 漢字 한글"),
    ] {
      line(name) { $0.write(sample, x: $1, y: y, .text, width: inner.right - $1) }
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
}
