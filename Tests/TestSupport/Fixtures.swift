import Foundation

/// The files of the folder Fixtures of a target of tests, by name.
public struct Fixtures: Sendable {
  private let bundle: Bundle

  public init(_ bundle: Bundle) { self.bundle = bundle }

  private func data(_ name: String) throws -> Data {
    try Data(contentsOf: bundle.bundleURL.appending(path: "Fixtures/" + name))
  }

  public func text(_ name: String) throws -> String {
    String(decoding: try data(name), as: UTF8.self)
  }

  /// Little-endian 16-bit floats, widened.
  public func halves(_ name: String) throws -> [Float] {
    let bytes = [UInt8](try data(name))
    return stride(from: 0, to: bytes.count - 1, by: 2).map { at in
      Self.widened(UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8)
    }
  }

  /// The value of an IEEE 754 half.
  private static func widened(_ bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10) & 31
    let fraction = Float(bits & 0x3ff) / 1024
    return sign
      * (exponent == 0
        ? fraction * 0x1p-14
        : Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction))
  }
}
