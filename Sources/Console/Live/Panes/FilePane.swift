import Ground
import Report
import Runs
import Surface
import Terminal

/// Files with their sizes, a line to copy, and the numbers of the summary.
struct FilePane: RunPane {
  static let words = PaneWords(
    title: "Files", short: "Files", label: "Files", contents: "files and summary")

  /// The first line that is shown.
  private var offset = 0

  mutating func navigate(_ way: Navigation, _ view: inout RunView) -> [Effect]? {
    switch way {
    case .up: offset = max(0, offset - 1)
    case .down: offset += 1
    default: return nil
    }
    return []
  }

  mutating func point(
    _ mouse: MouseEvent, in pane: PaneRect, _ view: inout RunView
  ) -> [Effect]? {
    scroll(mouse, &view)
  }

  func table(_ view: RunView) -> [[String]]? {
    if view.metrics == nil { return nil }
    return [["path", "bytes", "title"]]
      + (view.snapshot?.files ?? []).map { [$0.path, "\($0.bytes)", $0.title] }
  }

  func copyText(_ view: RunView) -> String? { view.snapshot?.chimeraXLine }

  func draw(_ pane: PaneRect, of view: RunView, into frame: inout Frame) {
    guard let snapshot = view.snapshot else { return }
    let rect = pane.inner
    let columns = max(8, rect.width - 2)
    let rows = Self.lines(snapshot, width: rect.width).flatMap {
      line -> [(text: String, role: Role)] in
      // Names and sizes stay in their columns; what a file is is cut with a mark.
      if snapshot.files.contains(where: { line.text.hasPrefix(FilePath.name(of: $0.path) + " ") }) {
        return [(line.text.truncated(toColumns: columns), line.role)]
      }
      return line.text.columns <= columns
        ? [line] : line.text.wrapped(toColumns: columns, indent: 2).map { ($0, line.role) }
    }
    let top = min(offset, max(0, rows.count - rect.height))
    frame.lines(Array(rows.dropFirst(top)), in: rect)
    frame.scrollBar(rect, top: top, total: rows.count)
  }

  private static func lines(
    _ snapshot: RunSnapshot, width: Int
  ) -> [(text: String, role: Role)] {
    var lines: [(text: String, role: Role)] = []
    if snapshot.files.isEmpty {
      lines.append(("The final files are written when the run ends.", .dim))
      for iteration in snapshot.iterationsWithMaps {
        lines.append(("Half-maps of iteration \(iteration) are kept.", .text))
      }
    }
    for file in snapshot.files {
      let size = Format.bytes(file.bytes).padded(toColumns: 8, alignment: .right)
      lines.append(
        ("\(FilePath.name(of: file.path).padded(toColumns: 22)) \(size)  \(file.title)", .text))
    }
    if !snapshot.chimeraXLine.isEmpty {
      lines.append(("", .text))
      lines.append(("To look at the map (y copies):", .dim))
      lines += snapshot.chimeraXLine.wrapped(toColumns: width, indent: 2).map { ($0, .accent) }
    }
    guard let summary = snapshot.summary else { return lines }
    lines.append(("", .text))
    lines.append(("B factor \(Numbers.short(summary.bFactor)) Å²", .text))
    if let found = summary.bodyDefocus?.summary { lines.append((found, .text)) }
    let time = Format.duration(summary.seconds)
    lines.append(("Time \(time), processors \(Format.duration(summary.cpuSeconds))", .text))
    return lines
  }
}
