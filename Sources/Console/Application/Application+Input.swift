import Surface
import Terminal

extension Application {
  /// What a key, the mouse or pasted text does.
  mutating func take(_ input: InputEvent) -> [Effect] {
    if case .mouse(let mouse) = input { return take(mouse) }
    message = nil
    if isJumping { return jump(input) }
    if !popUps.isEmpty {
      if case .key(.control("c")) = input { return [.closePopUp] }
      if case .key(.control("l")) = input { return [.repaint] }
      return popUps[popUps.count - 1].take(input, &surroundings)
    }
    if let effects = screens[top].take(input, &surroundings) { return effects }
    guard case .key(let key) = input else { return [] }
    guard let command = surroundings.keyMap.command(for: key, in: screen.context) else {
      let help = surroundings.keyMap.keyName(of: .help, in: screen.context) ?? "?"
      return [.say("\(key.name) does nothing here; \(help) shows the keys")]
    }
    return perform(command)
  }

  /// Does a command: those of the application itself, then those of the screen.
  mutating func perform(_ command: Command) -> [Effect] {
    if let reason = screen.obstacle(to: command) { return [.say(reason)] }
    switch command {
    case .help: return [.popUp(HelpPopUp(context: screen.context, surroundings))]
    case .commands: return [.popUp(CommandPalette(screen: screen, surroundings))]
    case .theme: return [.popUp(ThemePicker(surroundings)), .readThemes]
    case .testCard: return [.popUp(TestCard())]
    case .quit: return [.quit]
    case .redraw: return [.repaint]
    case .marker, .glyphs, .colours: return changeLook(command)
    case .mouse:
      surroundings.usesMouse.toggle()
      let state = surroundings.usesMouse ? "on; Shift-drag selects text" : "off"
      return [.setMouse(surroundings.usesMouse), .say("Mouse \(state)"), .saveSettings]
    case .pictures:
      guard surroundings.pictures != .none else {
        return [.say("This terminal shows no pictures in pixels (sixel or kitty)")]
      }
      surroundings.wantsPictures.toggle()
      let state = surroundings.wantsPictures ? "pixels" : "characters"
      return [.say("Maps drawn with \(state)")]
    case .statistics:
      surroundings.showsTraffic.toggle()
      return []
    case .jump:
      isJumping = true
      return []
    case .export: return askWhereToExport()
    case .copy:
      let export = screen.exported(surroundings)
      return [.copy(export.text ?? export.grid.text), .say("Copied \(export.name)")]
    default: return screens[top].perform(command, &surroundings)
    }
  }

  private mutating func changeLook(_ command: Command) -> [Effect] {
    switch command {
    case .marker:
      let marker = surroundings.appearance.marker.next(at: surroundings.glyphs)
      surroundings.marker = marker
      return [.say("Plots drawn with \(marker.rawValue)\(marker.advice)"), .saveSettings]
    case .glyphs:
      let levels = GlyphLevel.allCases.filter { $0 <= surroundings.glyphLimit }
      surroundings.glyphs = next(after: surroundings.glyphs, in: levels)
      surroundings.marker = nil
      return [.say("Characters: \(surroundings.glyphs.rawValue)")]
    default:
      let levels = ColourLevel.allCases.filter { $0 <= surroundings.colourLimit }
      surroundings.colours = next(after: surroundings.colours, in: levels)
      return [.say("Colours: \(surroundings.colours.rawValue)")]
    }
  }

  /// The level below, or the best one after the least.
  private func next<Level: Equatable>(after level: Level, in levels: [Level]) -> Level {
    guard let index = levels.firstIndex(of: level) else { return level }
    return levels[(index + levels.count - 1) % levels.count]
  }

  private mutating func take(_ mouse: MouseEvent) -> [Effect] {
    // What was seen is what was meant.
    let found = draw().target(at: Point(x: mouse.column, y: mouse.row))
    if mouse.kind == .press {
      message = nil
      isJumping = false
    }
    guard let (rect, target) = found else {
      return mouse.kind == .press && !popUps.isEmpty ? [.closePopUp] : []
    }
    if case .key(let key) = target {
      return mouse.kind == .press ? take(.key(key)) : []
    }
    if case .command(let command) = target {
      guard mouse.kind == .press else { return [] }
      if !popUps.isEmpty { popUps.removeAll() }
      return perform(command)
    }
    if !popUps.isEmpty {
      if target == .cover, mouse.kind == .press { return [.closePopUp] }
      return popUps[popUps.count - 1].point(at: target, in: rect, with: mouse, &surroundings)
    }
    return screens[top].point(at: target, in: rect, with: mouse, &surroundings)
  }
}

// MARK: - Jumping

extension Application {
  static let jumpLetters = Array("asdfghjklqwertyuiopzxcvbnm1234567890ASDFGHJKLQWERTYUIOPZXCVBNM")

  /// The places to jump to, each with its letter.
  func jumpPlaces(_ frame: Frame) -> [(letter: Character, rect: Rect, target: Frame.Target)] {
    let places = frame.targets.filter { place in
      if case .splitter = place.target { return false }
      return place.target != .cover
    }
    return zip(Self.jumpLetters, places).map { ($0, $1.rect, $1.target) }
  }

  private mutating func jump(_ input: InputEvent) -> [Effect] {
    isJumping = false
    guard case .key(.character(let letter)) = input,
      let place = jumpPlaces(draw()).first(where: { $0.letter == letter })
    else { return [] }
    return take(.mouse(MouseEvent(.press, column: place.rect.x, row: place.rect.y)))
  }
}
