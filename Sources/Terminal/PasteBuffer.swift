import Surface

/// Text between the brackets of a paste.
///
/// The closing bracket may never come: a link that broke off, a program that sent the opening one by
/// mistake. The keys that are pressed then are keys again after a second.
struct PasteBuffer {
  /// The text so far; nil outside a paste.
  private var text: String?
  private var count = 0
  private var last: ContinuousClock.Instant?

  /// Longest pause within a paste.
  static let patience = Duration.seconds(1)
  /// Characters after which a paste is over.
  static let limit = 1 << 20

  var isOpen: Bool { text != nil }

  mutating func begin(at now: ContinuousClock.Instant) { (text, count, last) = ("", 0, now) }

  /// Takes a character; returns the text where it is as long as a paste may be.
  mutating func add(_ scalar: Unicode.Scalar, at now: ContinuousClock.Instant) -> String? {
    text?.unicodeScalars.append(scalar)
    count += 1
    last = now
    return count >= Self.limit ? end() : nil
  }

  /// Ends the paste and returns its text.
  mutating func end() -> String {
    defer { (text, last) = (nil, nil) }
    return text ?? ""
  }

  /// The text of a paste of which nothing has come for long; nil for none.
  mutating func overdue(at now: ContinuousClock.Instant) -> String? {
    guard let last, now - last > Self.patience else { return nil }
    return end()
  }
}
