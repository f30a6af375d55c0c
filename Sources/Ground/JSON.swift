import FoundationEssentials

/// JSON as the program writes it: keys sorted, so that texts compare; infinities as words, since a
/// resolution may be infinite. Every finite number is read back as it was.
public enum JSON {
  /// The text of a value; on one line unless `pretty`.
  public static func text(_ value: some Encodable, pretty: Bool = true) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty
      ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      : [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Encodable structs of numbers and text with the strategy above always encode.
    guard let data = try? encoder.encode(value) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  /// The value of a text.
  ///
  /// - Throws: `DecodingError` where it is something else.
  public static func value<Value: Decodable>(
    _ type: Value.Type, of bytes: some Sequence<UInt8>
  ) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: Data(bytes))
  }
}
