import Surface
import Terminal

/// The keys of a screen, made from the key map; typing searches it.
struct HelpPopUp: PopUp {
  let title = "Keys"
  let context: Command.Context
  var filter = TextInput()
  var offset = 0
  private let keyMap: KeyMap

  init(context: Command.Context, _ surroundings: Surroundings) {
    self.context = context
    keyMap = surroundings.keyMap
  }

  /// A line of the help.
  enum Line: Hashable {
    case heading(String)
    case command(keys: String, help: String, Command)
    case blank
    case warning(String)
  }

  /// The lines that contain the filter's text.
  var lines: [Line] {
    var lines: [Line] = []
    if filter.text.isEmpty {
      lines += keyMap.conflicts.map(Line.warning)
      if !lines.isEmpty { lines.append(.blank) }
    }
    for place in context == .everywhere ? [context] : [context, .everywhere] {
      let commands = Command.table.filter { $0.contexts.contains(place) }.compactMap(line)
      if commands.isEmpty { continue }
      if !lines.isEmpty { lines.append(.blank) }
      lines.append(.heading(place.title))
      lines += commands
    }
    return lines
  }

  private func line(_ description: CommandDescription) -> Line? {
    let keys = keyMap.keys(for: description.command, in: context).map(\.name)
      .joined(separator: ", ")
    if keys.isEmpty { return nil }
    let text = "\(keys) \(description.help) \(description.label)".lowercased()
    if !filter.text.isEmpty, !text.contains(filter.text.lowercased()) { return nil }
    return .command(keys: keys, help: description.help, description.command)
  }

  let keys = [
    EntryKey(.escape, "Close"), EntryKey(.pageDown, "Next page"), EntryKey(.control("u"), "Clear"),
  ]

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect] {
    let page = max(1, surroundings.size.height - 8)
    switch input {
    case .key(.escape), .key(.enter), .key(.function(1)): return [.closePopUp]
    // Letters are the search's, whichever they are.
    case .key("?") where filter.text.isEmpty: return [.closePopUp]
    case .key(.up): offset = max(0, offset - 1)
    case .key(.down): offset = min(max(0, lines.count - page), offset + 1)
    case .key(.pageUp): offset = max(0, offset - page)
    case .key(.pageDown): offset = min(max(0, lines.count - page), offset + page)
    case .key(.home): offset = 0
    case .key(.end): offset = max(0, lines.count - page)
    default: if filter.take(input) { offset = 0 }
    }
    return []
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch mouse.kind {
    case .wheelUp: return take(.key(.up), &surroundings)
    case .wheelDown: return take(.key(.down), &surroundings)
    default: return []
    }
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    let bounds = frame.room
    let lines = lines
    let keyWidth = lines.reduce(6) { width, line in
      if case .command(let keys, _, _) = line { return max(width, keys.columns) }
      return width
    }
    let size = Size(
      width: min(bounds.width, 76), height: min(bounds.height, max(1, lines.count) + 5))
    let inner = frame.popUp(in: bounds.centred(size), title: "Keys: \(context.title)")
    let (field, rest) = inner.split(top: 1)
    frame.field(filter, in: field, placeholder: "type to search; Esc closes")
    let area = rest.split(top: 1).rest
    if lines.isEmpty {
      frame.write("Nothing matches.", x: area.x, y: area.y, .dim, width: area.width)
    }
    for (row, line) in lines.dropFirst(offset).prefix(area.height).enumerated() {
      let y = area.y + row
      switch line {
      case .heading(let text): frame.write(text, x: area.x, y: y, .title, width: area.width)
      case .warning(let text): frame.write(text, x: area.x, y: y, .warning, width: area.width)
      case .blank: break
      case .command(let keys, let help, let command):
        let column = min(keyWidth, area.width / 3)
        frame.write(keys, x: area.x, y: y, .accent, width: column)
        frame.write(
          help, x: area.x + column + 2, y: y, .text, width: area.width - column - 2)
        frame.mark(
          Rect(x: area.x, y: y, width: area.width, height: 1), .command(command))
      }
    }
    frame.scrollBar(area, top: offset, total: lines.count)
  }
}
