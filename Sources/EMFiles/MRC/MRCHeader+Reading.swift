import Ground

extension MRCHeader {
  /// Reads the header of a file, packed by gzip or not, and checks it against the file's size.
  ///
  /// Only the header is read, so this is cheap for files of any size; for a packed file the size of
  /// the content is not known and not checked.
  ///
  /// - Parameter asStack: whether the file is to be a stack, where images that the header does not
  ///   know of are an error; behind a map, `trailingByteCount` tells of them.
  /// - Throws: a problem that names the file and what is wrong: not an MRC file, a mode that is not
  ///   read, sizes that contradict the file's own.
  public init(path: String, asStack: Bool = false) throws(Problem) {
    let file = try InputFile(path: path)
    let start = try file.bytes(at: 0, count: MRCHeader.byteCount)
    if FileSignature(Array(start.prefix(64))) == .gzip {
      let packed = try GzipReader(path: path)
      try self.init(bytes: packed.bytes(count: MRCHeader.byteCount), path: path)
    } else {
      try self.init(bytes: start, path: path)
      try checkSize(of: file, asStack: asStack)
    }
  }

  /// Interprets the first 1024 bytes of a file.
  ///
  /// - Parameter path: for messages.
  init(bytes: [UInt8], path: String) throws(Problem) {
    let signature = FileSignature(bytes)
    if signature != .mrc, let description = signature.description {
      throw Problem("\(path) is \(description), not an MRC file", whatToDo: signature.advice)
    }
    guard bytes.count == MRCHeader.byteCount else {
      throw Problem(
        "\(path) has \(bytes.count) bytes; the header of an MRC file has \(MRCHeader.byteCount)",
        whatToDo: "The file is cut off or not an MRC file: make or copy it again.")
    }
    guard let fields = HeaderFields.plausible(bytes) else {
      throw Problem(
        "\(path) is not an MRC file: neither byte order makes sense of its header",
        whatToDo: "Check that the right file was given.")
    }
    guard let mode = MRCMode(rawValue: fields.int(12)) else {
      let name = MRCMode.refused[fields.int(12)] ?? "unknown"
      throw Problem(
        "\(path) has mode \(fields.int(12)) (\(name)), which is not read",
        whatToDo: "Convert it to mode 2 (32-bit numbers).")
    }
    self.init(fields: fields, mode: mode)
    try checkAxes(path: path, axes: SIMD3(fields.int(64), fields.int(68), fields.int(72)))
    guard fields.int(92) >= 0 else {
      throw Problem(
        "\(path): its header says that \(fields.int(92)) bytes of extended header follow",
        whatToDo: "The header is damaged: make or copy the file again.")
    }
  }

  private init(fields: HeaderFields, mode: MRCMode) {
    columns = Int(fields.int(0))
    rows = Int(fields.int(4))
    sections = Int(fields.int(8))
    self.mode = mode
    start = fields.ints(16)
    sampling = fields.ints(28)
    cell = fields.floats(40)
    angles = fields.floats(52)
    (minimum, maximum, mean) = (fields.float(76), fields.float(80), fields.float(84))
    spaceGroup = fields.int(88)
    extendedByteCount = Int(fields.int(92))
    extendedType = fields.text(104, count: 4)
    origin = fields.floats(196)
    rms = fields.float(216)
    isLittleEndian = fields.isLittleEndian
    let labelCount = min(max(fields.int(220), 0), 10)
    labels = (0..<Int(labelCount)).map { fields.text(224 + 80 * $0, count: 80) }
  }

  /// Old files leave the axes zero, which means x, y, z.
  private mutating func checkAxes(path: String, axes stated: SIMD3<Int32>) throws(Problem) {
    if stated == SIMD3(0, 0, 0) { return }
    guard Set([stated.x, stated.y, stated.z]) == [1, 2, 3] else {
      throw Problem(
        "\(path): its header gives the axes \(stated.x) \(stated.y) \(stated.z), not an order of "
          + "1 2 3",
        whatToDo: "The header is damaged: make or copy the file again.")
    }
    axes = stated
  }

  /// Checks that the values the header promises are in the file, and for a stack that no further
  /// images are.
  ///
  /// A rest smaller than an image is let through: some writers pad.
  mutating func checkSize(of file: InputFile, asStack: Bool) throws(Problem) {
    let shape = "\(columns) × \(rows) × \(sections) values of \(mode.byteCount) bytes"
    guard let section = sectionByteCount, let values = valuesByteCount,
      values <= Int.max - dataOffset
    else {
      throw Problem(
        "\(file.path): its header promises \(shape), more than any file holds",
        whatToDo: "The header is damaged: make or copy the file again.")
    }
    let present = file.size - dataOffset
    guard present >= values else {
      throw Problem(
        "\(file.path) is cut off: its header promises \(shape), \(values + dataOffset) bytes in "
          + "all, and the file has \(file.size), enough for \(max(0, present) / section) of "
          + "\(sections) sections",
        whatToDo: "Make or copy the file again.")
    }
    trailingByteCount = present - values
    guard !asStack || trailingByteCount < section else {
      throw Problem(
        "\(file.path): its header promises \(sections) images, and the file holds "
          + "\(present / section)",
        whatToDo: "The program that wrote it was interrupted: write the file again.")
    }
  }
}

/// The bytes of a header in a byte order.
private struct HeaderFields {
  let bytes: [UInt8]
  let isLittleEndian: Bool

  /// The header in the byte order that its stamp names, or in the other when only that makes sense:
  /// old programs leave the stamp empty, and some write a wrong one.
  static func plausible(_ bytes: [UInt8]) -> HeaderFields? {
    let bigFirst = bytes[212] == 0x11
    return [!bigFirst, bigFirst]
      .map { HeaderFields(bytes: bytes, isLittleEndian: $0) }
      .first { $0.isPlausible }
  }

  private var isPlausible: Bool {
    [0, 4, 8].allSatisfy { int($0) > 0 } && MRCMode.exists(int(12))
      && [64, 68, 72].allSatisfy { (0...3).contains(int($0)) }
  }

  func int(_ offset: Int) -> Int32 { Int32(bitPattern: word(offset)) }
  func float(_ offset: Int) -> Float { Float(bitPattern: word(offset)) }
  func ints(_ offset: Int) -> SIMD3<Int32> {
    SIMD3(int(offset), int(offset + 4), int(offset + 8))
  }
  func floats(_ offset: Int) -> SIMD3<Float> {
    SIMD3(float(offset), float(offset + 4), float(offset + 8))
  }
  func text(_ offset: Int, count: Int) -> String {
    let content = bytes[offset..<offset + count].prefix { $0 != 0 }
    let trimmed = content.reversed().drop { $0 == 0x20 }.reversed()
    return String(decoding: Array(trimmed), as: UTF8.self)
  }

  private func word(_ offset: Int) -> UInt32 {
    let order = isLittleEndian ? [3, 2, 1, 0] : [0, 1, 2, 3]
    return order.reduce(0) { $0 << 8 | UInt32(bytes[offset + $1]) }
  }
}
