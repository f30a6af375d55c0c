import Fourier
import Glibc
import Ground

/// The memory of the packed images: the process's own, or a file that the system pages in and out.
///
/// The file has no name once it is open, so that nobody ever reads it for another run's, and it is gone
/// with the process however that ends. Its blocks are reserved at once: a full disk is found before the
/// work and not by a signal in the middle of it.
final class PackedStorage: Sendable {
  /// The floats, zero at first.
  nonisolated(unsafe) let pointer: UnsafeMutablePointer<Float>
  private let memory: FFTBuffer<Float>?
  private let mappedBytes: Int

  /// Floats in memory.
  init(count: Int) {
    let buffer = FFTBuffer<Float>(count: count)
    memory = buffer
    pointer = buffer.pointer
    mappedBytes = 0
  }

  /// Floats in a file in a folder.
  ///
  /// - Throws: `Problem` when the folder cannot be written or has no room.
  init(count: Int, scratch folder: String) throws(Problem) {
    memory = nil
    mappedBytes = max(1, count) * MemoryLayout<Float>.stride
    pointer = try Self.mapped(bytes: mappedBytes, in: folder)
  }

  var isInFile: Bool { mappedBytes > 0 }

  /// Takes floats out of the process's memory that are in a file as well. What shares a page with them
  /// goes along, and comes back from the file, too.
  func release(_ range: Range<Int>) {
    guard mappedBytes > 0 else { return }
    let stride = MemoryLayout<Float>.stride
    let page = sysconf(Int32(_SC_PAGESIZE))
    let first = range.lowerBound * stride / page * page
    let end = min(range.upperBound * stride, mappedBytes)
    madvise(UnsafeMutableRawPointer(pointer) + first, end - first, MADV_DONTNEED)
  }

  deinit {
    if mappedBytes > 0 { munmap(pointer, mappedBytes) }
  }

  private static func mapped(
    bytes: Int, in folder: String
  ) throws(Problem) -> UnsafeMutablePointer<Float> {
    func problem(_ what: String) -> Problem {
      Problem(
        "\(folder): \(what) for \(bytes >> 20) MiB of packed images: \(String(cString: strerror(errno)))",
        whatToDo: "Give compute.cache_dir a folder on a local disk with room, or leave it out.")
    }
    var template = Array((folder + "/fulcrum-XXXXXX").utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw problem("no scratch file") }
    defer { close(file) }
    unlink(template)
    errno = posix_fallocate(file, 0, bytes)
    guard errno == 0 else { throw problem("no room") }
    guard
      let address = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
      address != MAP_FAILED
    else { throw problem("no mapping") }
    return address.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride)
  }
}
