import CNcurses
import Glibc
import Surface

/// Turns what ncurses reads into input events.
struct InputReader {
  /// Codes given to the brackets of pasted text, above all of ncurses' own.
  static let pasteBegin: Int32 = 0x1000, pasteEnd: Int32 = 0x1001
  /// Codes for keys with modifiers that ncurses knows by extended capabilities only.
  static let shifted: [(sequence: String, code: Int32, key: Key)] = [
    ("\u{1B}[1;2A", 0x1002, .shiftUp), ("\u{1B}[1;2B", 0x1003, .shiftDown),
  ]

  private var paste = PasteBuffer()
  private let clock = ContinuousClock()
  private var isButtonDown = false
  /// What the terminal has answered so far to a question about itself; nil outside an answer.
  private var answer: String?

  /// Names the sequences that are not in terminfo.
  func defineKeys() {
    define_key("\u{1B}[200~", Self.pasteBegin)
    define_key("\u{1B}[201~", Self.pasteEnd)
    for entry in Self.shifted { define_key(entry.sequence, entry.code) }
  }

  /// All events that can be had without waiting, and whether the input has ended.
  mutating func read() -> [InputEvent] {
    var events = overduePaste()
    while true {
      var code: UInt32 = 0
      let kind = fulcrum_get(&code)
      if kind == ERR { return events }
      guard let event = event(isCode: kind == KEY_CODE_YES, code: code) else { continue }
      events.append(event)
    }
  }

  /// A paste whose end did not come.
  mutating func overduePaste() -> [InputEvent] {
    paste.overdue(at: clock.now).map { [.paste($0)] } ?? []
  }

  private mutating func event(isCode: Bool, code: UInt32) -> InputEvent? {
    if isCode, Int32(code) == Self.pasteBegin {
      paste.begin(at: clock.now)
      return nil
    }
    if isCode, Int32(code) == Self.pasteEnd { return .paste(paste.end()) }
    if paste.isOpen {
      guard !isCode, let scalar = Unicode.Scalar(code) else { return nil }
      return paste.add(scalar, at: clock.now).map(InputEvent.paste)
    }
    if isCode, Int32(code) == KEY_MOUSE { return mouseEvent() }
    if answer != nil { return takeAnswer(isCode: isCode, code: code) }
    let key = isCode ? Self.key(code: Int32(code)) : character(code)
    return key.map(InputEvent.key)
  }

  /// The rest of an answer, such as `62;4;22c`: what a terminal is (DA1), and 4 for sixels.
  private mutating func takeAnswer(isCode: Bool, code: UInt32) -> InputEvent? {
    guard !isCode, let scalar = Unicode.Scalar(code), scalar.isASCII, code >= 32,
      let text = answer, text.utf8.count < 64
    else {
      answer = nil
      return nil
    }
    if scalar == ";" || ("0"..."9").contains(scalar) {
      answer = text + String(scalar)
      return nil
    }
    answer = nil
    let takesSixels = scalar == "c" && text.split(separator: ";").dropFirst().contains("4")
    return takesSixels ? .pictures(.sixel) : nil
  }

  /// The key of a character code. Escape followed at once by a character is that character with Alt:
  /// ncurses has waited the escape delay already for sequences that it knows.
  private mutating func character(_ code: UInt32) -> Key? {
    guard code == 27 else { return Self.key(character: code) }
    var next: UInt32 = 0
    switch fulcrum_get(&next) {
    case ERR: return .escape
    case KEY_CODE_YES: return Self.key(code: Int32(next))
    default:
      if next == 27 { return .escape }
      if next == 0x5B, isAnswer() {
        answer = ""
        return nil
      }
      guard let scalar = Unicode.Scalar(next), next >= 32 else { return Self.key(character: next) }
      return .alt(Character(scalar))
    }
  }

  /// Whether a question mark follows, as in answers and in no key.
  private func isAnswer() -> Bool {
    var third: UInt32 = 0
    let kind = fulcrum_get(&third)
    if kind == OK, third == 0x3F { return true }
    if kind == OK { _ = fulcrum_unget(third) }
    return false
  }

  /// The key that a character stands for; nil for what no keyboard sends.
  static func key(character code: UInt32) -> Key? {
    switch code {
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return .escape
    case 8, 127: return .backspace
    case 0: return .control(" ")
    case 1...26:
      return Unicode.Scalar(code + 96).map { .control(Character($0)) }
    case 28...31:
      return Unicode.Scalar(code + 64).map { .control(Character($0)) }
    default:
      return Unicode.Scalar(code).map { .character(Character($0)) }
    }
  }

  /// The key of one of ncurses' key codes; nil for those that nothing is bound to.
  static func key(code: Int32) -> Key? {
    if let shifted = shifted.first(where: { $0.code == code }) { return shifted.key }
    if let key = codes[code] { return key }
    let first = fulcrum_key_function(1)
    if (first..<first + 24).contains(code) { return .function(Int(code - first) + 1) }
    return nil
  }

  private static let codes: [Int32: Key] = [
    KEY_UP: .up, KEY_DOWN: .down, KEY_LEFT: .left, KEY_RIGHT: .right, KEY_HOME: .home,
    KEY_END: .end, KEY_PPAGE: .pageUp, KEY_NPAGE: .pageDown, KEY_DC: .delete, KEY_IC: .insert,
    KEY_BACKSPACE: .backspace, KEY_BTAB: .backTab, KEY_ENTER: .enter, KEY_SLEFT: .shiftLeft,
    KEY_SRIGHT: .shiftRight, KEY_SR: .shiftUp, KEY_SF: .shiftDown, KEY_FIND: .home,
    KEY_SELECT: .end, KEY_A1: .home, KEY_A3: .pageUp, KEY_C1: .end, KEY_C3: .pageDown,
  ]

  private mutating func mouseEvent() -> InputEvent? {
    let raw = fulcrum_next_mouse_event()
    let kind: MouseEvent.Kind
    switch Int(raw.kind) {
    case Int(FULCRUM_MOUSE_PRESS.rawValue): (kind, isButtonDown) = (.press, true)
    case Int(FULCRUM_MOUSE_RELEASE.rawValue): (kind, isButtonDown) = (.release, false)
    case Int(FULCRUM_MOUSE_MOVE.rawValue):
      guard isButtonDown else { return nil }
      kind = .drag
    case Int(FULCRUM_MOUSE_WHEEL_UP.rawValue): kind = .wheelUp
    case Int(FULCRUM_MOUSE_WHEEL_DOWN.rawValue): kind = .wheelDown
    default: return nil
    }
    return .mouse(
      MouseEvent(
        kind, column: Int(raw.column), row: Int(raw.row), button: Int(raw.button),
        shift: raw.shift != 0))
  }
}
