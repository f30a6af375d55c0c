import Ground

/// A density map as an MRC or CCP4 file holds it, brought to the order x fastest, then y, then z.
public struct MRCVolume: Sendable {
  /// The header as it is in the file, in the file's own axis order.
  public var header: MRCHeader
  /// Voxels along x, y and z.
  public let size: SIMD3<Int>
  /// The densities, index (z · size.y + y) · size.x + x.
  public var voxels: [Float]

  /// Voxel edges along x, y and z, Å; zero where the header does not say.
  public var voxelSize: SIMD3<Double> { header.voxelSize }

  /// Reads a whole map, packed by gzip or not, in either byte order and with any order of axes.
  ///
  /// - Parameters:
  ///   - root: as `FilePlace` has it.
  ///   - check: is shown the header before any voxel is read; throws to refuse the file.
  /// - Throws: a problem that names the file and what is wrong with it, before memory is taken for
  ///   sizes that the file cannot hold, or for more than `largestCount` voxels.
  public init(
    path: String, within root: String? = nil,
    check: (MRCHeader) throws(Problem) -> Void = { _ in }
  ) throws(Problem) {
    let file = try InputFile(path: path, within: root)
    let start = try file.bytes(at: 0, count: MRCHeader.byteCount)
    let isPacked = FileSignature(Array(start.prefix(64))) == .gzip
    let (header, stored) =
      try isPacked
      ? readPacked(file, check: check) : readPlain(file, start: start, check: check)
    self.header = header
    size = header.size
    voxels = ordered(stored, header: header)
  }

  /// Voxels that are read at most, a box of 2048: a file with holes is as long as it likes and takes no
  /// room on a disk.
  public static let largestCount = 1 << 33

  /// Index of the first voxel that is infinite or not a number.
  public var firstNonFinite: Int? { voxels.firstIndex { !$0.isFinite } }
}

/// Reads and converts values in pieces, so that the stored form needs no memory of its own.
///
/// - Parameter read: fills a buffer from an offset into the values; returns the bytes it got.
private func readValues(
  count: Int, _ header: MRCHeader, _ path: String,
  read: (UnsafeMutableRawBufferPointer, Int) throws(Problem) -> Int
) throws(Problem) -> [Float] {
  let width = header.mode.byteCount
  let piece = 1 << 18
  var values = [Float](repeating: 0, count: count)
  var raw = [UInt8](repeating: 0, count: min(count, piece) * width)
  let swapped = !header.isLittleEndian
  var done = 0
  while done < count {
    let next = min(piece, count - done)
    var failure: Problem?
    raw.withUnsafeMutableBytes { buffer in
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(next * width)])
      do throws(Problem) {
        guard try read(part, done * width) == part.count else { throw shortened(path) }
        values.withUnsafeMutableBufferPointer { output in
          decode(
            UnsafeRawBufferPointer(part), mode: header.mode, swapped: swapped,
            into: UnsafeMutableBufferPointer(rebasing: output[done..<done + next]))
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    done += next
  }
  return values
}

/// Reads a map whose first bytes are `start`.
private func readPlain(
  _ file: InputFile, start: [UInt8], check: (MRCHeader) throws(Problem) -> Void
) throws(Problem) -> (MRCHeader, [Float]) {
  var header = try MRCHeader(bytes: start, path: file.path)
  try header.checkSize(of: file, asStack: false)
  try checkCount(header, path: file.path)
  try check(header)
  let stored = try readValues(
    count: header.columns * header.rows * header.sections, header, file.path
  ) { [start = header.dataOffset] buffer, offset throws(Problem) in
    try file.read(into: buffer, at: start + offset)
  }
  return (header, stored)
}

/// Reads a map packed by gzip.
private func readPacked(
  _ file: InputFile, check: (MRCHeader) throws(Problem) -> Void
) throws(Problem) -> (MRCHeader, [Float]) {
  let path = file.path
  let packed = try GzipReader(path: path)
  let header = try MRCHeader(bytes: packed.bytes(count: MRCHeader.byteCount), path: path)
  // Deflate never does better than 1032 to 1, so a header that promises more lies.
  guard let values = header.valuesByteCount, values <= Int.max - header.dataOffset,
    (values + header.dataOffset) / 1032 <= file.size
  else {
    throw Problem(
      "\(path): its header promises \(header.columns) × \(header.rows) × \(header.sections) values, "
        + "more than a packed file of \(file.size) bytes can hold",
      whatToDo: "The header is damaged: make or copy the file again.")
  }
  try checkCount(header, path: path)
  try check(header)
  guard try packed.bytes(count: header.extendedByteCount).count == header.extendedByteCount else {
    throw shortened(path)
  }
  let stored = try readValues(
    count: header.columns * header.rows * header.sections, header, path
  ) { buffer, _ throws(Problem) in try packed.read(into: buffer) }
  return (header, stored)
}

private func checkCount(_ header: MRCHeader, path: String) throws(Problem) {
  let count = product([header.columns, header.rows, header.sections]) ?? Int.max
  guard count <= MRCVolume.largestCount else {
    throw Problem(
      "\(path) has \(header.columns) × \(header.rows) × \(header.sections) voxels, more than are read "
        + "(\(MRCVolume.largestCount))",
      whatToDo: "Give a map of one particle; stacks of images are no maps.")
  }
}

private func shortened(_ path: String) -> Problem {
  Problem(
    "\(path) ends before the last value that its header promises",
    whatToDo: "It is cut off or is being written: make or copy the file again.")
}

/// Values in the file's axis order brought to x fastest.
private func ordered(_ stored: [Float], header: MRCHeader) -> [Float] {
  if header.axes == SIMD3(1, 2, 3) { return stored }
  let size = header.size
  let strideOfAxis = [1, size.x, size.x * size.y]
  let strides = (0..<3).map { strideOfAxis[Int(header.axes[$0]) - 1] }
  var voxels = [Float](repeating: 0, count: stored.count)
  var index = 0
  for section in 0..<header.sections {
    for row in 0..<header.rows {
      var target = section * strides[2] + row * strides[1]
      for _ in 0..<header.columns {
        voxels[target] = stored[index]
        index += 1
        target += strides[0]
      }
    }
  }
  return voxels
}
