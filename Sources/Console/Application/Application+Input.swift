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
      if case .key(.control("l")) = input { return [.terminal(.repaint)] }
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
