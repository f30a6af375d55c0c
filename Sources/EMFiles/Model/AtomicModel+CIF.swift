import Ground

extension AtomicModel {
  /// Reads the loop _atom_site of an mmCIF file; other tables are passed over word by word.
  mutating func readCIF(_ bytes: [UInt8], path: String) throws(Problem) {
    var words = CIFWords(bytes)
    var columns: [String] = []
    while let word = words.next() {
      guard !word.isQuoted else { continue }
      let text = words.text(word)
      if text.lowercased() == "loop_" {
        columns = []
      } else if text.lowercased().hasPrefix("_atom_site.") {
        columns.append(String(text.dropFirst("_atom_site.".count)))
        // The values begin behind the last name.
        guard let next = words.peek(), next.isQuoted || bytes[next.range.lowerBound] != 0x5F else {
          continue
        }
        try readAtoms(&words, columns: columns, path: path)
        return
      }
    }
  }

  private mutating func readAtoms(
    _ words: inout CIFWords, columns: [String], path: String
  ) throws(Problem) {
    func column(_ names: String...) throws(Problem) -> Int {
      for name in names {
        if let index = columns.firstIndex(of: name) { return index }
      }
      throw Problem(
        "\(path): _atom_site has no column \(names[0])",
        whatToDo: "Save the model again as mmCIF.")
    }
    let axes = [try column("Cartn_x"), try column("Cartn_y"), try column("Cartn_z")]
    let chain = try column("auth_asym_id", "label_asym_id")
    let residue = try column("auth_seq_id", "label_seq_id")
    let kind = try? column("label_comp_id", "auth_comp_id")
    let model = try? column("pdbx_PDB_model_num")
    var firstModel: String?
    var row: [CIFWords.Word] = []
    while let word = words.peek(), !words.endsLoop(word) {
      row.removeAll(keepingCapacity: true)
      for _ in columns.indices {
        guard let word = words.peek(), !words.endsLoop(word) else {
          throw Problem(
            "\(path), line \(words.line): the last row of _atom_site has \(row.count) values instead "
              + "of \(columns.count)",
            whatToDo: "It is cut off: make or copy the file again.")
        }
        row.append(word)
        _ = words.next()
      }
      if let model {
        let number = words.text(row[model])
        firstModel = firstModel ?? number
        if number != firstModel { continue }
      }
      if let kind, Self.waters.contains(words.text(row[kind])) { continue }
      var position = SIMD3<Double>.zero
      for axis in 0..<3 {
        let text = words.text(row[axes[axis]])
        guard let value = Double(text), value.isFinite else {
          throw Problem(
            "\(path), line \(words.line): the atom's coordinate “\(text)” is not a number",
            whatToDo: "Mend the row, or save the model again.")
        }
        position[axis] = value
      }
      // Single atoms may have no residue's number.
      add(position, chain: words.text(row[chain]), residue: Int(words.text(row[residue])) ?? 0)
    }
  }
}

/// The words of a CIF file: parted by spaces, or in quotes, or between lines that begin with semicolons.
private struct CIFWords {
  struct Word {
    var range: Range<Int>
    /// In quotes or between semicolons, so that it is never a name or a keyword.
    var isQuoted: Bool
  }

  private let bytes: [UInt8]
  private var position = 0
  private var ahead: Word?
  /// The line that is being read, from 1.
  private(set) var line = 1

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func text(_ word: Word) -> String { String(decoding: bytes[word.range], as: UTF8.self) }

  /// Whether a word is no value: the next name, loop or block.
  func endsLoop(_ word: Word) -> Bool {
    guard !word.isQuoted else { return false }
    let first = bytes[word.range.lowerBound]
    if first == 0x5F { return true }
    guard first == UInt8(ascii: "l") || first == UInt8(ascii: "d") || first == UInt8(ascii: "s")
    else { return false }
    let text = text(word)
    return text == "loop_" || text.hasPrefix("data_") || text.hasPrefix("save_")
  }

  mutating func peek() -> Word? {
    if ahead == nil { ahead = read() }
    return ahead
  }

  mutating func next() -> Word? {
    defer { ahead = nil }
    return ahead ?? read()
  }

  private mutating func read() -> Word? {
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x0A { line += 1 }
      if byte <= 0x20 {
        position += 1
      } else if byte == UInt8(ascii: "#") {
        while position < bytes.count && bytes[position] != 0x0A { position += 1 }
      } else {
        break
      }
    }
    guard position < bytes.count else { return nil }
    let first = bytes[position]
    if first == UInt8(ascii: ";") && (position == 0 || bytes[position - 1] == 0x0A) {
      return readLines()
    }
    if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") { return readQuoted(first) }
    let start = position
    while position < bytes.count && bytes[position] > 0x20 { position += 1 }
    return Word(range: start..<position, isQuoted: false)
  }

  /// A quote ends where a space follows it.
  private mutating func readQuoted(_ quote: UInt8) -> Word {
    position += 1
    let start = position
    while position < bytes.count && bytes[position] != 0x0A {
      if bytes[position] == quote, position + 1 >= bytes.count || bytes[position + 1] <= 0x20 {
        break
      }
      position += 1
    }
    let end = position
    if position < bytes.count && bytes[position] == quote { position += 1 }
    return Word(range: start..<end, isQuoted: true)
  }

  private mutating func readLines() -> Word {
    position += 1
    let start = position
    while position < bytes.count {
      if bytes[position] == 0x0A {
        line += 1
        if position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: ";") {
          let end = position
          position += 2
          return Word(range: start..<end, isQuoted: true)
        }
      }
      position += 1
    }
    return Word(range: start..<position, isQuoted: true)
  }
}
