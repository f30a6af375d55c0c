import Foundation
import Testing

/// Texts of screens that were read and found right, kept beside the tests.
///
/// `FULCRUM_RECORD_GOLDENS=1 swift test --filter ConsoleTests` writes them anew; what has changed is
/// then reviewed as a diff.
enum Golden {
  static func check(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Golden/\(name)")
    if ProcessInfo.processInfo.environment["FULCRUM_RECORD_GOLDENS"] == "1" {
      try Data(text.utf8).write(to: file)
      return
    }
    let data = try #require(
      try? Data(contentsOf: file), "there is no golden text \(name)",
      sourceLocation: sourceLocation)
    let expected = String(decoding: data, as: UTF8.self)
    if text != expected {
      let lines = zip(text.split(separator: "\n"), expected.split(separator: "\n"))
      let first = lines.first { $0 != $1 }
      Issue.record(
        """
        \(name) has changed; the first line that differs:
        now    \(first.map { String($0.0) } ?? "(its length)")
        before \(first.map { String($0.1) } ?? "(its length)")
        """, sourceLocation: sourceLocation)
    }
  }
}
