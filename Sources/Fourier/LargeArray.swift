import Ground
import Glibc

/// An array that `body` fills from its first element on, on large pages where it is large and the system
/// has them: most of the time that a large array costs is that of its small pages.
public func largeArray<Element: BitwiseCopyable>(
  count: Int, _ body: (UnsafeMutablePointer<Element>) -> Void
) -> [Element] {
  [Element](unsafeUninitializedCapacity: count) { buffer, initialised in
    guard let base = buffer.baseAddress, count > 0 else { return }
    let start = (UInt(bitPattern: base) + UInt(largePage) - 1) / UInt(largePage) * UInt(largePage)
    let end =
      UInt(bitPattern: base + count) / UInt(largePage) * UInt(largePage)
    if end > start, let aligned = UnsafeMutableRawPointer(bitPattern: start) {
      madvise(aligned, Int(end - start), MADV_HUGEPAGE)
    }
    body(base)
    initialised = count
  }
}

/// An array of which the free threads each fill some elements at a time: even to ask for the memory of a
/// large one is work for many.
///
/// - Parameters:
///   - chunk: elements at a time.
///   - fill: writes the elements of the range, of the array that begins at the pointer.
public func parallelArray<Element: BitwiseCopyable>(
  count: Int, chunk: Int = 1 << 16, name: StaticString = #function,
  _ fill: @Sendable (Range<Int>, UnsafeMutablePointer<Element>) -> Void
) -> [Element] {
  largeArray(count: count) { elements in
    nonisolated(unsafe) let elements = elements
    inParallel(count, chunk: chunk, name: name) { fill($0, elements) }
  }
}

/// A large array of one value.
public func parallelArray<Element: BitwiseCopyable & Sendable>(
  repeating value: Element, count: Int, name: StaticString = #function
) -> [Element] {
  parallelArray(count: count, name: name) { range, elements in
    (elements + range.lowerBound).initialize(repeating: value, count: range.count)
  }
}
