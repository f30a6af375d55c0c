/// Unpacks an LZ4 block (the format's description is lz4_Block_format.md of the LZ4 project).
///
/// - Parameters:
///   - packed: the block, without a frame.
///   - count: bytes of the content.
/// - Returns: the content; nil when the block is damaged or its content has another size.
func unpackLZ4(_ packed: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
  // No block does better than 255 to 1, so a larger promise is a lie not to take memory for.
  guard count / 255 <= packed.count else { return nil }
  var content = [UInt8]()
  content.reserveCapacity(count)
  var position = 0

  /// A length: a nibble, continued in further bytes when it is 15.
  func length(_ nibble: UInt8) -> Int? {
    var length = Int(nibble)
    guard nibble == 15 else { return length }
    while true {
      guard position < packed.count, length <= count else { return nil }
      let byte = packed[position]
      position += 1
      length += Int(byte)
      if byte < 255 { return length }
    }
  }

  while position < packed.count {
    let token = packed[position]
    position += 1
    guard let literals = length(token >> 4), literals <= packed.count - position,
      literals <= count - content.count
    else { return nil }
    content.append(contentsOf: packed[position..<position + literals])
    position += literals
    // The last sequence has no match.
    if position == packed.count { break }
    guard packed.count - position >= 2 else { return nil }
    let distance = Int(packed[position]) | Int(packed[position + 1]) << 8
    position += 2
    guard distance > 0, distance <= content.count, let extra = length(token & 15),
      extra + 4 <= count - content.count
    else { return nil }
    // A match may reach into what it appends.
    for _ in 0..<extra + 4 { content.append(content[content.count - distance]) }
  }
  return content.count == count ? content : nil
}
