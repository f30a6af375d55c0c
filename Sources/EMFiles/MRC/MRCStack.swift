import Ground

/// A stack of images, read image by image, by any number of threads at a time.
///
/// There may be more stacks than the system lets a process have open: they are opened in turn.
public final class MRCStack: Sendable {
  /// The header of the file.
  public let header: MRCHeader
  private let file: RotatingFile

  /// Opens a stack and checks its header against the file's size; reads no image.
  ///
  /// - Throws: a problem when the file is not an MRC file, is packed, or holds fewer or more images
  ///   than its header says.
  public init(path: String, among files: OpenFiles = .shared) throws(Problem) {
    self.file = try RotatingFile(path: path, among: files)
    let file = try self.file.opened()
    var header = try MRCHeader(bytes: file.bytes(at: 0, count: MRCHeader.byteCount), path: path)
    try header.checkSize(of: file, asStack: true)
    self.header = header
    guard header.axes == SIMD3(1, 2, 3) else {
      throw Problem(
        "\(path): a stack of images has x along columns and y along rows; its header says "
          + "\(header.axes.x) \(header.axes.y) \(header.axes.z)",
        whatToDo: "Check that it is a stack of images and not a map.")
    }
  }

  /// The path as it was given.
  public var path: String { file.path }
  /// Images in the stack.
  public var count: Int { header.sections }
  /// Pixels along x and y of an image.
  public var width: Int { header.columns }
  public var height: Int { header.rows }
  /// Pixel size, Å; zero where the header does not say.
  public var pixelSize: Double { header.voxelSize.x }

  /// Reads image `index` (from 0) into `buffer` of width × height numbers, x fastest.
  ///
  /// - Throws: a problem when there is no such image, when reading fails, or when the file was changed
  ///   since it was opened: what is in it now belongs to nothing that was read before.
  public func read(
    image index: Int, into buffer: UnsafeMutableBufferPointer<Float>
  ) throws(Problem) {
    precondition(buffer.count == width * height, "an image fills its buffer")
    guard index >= 0, index < count else {
      throw Problem(
        "\(path) has \(Format.counted(count, "image")); there is no image \(index + 1)",
        whatToDo: "Check that the particle file belongs to this stack.")
    }
    let byteCount = buffer.count * header.mode.byteCount
    let offset = header.dataOffset + index * byteCount
    if header.mode == .float32 && header.isLittleEndian {
      try fill(UnsafeMutableRawBufferPointer(buffer), at: offset, image: index)
      return
    }
    var failure: Problem?
    withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 16) { raw in
      do throws(Problem) {
        try fill(raw, at: offset, image: index)
        decode(
          UnsafeRawBufferPointer(raw), mode: header.mode, swapped: !header.isLittleEndian,
          into: buffer)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Reads an image into `pixels`, width × height of them, x fastest.
  ///
  /// - Throws: as with a buffer.
  public func read(image index: Int, into pixels: inout MutableSpan<Float>) throws(Problem) {
    var failure: Problem?
    pixels.withUnsafeMutableBufferPointer { buffer in
      do throws(Problem) { try read(image: index, into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Image `index` (from 0), x fastest.
  public func image(_ index: Int) throws(Problem) -> [Float] {
    var pixels = [Float](repeating: 0, count: width * height)
    var span = pixels.mutableSpan
    try read(image: index, into: &span)
    return pixels
  }

  private func fill(
    _ raw: UnsafeMutableRawBufferPointer, at offset: Int, image: Int
  ) throws(Problem) {
    let file = try self.file.opened()
    let advice = "Do not change particle stacks while a refinement runs."
    guard try file.read(into: raw, at: offset) == raw.count else {
      throw Problem(
        "\(path), image \(image + 1): cut off; the file became shorter while it was in use",
        whatToDo: advice)
    }
    guard !file.hasChanged else {
      throw Problem(
        "\(path), image \(image + 1): the file was written to while it was in use",
        whatToDo: advice)
    }
  }
}
