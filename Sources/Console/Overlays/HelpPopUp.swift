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
      let commands = Command.table.filter { $0.context == place }.compactMap(line)
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
    let count = rows(toColumns: Self.columns(surroundings.size)).count
    switch input {
    case .key(.escape), .key(.enter), .key(.function(1)): return [.closePopUp]
    // Letters are the search's, whichever they are.
    case .key("?") where filter.text.isEmpty: return [.closePopUp]
    case .key(.up): offset = max(0, offset - 1)
    case .key(.down): offset = min(max(0, count - page), offset + 1)
    case .key(.pageUp): offset = max(0, offset - page)
    case .key(.pageDown): offset = min(max(0, count - page), offset + page)
    case .key(.home): offset = 0
    case .key(.end): offset = max(0, count - page)
    default: if filter.take(input) { offset = 0 }
    }
    return []
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    scroll(with: mouse, &surroundings)
  }

  /// A row of the pop-up: what is said of a command may take several.
  private struct Row {
    var keys = ""
    var text = ""
    var role = Role.text
    var command: Command?
  }

  /// The columns inside, without those of the scroll bar.
  private static func columns(_ size: Size) -> Int { max(1, min(size.width, 76) - 6) }

  private func keyColumns(_ lines: [Line], of columns: Int) -> Int {
    let longest = lines.reduce(6) { width, line in
      if case .command(let keys, _, _) = line { return max(width, keys.columns) }
      return width
    }
    return min(longest, columns / 3)
  }

  private func rows(toColumns columns: Int) -> [Row] {
    let lines = lines
    let room = max(1, columns - keyColumns(lines, of: columns) - 2)
    return lines.flatMap { line -> [Row] in
      switch line {
      case .heading(let text): return [Row(text: text, role: .title)]
      case .warning(let text):
        return text.wrapped(toColumns: columns).map { Row(text: $0, role: .warning) }
      case .blank: return [Row()]
      case .command(let keys, let help, let command):
        return help.wrapped(toColumns: room).enumerated().map {
          Row(keys: $0 == 0 ? keys : "", text: $1, command: command)
        }
      }
    }
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    let bounds = frame.room
    let columns = Self.columns(bounds.size)
    let rows = rows(toColumns: columns)
    let size = Size(
      width: min(bounds.width, 76), height: min(bounds.height, max(1, rows.count) + 5))
    let inner = frame.popUp(in: bounds.centred(size), title: "Keys: \(context.title)")
    let (field, rest) = inner.split(top: 1)
    frame.field(filter, in: field, placeholder: "type to search; Esc closes")
    let area = rest.split(top: 1).rest
    if rows.isEmpty {
      frame.write("Nothing matches.", x: area.x, y: area.y, .dim, width: area.width)
    }
    let width = keyColumns(lines, of: columns)
    for (index, row) in rows.dropFirst(offset).prefix(area.height).enumerated() {
      let y = area.y + index
      guard let command = row.command else {
        frame.write(row.text, x: area.x, y: y, row.role, width: columns)
        continue
      }
      frame.write(row.keys, x: area.x, y: y, .accent, width: width)
      frame.write(row.text, x: area.x + width + 2, y: y, row.role, width: columns - width - 2)
      frame.mark(Rect(x: area.x, y: y, width: area.width, height: 1), .command(command))
    }
    frame.scrollBar(area, top: offset, total: rows.count)
  }
}
