/// The name spelled most like `name`, for "did you mean"; nil for no names.
///
/// Case and the table in front of a key count less than a different word: `Rotation_Extent` finds
/// `search.rotation_extent`.
public func nearestName(to name: String, among names: [String]) -> String? {
  // No name is longer; of a longer one the beginning tells as much.
  let wanted = String(name.prefix(60)).lowercased()
  let wantedTail = lastPart(wanted)
  func distance(_ candidate: String) -> Int {
    // A name that was begun and not finished.
    if candidate.lowercased().hasPrefix(wanted), !wanted.isEmpty { return 1 }
    let whole = 2 * editDistance(wanted, candidate.lowercased())
    let tail = 2 * editDistance(wantedTail, lastPart(candidate.lowercased())) + 1
    return min(whole, tail)
  }
  return names.min { distance($0) < distance($1) }
}

private func lastPart(_ key: String) -> String {
  String(key.split(separator: ".").last ?? Substring(key))
}

/// The number of insertions, deletions, substitutions and swaps of neighbours that make one text of
/// the other (optimal string alignment).
public func editDistance(_ left: String, _ right: String) -> Int {
  let a = Array(left)
  let b = Array(right)
  var beforePrevious: [Int] = []
  var previous = Array(0...b.count)
  for i in 0..<a.count {
    var current = [i + 1]
    for j in 0..<b.count {
      var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, beforePrevious[j - 1] + 1)
      }
      current.append(best)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.count]
}
