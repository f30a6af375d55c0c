import Ground

/// How far a tool is, as a line for another program to read: `progress: 45% Aligning`.
public struct ProgressLine: Sendable, Hashable {
  /// What is being done.
  public let step: String
  /// How much of it is done, from 0 to 1.
  public let fraction: Double

  /// The variable of the environment that asks a tool for such lines, and its value.
  public static let variable = "FULCRUM_PROGRESS"
  public static let wanted = "lines"

  private static let mark = "progress: "

  public init(_ step: String, _ fraction: Double) {
    self.step = step
    self.fraction = min(max(fraction, 0), 1)
  }

  /// Nil for a line of another kind.
  public init?(_ line: String) {
    guard line.hasPrefix(Self.mark) else { return nil }
    let text = line.dropFirst(Self.mark.count)
    guard let sign = text.firstIndex(of: "%"), let percent = Int(text[..<sign]),
      (0...100).contains(percent)
    else { return nil }
    self.init(String(text[text.index(after: sign)...]).trimmed, Double(percent) / 100)
  }

  public var text: String { "\(Self.mark)\(Int(fraction * 100))% \(step)" }
}
