import Ground

/// JSON files of the run folder, which anybody may have written to.
public enum JSONFile {
  /// The text of a value, as `JSON` has it.
  public static func text(_ value: some Encodable, pretty: Bool = true) -> String {
    JSON.text(value, pretty: pretty)
  }

  /// The value of a text; nil where it is something else.
  static func value<Value: OutsideValue>(
    _ type: Value.Type, of bytes: some Sequence<UInt8>
  ) -> Value? {
    guard let value = try? JSON.value(type, of: bytes) else { return nil }
    return value.impossible == nil ? value : nil
  }

  /// Reads a value from a file; `root` as `FilePlace` has it.
  ///
  /// Throws a `Problem` where there is none, or where it holds something else or what cannot be.
  static func read<Value: OutsideValue>(
    _ type: Value.Type, from path: String, within root: String? = nil
  ) throws(Problem) -> Value {
    let file = try InputFile(path: path, within: root)
    func damaged(_ what: String) -> Problem {
      Problem(
        "\(path): damaged, or written by another version (\(what))",
        whatToDo: "Look at the file; the rest of the run folder can still be read.")
    }
    guard file.size <= largestFile else { throw damaged("\(file.size) bytes") }
    let bytes = try file.bytes(at: 0, count: file.size)
    let value: Value
    do { value = try JSON.value(type, of: bytes) } catch {
      throw damaged(reason(error))
    }
    if let impossible = value.impossible { throw damaged("\(impossible) cannot be") }
    return value
  }

  /// Bytes that a file may have; the metrics of thousands of optics groups have a tenth of it.
  private static let largestFile = 1 << 28

  private static func reason(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    return switch error as? DecodingError {
    case .keyNotFound(let key, _)?: "\(key.stringValue) is missing"
    case .typeMismatch(_, let context)?: "\(place(context)) has another type"
    case .valueNotFound(_, let context)?: "\(place(context)) is empty"
    default: "not valid JSON"
    }
  }
}
