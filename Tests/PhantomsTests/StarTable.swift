import Testing

/// A table of a STAR fixture: just enough of the format for files that these tests bring along.
struct StarTable {
  var rows: [[String: String]] = []

  /// The table of a block such as "data_optics".
  init(_ text: String, block: String) throws {
    var columns: [String] = []
    var isInside = false
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      if first.hasPrefix("data_") {
        isInside = first == block
      } else if isInside, first.hasPrefix("_") {
        columns.append(String(first.dropFirst()))
      } else if isInside, first != "loop_", !first.hasPrefix("#") {
        try #require(words.count == columns.count)
        rows.append(Dictionary(uniqueKeysWithValues: zip(columns, words)))
      }
    }
    try #require(!rows.isEmpty)
  }
}

extension [String: String] {
  /// A number of a row; 0 where there is no such column.
  func number(_ column: String) -> Double { self[column].flatMap { Double($0) } ?? 0 }

  /// The numbers of "[a,b,c]".
  func list(_ column: String) -> [Double] {
    (self[column] ?? "").dropFirst().dropLast().split(separator: ",").compactMap { Double($0) }
  }
}
