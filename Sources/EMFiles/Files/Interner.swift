/// Gives equal texts one index; cheap when rows repeat the text of the row before.
///
/// The bytes of the last text must stay valid until the next one is given.
struct Interner {
  /// Each different text once.
  private(set) var values: [String] = []
  private var known: [String: Int32] = [:]
  private var last: UnsafeRawBufferPointer?
  private var lastIndex: Int32 = 0

  /// The index of a text.
  mutating func index(
    of bytes: UnsafeRawBufferPointer,
    decode: (UnsafeRawBufferPointer) -> String = { String(decoding: $0, as: UTF8.self) }
  ) -> Int32 {
    if let last, last.count == bytes.count, last.elementsEqual(bytes) { return lastIndex }
    let value = decode(bytes)
    let index = known[value] ?? Int32(values.count)
    if index == values.count {
      values.append(value)
      known[value] = index
    }
    (last, lastIndex) = (bytes, index)
    return index
  }
}
