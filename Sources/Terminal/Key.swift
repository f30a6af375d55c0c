import Surface

/// A key, or a key with modifiers, as a person would name it.
public enum Key: Hashable, Sendable {
  /// A printable character; capitals stand for themselves.
  case character(Character)
  /// A letter (lower case) or sign with Control.
  case control(Character)
  /// A character after Escape, or with Alt.
  case alt(Character)
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  case shiftUp, shiftDown, shiftLeft, shiftRight
  /// F1 to F24.
  case function(Int)

  /// The key's name in key bars, help and the configuration file: "a", "Ctrl-P", "F1", "PgUp".
  public var name: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let character): "Ctrl-\(character.uppercased())"
    case .alt(let character): "Alt-\(character)"
    case .function(let number): "F\(number)"
    default: Key.names.first { $0.key == self }?.name ?? "?"
    }
  }

  /// Reads a key's name, in any case of letters for named keys; nil when it is none.
  public init?(name: String) {
    if name.count == 1, let character = name.first {
      self = .character(character)
      return
    }
    let lower = name.lowercased()
    if lower == "space" {
      self = .character(" ")
    } else if let match = Key.names.first(where: { $0.name.lowercased() == lower })?.key {
      self = match
    } else if lower.hasPrefix("ctrl-"), name.count == 6, let last = lower.last {
      self = .control(last)
    } else if lower.hasPrefix("alt-"), name.count == 5, let last = name.last {
      self = .alt(last)
    } else if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...24).contains(number) {
      self = .function(number)
    } else {
      return nil
    }
  }

  private static let names: [(key: Key, name: String)] = [
    (.enter, "Enter"), (.escape, "Esc"), (.tab, "Tab"), (.backTab, "Shift-Tab"),
    (.backspace, "Backspace"), (.delete, "Del"), (.insert, "Ins"), (.up, "Up"), (.down, "Down"),
    (.left, "Left"), (.right, "Right"), (.home, "Home"), (.end, "End"), (.pageUp, "PgUp"),
    (.pageDown, "PgDn"), (.shiftUp, "Shift-Up"), (.shiftDown, "Shift-Down"),
    (.shiftLeft, "Shift-Left"), (.shiftRight, "Shift-Right"),
  ]
}

extension Key: ExpressibleByUnicodeScalarLiteral {
  /// A character's key from a literal: `"a"`.
  public init(unicodeScalarLiteral value: Unicode.Scalar) { self = .character(Character(value)) }
}

/// What the mouse did, in cells from the upper left corner.
public struct MouseEvent: Hashable, Sendable {
  public var kind: Kind
  public var column: Int
  public var row: Int
  /// 1 left, 2 middle, 3 right; 0 for the wheel and movement.
  public var button: Int
  public var shift: Bool

  public enum Kind: String, Hashable, Sendable {
    case press, release, drag, wheelUp, wheelDown
  }

  public init(_ kind: Kind, column: Int, row: Int, button: Int = 1, shift: Bool = false) {
    self.kind = kind
    self.column = column
    self.row = row
    self.button = button
    self.shift = shift
  }
}

/// What comes from the terminal.
public enum InputEvent: Hashable, Sendable {
  case key(Key)
  case mouse(MouseEvent)
  /// Text pasted in brackets: never read as commands.
  case paste(String)
  case resize(columns: Int, rows: Int)
  /// The terminal has said that it takes pictures in this way.
  case pictures(PictureProtocol)
  /// The terminal is gone: end of file, an error of reading, or SIGHUP. The screens end.
  case hangUp
}
