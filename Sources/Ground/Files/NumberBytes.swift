import Glibc

extension [UInt8] {
  /// Adds the bytes of a number, in this machine's order.
  public mutating func append(bytesOf number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number) { self += $0 }
  }

  /// The number whose bytes begin at a place, in this machine's order; they must be there.
  public func number<Number: FixedWidthInteger>(_ type: Number.Type, at place: Int) -> Number {
    precondition(place >= 0 && place + MemoryLayout<Number>.size <= count, "bytes of a number")
    return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: type) }
  }
}

/// What `write` says of some bytes: how many were taken, or a negative number, with `errno`.
///
/// - Parameter place: in the file; nil for its end, or wherever it stands.
public func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at place: Int? = nil) -> Int {
  bytes.withUnsafeBytes { bytes in
    if let place { return pwrite(file, bytes.baseAddress, bytes.count, off_t(place)) }
    return Glibc.write(file, bytes.baseAddress, bytes.count)
  }
}
