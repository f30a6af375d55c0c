import CFFTW

/// Memory aligned for FFTW, freed with its owner.
///
/// Not protected against concurrent writes: whoever holds a buffer owns it.
public final class FFTBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// Number of elements.
  public let count: Int
  /// The elements.
  public let pointer: UnsafeMutablePointer<Element>

  /// A buffer of zeros.
  public init(count: Int) {
    self.count = count
    guard let memory = fftwf_malloc(max(1, count) * MemoryLayout<Element>.stride) else {
      fatalError("out of memory: \(count * MemoryLayout<Element>.stride) bytes")
    }
    pointer = memory.bindMemory(to: Element.self, capacity: max(1, count))
    clear()
  }

  deinit { fftwf_free(pointer) }

  /// Sets all bytes to zero.
  public func clear() {
    UnsafeMutableRawPointer(pointer)
      .initializeMemory(
        as: UInt8.self, repeating: 0, count: count * MemoryLayout<Element>.stride)
    _ = UnsafeMutableRawPointer(pointer).bindMemory(to: Element.self, capacity: max(1, count))
  }

  /// Copies an array of at most `count` elements to the front.
  public func copy(from array: [Element]) {
    precondition(array.count <= count)
    array.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
    }
  }

  /// The elements as an array.
  public var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// An element.
  @inlinable public subscript(index: Int) -> Element {
    get { pointer[index] }
    set { pointer[index] = newValue }
  }
}
