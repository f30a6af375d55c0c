import Ground

/// The bytes of a value in a file, without quotes: valid as long as what they were read from is held.
@frozen public struct FieldText: RandomAccessCollection, @unchecked Sendable {
  @usableFromInline let bytes: UnsafeRawBufferPointer

  @inlinable init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { bytes.count }
  @inlinable public subscript(index: Int) -> UInt8 { bytes[index] }

  /// The number that it says; nil where it is none.
  public var number: Double? { Ground.number(bytes) }
}

/// Appends a value of a file as one of a STAR file, in quotes where it needs them.
public func appendSTARText(_ text: FieldText, to bytes: inout [UInt8]) {
  appendSTARText(text.bytes, to: &bytes)
}
