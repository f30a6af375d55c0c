import Ground
import TOMLText

/// The values of a job, or of one of its regions, in the text of a job file.
struct JobScope {
  /// The stretches of the text that may hold them.
  var segments: [Int]
  /// Names of a header that say where the scope is: 1 in `[region.prior]`.
  var depth: Int
  /// The values by their names, `prior.rotation_sd`, as they are written.
  var before: [String: String]
  var after: [String: String]
  /// The names in the order in which new ones come.
  var order: [String]
  var isAnnotated: Bool

  private struct Found {
    var segment: Int
    var entry: TOMLEntry
    /// The names of its table and key.
    var path: [String]
  }

  /// Changes what is there, takes out what is gone, and puts in what is new.
  func edit(_ file: inout JobText) {
    let found = found(in: file)
    let known = Dictionary(
      found.filter { $0.entry.key != nil }.map { ($0.path.joined(separator: "."), $0) },
      uniquingKeysWith: { first, _ in first })
    var made: Set<String> = []
    for name in order {
      let value = after[name]
      if let item = known[name] {
        if let value {
          // A value that could not be read is another, too.
          guard value != before[name] else { continue }
          file.replace(item.entry.value, in: item.segment, with: value)
        } else {
          file.replace(item.entry.lines, in: item.segment, with: "")
        }
        continue
      }
      let table = Self.table(of: name)
      if let table, let inline = known[table] {
        // A table in one line becomes lines of its own.
        guard made.insert(table).inserted else { continue }
        let lines = order.filter { Self.table(of: $0) == table }.compactMap { name in
          after[name].map { "\(name) = \($0)" }
        }
        let isChanged = order.contains {
          Self.table(of: $0) == table && before[$0] != after[$0]
        }
        guard isChanged else { continue }
        let entry = inline.entry
        // What stands behind it on its line stays.
        file.replace(
          lines.isEmpty ? entry.lines : entry.lines.lowerBound..<entry.value.upperBound,
          in: inline.segment, with: lines.joined(separator: "\n"))
      } else if let value {
        insert(name, value, found, &made, &file)
      }
    }
  }

  private func found(in file: JobText) -> [Found] {
    segments.flatMap { segment in
      file.segments[segment].entries.map { entry in
        Found(
          segment: segment, entry: entry,
          path: Array(entry.header.dropFirst(depth)) + (entry.key ?? []))
      }
    }
  }

  private static func table(of name: String) -> String? {
    name.firstIndex(of: ".").map { String(name[..<$0]) }
  }

  /// A line of a value.
  private func line(_ shown: String, _ name: String, _ value: String) -> String {
    let parameter =
      JobRegion.parameters.first { $0.name == name }?.parameter ?? Parameter.named(name)
    let comment = isAnnotated ? parameter.map { "  # \($0.titleWithUnit)" } ?? "" : ""
    return "\(shown) = \(value)\(comment)\n"
  }

  private func insert(
    _ name: String, _ value: String, _ found: [Found], _ made: inout Set<String>,
    _ file: inout JobText
  ) {
    let table = Self.table(of: name)
    let leaf = String(name.dropFirst(table.map { $0.count + 1 } ?? 0))
    // Below the header of its table: behind the comment that stands for it, or behind the last value.
    if let header = found.last(where: {
      $0.entry.key == nil && $0.path == (table.map { [$0] } ?? [])
    }) {
      let last = found.last {
        $0.entry.header == header.entry.header && $0.entry.key != nil
          && $0.segment == header.segment
      }
      let comment = file.endOfComment(for: leaf, below: header.entry, in: header.segment)
      let place = comment ?? last?.entry.lines.upperBound ?? header.entry.lines.upperBound
      return file.insert(line(leaf, name, value), at: place, in: header.segment)
    }
    // Behind others of its table that are written with a point, or that of a region itself.
    let dotted = found.last {
      table != nil && $0.path.count > 1 && $0.path.first == table && $0.entry.key != nil
    }
    let own = depth > 0 ? found.last { $0.entry.header.count == depth } : nil
    if let item = dotted ?? own {
      return file.insert(line(name, name, value), at: item.entry.lines.upperBound, in: item.segment)
    }
    // A table of its own, at the end.
    guard let segment = found.last?.segment ?? segments.first, let table else { return }
    let header = made.insert(table).inserted ? "\n[\(table)]\n" : ""
    file.insert(header + line(leaf, name, value), at: file.endOfText(of: segment), in: segment)
  }
}
