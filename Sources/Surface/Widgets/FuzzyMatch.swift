/// How well typed letters fit a name: all of them in order, not necessarily together.
public struct FuzzyMatch: Sendable, Hashable {
  public let score: Int
  /// Which characters of the name matched, by their index.
  public let positions: [Int]

  /// The best match of a query in a name, nil where a letter is missing. Case does not count.
  ///
  /// Letters at starts of words, letters together and early letters score higher; skipped ones
  /// lower. An empty query matches everything with 0.
  public static func match(_ query: String, in name: String) -> FuzzyMatch? {
    let wanted = query.lowercased().filter { $0 != " " }.map { $0 }
    let letters = Array(name)
    let lower = letters.map { $0.lowercased() }
    guard !wanted.isEmpty else { return FuzzyMatch(score: 0, positions: []) }
    guard wanted.count <= letters.count else { return nil }
    // best[i][j]: wanted[0...i] matched with wanted[i] at letter j. Names are short.
    let none = Int.min / 2
    var best = Array(repeating: Array(repeating: none, count: letters.count), count: wanted.count)
    var from = Array(repeating: Array(repeating: -1, count: letters.count), count: wanted.count)
    for i in wanted.indices {
      // The best of the row above so far, left of j − 1, with the cost of the gap.
      var running = none
      var runningFrom = -1
      for j in letters.indices {
        if i > 0 && j > 1 {
          running -= 1
          if best[i - 1][j - 2] > running { (running, runningFrom) = (best[i - 1][j - 2], j - 2) }
        }
        guard lower[j] == String(wanted[i]) else { continue }
        let value = bonus(letters, j)
        if i == 0 {
          best[i][j] = value - min(j, 8)
          continue
        }
        if running > none / 2 { (best[i][j], from[i][j]) = (running + value, runningFrom) }
        if j > 0 && best[i - 1][j - 1] > none / 2 {
          let together = best[i - 1][j - 1] + value + 8
          if together > best[i][j] { (best[i][j], from[i][j]) = (together, j - 1) }
        }
      }
    }
    guard
      let last = best[wanted.count - 1].indices.max(by: {
        best[wanted.count - 1][$0] < best[wanted.count - 1][$1]
      }), best[wanted.count - 1][last] > none / 2
    else { return nil }
    var positions = [last]
    for i in stride(from: wanted.count - 1, to: 0, by: -1) {
      positions.append(from[i][positions[positions.count - 1]])
    }
    return FuzzyMatch(score: best[wanted.count - 1][last], positions: positions.reversed())
  }

  private static func bonus(_ letters: [Character], _ index: Int) -> Int {
    guard index > 0 else { return 12 }
    let before = letters[index - 1]
    if !before.isLetter && !before.isNumber { return 10 }
    return before.isLowercase && letters[index].isUppercase ? 8 : 1
  }

  /// The names that match, best first; equals keep their order.
  public static func ranked(
    _ query: String, _ names: [String]
  ) -> [(index: Int, match: FuzzyMatch)] {
    names.enumerated()
      .compactMap { entry in match(query, in: entry.element).map { (entry.offset, $0) } }
      .sorted { $0.1.score != $1.1.score ? $0.1.score > $1.1.score : $0.0 < $1.0 }
      .map { (index: $0.0, match: $0.1) }
  }
}

/// The list of a command palette: names with the matched letters marked, and their keys.
public struct PaletteList: Widget, Hashable {
  /// A command.
  public struct Item: Sendable, Hashable {
    public var name: String
    public var key: String

    public init(name: String, key: String = "") {
      self.name = name
      self.key = key
    }
  }

  public var items: [Item]
  public var query: String
  /// The selected row among those that match.
  public var selected: Int

  public init(_ items: [Item], query: String, selected: Int = 0) {
    self.items = items
    self.query = query
    self.selected = selected
  }

  /// Indices of the items that match, best first.
  public var matches: [Int] { FuzzyMatch.ranked(query, items.map(\.name)).map(\.index) }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let ranked = FuzzyMatch.ranked(query, items.map(\.name))
    if ranked.isEmpty {
      grid.write(
        "Nothing matches.", x: rect.x, y: rect.y, style: appearance[.dim], width: rect.width)
    }
    let top = Scrolling.top(
      showing: selected, total: ranked.count, visible: rect.height, top: 0)
    for (row, entry) in ranked.dropFirst(top).prefix(rect.height).enumerated() {
      let isSelected = top + row == selected
      let ground: Role = isSelected ? .selection : .text
      let item = items[entry.index]
      let y = rect.y + row
      if isSelected {
        grid.fill(
          Rect(x: rect.x, y: y, width: rect.width, height: 1), style: appearance[.selection])
      }
      let matched = Set(entry.match.positions)
      let spans = item.name.enumerated().map { index, letter in
        Span(
          String(letter),
          matched.contains(index)
            ? appearance.style(.match, on: ground).adding(.underline) : appearance[ground])
      }
      let keyWidth = item.key.isEmpty ? 0 : item.key.columns + 1
      let marker = isSelected ? appearance[Symbol.selected] : " "
      grid.write(marker, x: rect.x, y: y, style: appearance[ground])
      grid.write(spans, x: rect.x + 2, y: y, width: rect.width - 2 - keyWidth)
      if rect.width > keyWidth + 4 {
        grid.write(
          item.key, x: rect.right - keyWidth, y: y, style: appearance.style(.dim, on: ground),
          width: keyWidth, alignment: .right)
      }
    }
  }
}
