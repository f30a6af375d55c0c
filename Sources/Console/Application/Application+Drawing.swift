import Surface
import Terminal

extension Application {
  /// The smallest extent in which screens are drawn; below it there is one line of status.
  static let smallest = Size(width: 20, height: 5)

  /// The screen as it is now, with what can be clicked.
  public func draw() -> Frame {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    let bounds = frame.grid.bounds
    guard !bounds.isEmpty else { return frame }
    // A pop-up could not lie over pictures.
    if surroundings.showsPictures, popUps.isEmpty, !isJumping {
      frame.pictureCell = surroundings.cellSize
    }
    if bounds.width < Self.smallest.width || bounds.height < Self.smallest.height {
      frame.write(statusLine, x: 0, y: 0, width: bounds.width)
      return frame
    }
    let (head, rest) = bounds.split(top: 1)
    let (body, foot) = rest.split(bottom: 1)
    drawTitle(in: head, of: &frame)
    screen.draw(in: body, of: &frame, surroundings)
    drawKeyBar(in: foot, of: &frame)
    if surroundings.showsTraffic { drawTraffic(in: body, of: &frame) }
    for popUp in popUps { popUp.draw(over: &frame, surroundings) }
    frame.look = frame.base
    // On a tiny terminal a pop-up needs every line.
    if let popUp = popUps.last, bounds.height >= 10 { draw(popUp.keys, in: foot, of: &frame) }
    drawMessage(over: &frame)
    if isJumping { drawJumpLetters(over: &frame) }
    return frame
  }

  /// What tiny terminals show: the name, and the first line of the screen's own status.
  private var statusLine: String {
    popUps.last.map { "\(screen.title): \($0.title)" } ?? "\(screen.title) \(screen.status)"
  }

  private func drawTitle(in rect: Rect, of frame: inout Frame) {
    let look = frame.look
    frame.grid.fill(rect, style: look[.header])
    let path = screens.map(\.title).joined(separator: " \(look[Symbol.arrowRight]) ")
    let note =
      rect.width >= 50
      ? [surroundings.tool?.status ?? "", screen.status].filter { !$0.isEmpty }
        .joined(separator: "  ")
        // Half of the line at most, or what the path leaves: neither is written over the other.
        .truncated(
          toColumns: max(rect.width / 2, rect.width - " Fulcrum  ".columns - path.columns - 2))
      : ""
    let used = frame.grid.write(
      " Fulcrum", x: rect.x, y: rect.y, style: look.style(.accent, on: .header))
    frame.grid.write(
      "  " + path, x: rect.x + used, y: rect.y, style: look[.header],
      width: rect.width - used - note.columns - 2)
    frame.grid.write(
      note + " ", x: rect.x, y: rect.y, style: look.style(.dim, on: .header), width: rect.width,
      alignment: .right)
  }

  /// The keys at the bottom: help and commands always, then what the screen offers.
  private func drawKeyBar(in rect: Rect, of frame: inout Frame) {
    let context = screen.context
    guard screen.entryKeys.isEmpty else {
      draw(screen.entryKeys, in: rect, of: &frame)
      return
    }
    var commands = screen.keyBar
    if !isSmall(rect) { commands += [.commands, .copy, .export, .marker, .theme] }
    commands = commands.filter { ![.help, .back].contains($0) } + [.help, .back]
    var known: Set<Command> = []
    commands = commands.filter { known.insert($0).inserted }
    let items = commands.compactMap { command -> KeyBar.Item? in
      guard let key = surroundings.keyMap.keyName(of: command, in: context) else { return nil }
      return KeyBar.Item(
        key: key,
        label: screen.label(of: command) ?? command.description(in: context)?.label ?? "",
        action: command.rawValue)
    }
    // Help stays where room is short: it leads to all the others.
    var fitting = items
    func width(_ items: [KeyBar.Item]) -> Int {
      items.reduce(0) { $0 + $1.key.columns + $1.label.columns + 2 } - 1
    }
    while fitting.count > 1, width(fitting) > rect.width - 1 {
      fitting.remove(at: max(0, fitting.count - 3))
    }
    let bar = KeyBar(fitting)
    let place = Rect(x: rect.x, y: rect.y, width: rect.width, height: 1)
    frame.draw(bar, in: place)
    for item in bar.places(in: place) {
      frame.mark(item.rect, .command(Command(rawValue: item.action)))
    }
  }

  /// The keys of a field or a pop-up in place of the screen's.
  private func draw(_ keys: [EntryKey], in rect: Rect, of frame: inout Frame) {
    let bar = KeyBar(
      keys.map { KeyBar.Item(key: $0.key.name, label: $0.label, action: $0.key.name) })
    frame.draw(bar, in: rect)
    for item in bar.places(in: rect) {
      if let key = Key(name: item.action) { frame.mark(item.rect, .key(key)) }
    }
  }

  private func isSmall(_ rect: Rect) -> Bool { rect.width < 110 }

  private func drawMessage(over frame: inout Frame) {
    guard let message else { return }
    let bounds = frame.grid.bounds
    var lines: [(NotificationLine.Kind, String)]
    switch message {
    case .note(let text):
      lines = text.wrapped(toColumns: columns(bounds)).map { (.information, $0) }
    case .problem(let problem):
      lines = problem.what.wrapped(toColumns: columns(bounds)).map { (.bad, $0) }
      lines += problem.whatToDo.wrapped(toColumns: columns(bounds)).map { (.information, $0) }
    }
    lines = Array(lines.prefix(max(1, bounds.height - 2)))
    // In place of the keys, which come back with the next key: the panes stay whole.
    for (index, line) in lines.enumerated() {
      let row = Rect(x: 0, y: bounds.bottom - lines.count + index, width: bounds.width, height: 1)
      frame.mark(row, .cover)
      frame.grid.fill(row, style: frame.look[.text])
      frame.draw(NotificationLine(line.0, line.1), in: row)
    }
    drawHelpKey(over: &frame)
  }

  /// The columns of a message beside its sign and the key of the help.
  private func columns(_ bounds: Rect) -> Int { max(1, bounds.width - 3 - helpColumns(bounds)) }

  private func helpColumns(_ bounds: Rect) -> Int { bounds.width >= 60 && popUps.isEmpty ? 8 : 0 }

  private func drawHelpKey(over frame: inout Frame) {
    let bounds = frame.grid.bounds
    let key = surroundings.keyMap.keyName(of: .help, in: screen.context) ?? ""
    guard helpColumns(bounds) > 0, key.columns == 1 else { return }
    let place = Rect(x: bounds.right - 7, y: bounds.bottom - 1, width: 6, height: 1)
    frame.draw(KeyBar([KeyBar.Item(key: key, label: "Help", action: "help")]), in: place)
    frame.mark(place, .command(.help))
  }

  private func drawTraffic(in rect: Rect, of frame: inout Frame) {
    let traffic = surroundings.traffic
    let text =
      " \(traffic.frames) frames, last \(traffic.lastFrameBytes) B, all \(traffic.totalBytes) B "
    frame.grid.write(
      text, x: rect.right - text.columns, y: rect.y, style: frame.look[.match],
      width: text.columns)
  }

  private func drawJumpLetters(over frame: inout Frame) {
    for place in jumpPlaces(frame) {
      frame.grid.write(
        String(place.letter), x: place.rect.x, y: place.rect.y,
        style: frame.look[.match].adding([.reverse, .bold]))
    }
  }
}
