import Ground

/// The text that names the program in the files that it writes.
public let programLabel = "Fulcrum \(programVersion)"

extension MRCVolume {
  /// Writes a map of cubic voxels, whole or not at all.
  ///
  /// - Parameters:
  ///   - voxels: index (z · size.y + y) · size.x + x.
  ///   - size: voxels along x, y and z.
  ///   - voxelSize: Å.
  ///   - origin: position of the first voxel, Å.
  ///   - mode: `.float32` or `.float16`.
  ///   - label: what the file says of its maker.
  ///   - root: as `FilePlace` has it.
  /// - Throws: a problem when the file cannot be written, or when a density is beyond `.float16`.
  public static func write(
    _ voxels: [Float], size: SIMD3<Int>, voxelSize: Double, origin: SIMD3<Float> = .zero,
    mode: MRCMode = .float32, label: String = programLabel, to path: String,
    within root: String? = nil
  ) throws(Problem) {
    precondition(voxels.count == size.x * size.y * size.z)
    var header = MRCHeader(
      columns: size.x, rows: size.y, sections: size.z, mode: mode, pixelSize: voxelSize,
      isStack: false)
    header.origin = origin
    let writer = try MRCWriter(header: header, label: label, path: path, within: root)
    try writer.append(voxels)
    try writer.finish()
  }
}

/// Writes a stack image by image; nothing is at the path until `finish()`.
public final class MRCStackWriter {
  private let writer: MRCWriter

  /// Begins a stack of images of `width` × `height` pixels of `pixelSize` Å.
  ///
  /// - Parameter mode: `.float32` or `.float16`.
  public init(
    path: String, width: Int, height: Int, pixelSize: Double, mode: MRCMode = .float32,
    label: String = programLabel
  ) throws(Problem) {
    let header = MRCHeader(
      columns: width, rows: height, sections: 0, mode: mode, pixelSize: pixelSize, isStack: true)
    writer = try MRCWriter(header: header, label: label, path: path)
  }

  /// Adds an image, x fastest, of exactly width × height pixels.
  public func append(_ image: [Float]) throws(Problem) {
    precondition(image.count == writer.header.columns * writer.header.rows)
    writer.header.sections += 1
    try writer.append(image)
  }

  /// Completes the header and gives the file its name.
  public func finish() throws(Problem) { try writer.finish() }
}

/// Values behind a header that is completed at the end.
private final class MRCWriter {
  var header: MRCHeader
  private let file: AtomicFile
  private var statistics = MRCStatistics()
  private var bytes: [UInt8] = []

  init(
    header: MRCHeader, label: String, path: String, within root: String? = nil
  ) throws(Problem) {
    precondition(header.mode == .float32 || header.mode == .float16, "only modes 2 and 12")
    self.header = header
    self.header.labels = [label]
    file = try AtomicFile(path: path, within: root)
    try file.append(self.header.encoded())
  }

  func append(_ values: [Float]) throws(Problem) {
    let piece = 1 << 18
    var done = 0
    while done < values.count {
      let next = min(piece, values.count - done)
      let width = header.mode.byteCount
      if bytes.count != next * width { bytes = [UInt8](repeating: 0, count: next * width) }
      let tooLarge = values.withUnsafeBufferPointer { all in
        let part = UnsafeBufferPointer(rebasing: all[done..<done + next])
        if header.mode == .float16 {
          // What is stated is what is stored.
          part.map { Float(Float16($0)) }.withUnsafeBufferPointer { statistics.add($0) }
        } else {
          statistics.add(part)
        }
        return encode(part, mode: header.mode, into: &bytes)
      }
      if let tooLarge {
        throw Problem(
          "\(file.path): the value \(values[done + tooLarge]) is too large for 16-bit numbers",
          whatToDo: "Write 32-bit numbers (mode 2).")
      }
      try file.append(bytes)
      done += next
    }
  }

  func finish() throws(Problem) {
    statistics.describe(&header)
    try file.overwrite(header.encoded(), at: 0)
    try file.commit()
  }
}
