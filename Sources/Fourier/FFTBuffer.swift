import CFFTW
import Glibc

/// Memory aligned for FFTW, freed with its owner.
///
/// Not protected against concurrent writes: whoever holds a buffer owns it.
public final class FFTBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// Number of elements.
  public let count: Int
  /// The elements.
  public let pointer: UnsafeMutablePointer<Element>

  /// Bytes mapped for a large buffer; 0 for one from FFTW's allocator.
  private let mappedBytes: Int

  /// A buffer of zeros.
  ///
  /// Large buffers come from the system by themselves: zero already, and on large pages where the
  /// system has them, which spares the kernels most of their misses in the page tables.
  public init(count: Int) {
    self.count = count
    let bytes = max(1, count) * MemoryLayout<Element>.stride
    if bytes >= largePage, let mapped = mapLargePages(bytes: bytes) {
      mappedBytes = mapped.bytes
      pointer = mapped.address.bindMemory(to: Element.self, capacity: max(1, count))
      return
    }
    guard let memory = fftwf_malloc(bytes) else { fatalError("out of memory: \(bytes) bytes") }
    mappedBytes = 0
    pointer = memory.bindMemory(to: Element.self, capacity: max(1, count))
    clear()
  }

  deinit {
    if mappedBytes > 0 { munmap(pointer, mappedBytes) } else { fftwf_free(pointer) }
  }

  /// Sets all bytes to zero.
  public func clear() {
    UnsafeMutableRawPointer(pointer)
      .initializeMemory(
        as: UInt8.self, repeating: 0, count: count * MemoryLayout<Element>.stride)
    _ = UnsafeMutableRawPointer(pointer).bindMemory(to: Element.self, capacity: max(1, count))
  }

  /// Gives back the memory of the elements from the first one on that are not needed any more, as far as it
  /// is whole large pages: one that is in use in part stays whole. What they are then is not said.
  ///
  /// - Parameters:
  ///   - end: the first element that is still needed.
  ///   - known: the end of what was discarded before.
  public func discard(before end: Int, known: Int = 0) {
    guard mappedBytes > 0 else { return }
    func pages(_ elements: Int) -> Int {
      elements * MemoryLayout<Element>.stride / largePage * largePage
    }
    let (first, last) = (pages(known), pages(end))
    guard first < last else { return }
    madvise(UnsafeMutableRawPointer(pointer) + first, last - first, MADV_DONTNEED)
  }

  /// Copies an array of at most `count` elements to the front.
  public func copy(from array: [Element]) {
    precondition(array.count <= count)
    array.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
    }
  }

  /// The elements as an array.
  public var array: [Element] {
    largeArray(count: count) { $0.update(from: pointer, count: count) }
  }

  /// An element.
  @inlinable public subscript(index: Int) -> Element {
    get { pointer[index] }
    set { pointer[index] = newValue }
  }
}

/// Lets arrays of a megabyte and more go back to the system when they are freed, so that the memory that
/// is planned is the memory that is used: the allocator by itself keeps such arrays after a while.
public func returnLargeMemoryAtOnce() { fulcrum_return_large_memory(1 << 20) }

/// Bytes of a large page on x86-64 and most other machines.
let largePage = 2 << 20

/// Zeroed memory that begins at a large page; nil where the system has none.
private func mapLargePages(bytes: Int) -> (address: UnsafeMutableRawPointer, bytes: Int)? {
  let wanted = (bytes + largePage - 1) / largePage * largePage
  // One page more than wanted, of which the ends around the aligned part go back.
  guard
    let raw = mmap(
      nil, wanted + largePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
    raw != MAP_FAILED
  else { return nil }
  let before = (largePage - Int(bitPattern: raw) % largePage) % largePage
  let aligned = raw + before
  if before > 0 { munmap(raw, before) }
  if before < largePage { munmap(aligned + wanted, largePage - before) }
  madvise(aligned, wanted, MADV_HUGEPAGE)
  return (aligned, wanted)
}
