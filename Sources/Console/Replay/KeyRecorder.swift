import Surface
import Terminal

/// Writes down what is typed, with the pauses between, as a script that plays it again.
struct KeyRecorder: Sendable {
  private(set) var text = "# What was typed in Fulcrum; --replay plays it again.\n"
  private var last: Double?

  /// Takes an event at a time, seconds.
  mutating func take(_ input: InputEvent, at now: Double) {
    guard let line = Self.line(input) else { return }
    // Tenths of a second are as fine as frames are.
    if let last, now - last >= 0.1 { text += "wait \(Numbers.short((now - last).rounded(1)))\n" }
    last = now
    text += line + "\n"
  }

  /// The line of a script; nil for what scripts do not have.
  private static func line(_ input: InputEvent) -> String? {
    switch input {
    case .key(.character(let character)) where "#\"\\".contains(character):
      "\"\(escaped(String(character)))\""
    case .key(let key): key.name
    case .paste(let pasted): "paste \"\(escaped(pasted))\""
    case .resize(let columns, let rows): "resize \(columns)x\(rows)"
    case .mouse, .pictures, .hangUp: nil
    }
  }

  /// Text between quotes of a script; it has one line.
  private static func escaped(_ text: String) -> String {
    text.reduce("") { result, character in
      if character.isNewline { return result + " " }
      return result + ("\"\\".contains(character) ? "\\" : "") + String(character)
    }
  }
}

extension Double {
  /// Rounded to a number of decimals.
  fileprivate func rounded(_ decimals: Int) -> Double {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    return (self * scale).rounded() / scale
  }
}
