import CryoEM

/// Values whose memory is all there is to them: an array of them is a column as it lies there.
///
/// A field that is added to such a type is saved without another word about it; what the type looks
/// like distinguishes checkpoints (see `layoutDescription`), so that it is never read as another.
protocol PlainData: BitwiseCopyable, Columned {}

extension PlainData {
  static func move(_ all: inout [Self], _ columns: inout Columns) { columns.move(&all) }

  /// A single one goes with the text, its bytes as numbers.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    var bytes: [UInt8] = []
    [self].withBytes { bytes = Array($0) }
    try container.encode(bytes)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let values = [Self](copying: try container.decode([UInt8].self)[...]), values.count == 1
    else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "the bytes are not those of one value")
    }
    self = values[0]
  }

  /// A value with all bits zero, to look at its fields.
  static var zero: Self {
    withUnsafeTemporaryAllocation(of: Self.self, capacity: 1) { memory in
      UnsafeMutableRawBufferPointer(memory).initializeMemory(as: UInt8.self, repeating: 0)
      return memory[0]
    }
  }
}

extension Bool: PlainData {}
extension Int: PlainData {}
extension Int32: PlainData {}
extension Int64: PlainData {}
extension UInt8: PlainData {}
extension UInt32: PlainData {}
extension UInt64: PlainData {}
extension Float: PlainData {}
extension Double: PlainData {}
extension Alignment: PlainData {}
extension PosePosterior: PlainData {}
extension PoseLikelihood: PlainData {}
extension SearchPass.Outcome: PlainData {}
extension SearchPass.Finding: PlainData {}
extension CommonMotion: PlainData {}
extension MotionModel: PlainData {}
extension ImageTransformer.Background: PlainData {}

/// Arrays of plain data, by their bytes.
protocol PlainArray {
  static var elementDescription: String { get }
  var byteCount: Int { get }
  func withBytes<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure)
  /// nil where the bytes are not whole elements.
  init?(copying bytes: ArraySlice<UInt8>)
}

extension Array: PlainArray where Element: PlainData {
  static var elementDescription: String { layoutDescription(of: Element.zero) }

  var byteCount: Int { count * MemoryLayout<Element>.stride }

  func withBytes<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    withUnsafeBytes { bytes in
      do throws(Failure) { try body(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  init?(copying bytes: ArraySlice<UInt8>) {
    let stride = MemoryLayout<Element>.stride
    guard bytes.count % stride == 0 else { return nil }
    self.init(unsafeUninitializedCapacity: bytes.count / stride) { buffer, count in
      UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
      count = bytes.count / stride
    }
  }
}

/// The fields of a value with their names and types, all the way down; of arrays the elements' type,
/// with its fields where it is plain data.
func layoutDescription(of value: Any) -> String {
  let type = type(of: value)
  var text = String(describing: type)
  if let array = type as? any PlainArray.Type {
    return text + "[" + array.elementDescription + "]"
  }
  guard value is any PlainData || Mirror(reflecting: value).displayStyle == .struct else {
    return text
  }
  let fields = Mirror(reflecting: value).children.map {
    ($0.label ?? "") + ":" + layoutDescription(of: $0.value)
  }
  if let plain = type as? any PlainData.Type { text += "/\(strideOf(plain))" }
  return fields.isEmpty ? text : text + "(" + fields.joined(separator: ",") + ")"
}

private func strideOf<Value: PlainData>(_: Value.Type) -> Int { MemoryLayout<Value>.stride }
