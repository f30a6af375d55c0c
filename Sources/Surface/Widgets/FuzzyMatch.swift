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
