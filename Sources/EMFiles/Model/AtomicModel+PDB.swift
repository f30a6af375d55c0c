import Ground

extension AtomicModel {
  /// Reads the fixed columns of ATOM and HETATM records (wwPDB format 3.30): chain 22, residue 23–26,
  /// x 31–38, y 39–46, z 47–54, counted from 1.
  mutating func readPDB(_ bytes: [UInt8], path: String) throws(Problem) {
    var number = 0
    var start = 0
    while start < bytes.count {
      number += 1
      var end = start
      while end < bytes.count && bytes[end] != 0x0A { end += 1 }
      let line = bytes[start..<end]
      start = end + 1
      // The first model alone.
      if line.starts(with: Array("ENDMDL".utf8)) { return }
      guard line.starts(with: Array("ATOM  ".utf8)) || line.starts(with: Array("HETATM".utf8))
      else { continue }
      func problem(_ what: String) -> Problem {
        Problem(
          "\(path), line \(number): \(what)",
          whatToDo: "Mend the record, or save the model again; .cif has no columns to miss.")
      }
      func text(_ columns: ClosedRange<Int>) -> String {
        let from = line.startIndex + columns.lowerBound - 1
        let to = min(line.startIndex + columns.upperBound, line.endIndex)
        guard from < to else { return "" }
        return String(decoding: line[from..<to], as: UTF8.self).trimmed
      }
      if Self.waters.contains(text(18...20)) { continue }
      var position = SIMD3<Double>.zero
      for (axis, columns) in [31...38, 39...46, 47...54].enumerated() {
        guard let value = Double(text(columns)), value.isFinite else {
          throw problem("the atom's coordinate “\(text(columns))” is not a number")
        }
        position[axis] = value
      }
      let residue = text(23...26)
      guard let value = Int(residue) ?? Self.hybridNumber(residue) else {
        throw problem("the residue's number “\(residue)” is not a number")
      }
      add(position, chain: text(22...22), residue: value)
    }
  }

  /// A residue's number beyond 9999 in four characters: the first a letter, all to the base of 36
  /// (hybrid-36 of cctbx); nil for anything else.
  private static func hybridNumber(_ text: String) -> Int? {
    guard text.utf8.count == 4, let first = text.first, first.isLetter,
      text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }),
      let value = Int(text, radix: 36)
    else { return nil }
    let cube = 36 * 36 * 36
    // Capitals come first: A000 is 10000, and a000 follows ZZZZ.
    return first.isUppercase ? value - 10 * cube + 10_000 : value + 16 * cube + 10_000
  }
}
