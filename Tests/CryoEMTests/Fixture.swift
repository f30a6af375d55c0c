import Foundation
import Testing

/// The files of Fixtures, by name.
enum Fixture {
  static func data(_ name: String) throws -> Data {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil), "no fixture \(name)")
    return try Data(contentsOf: url)
  }

  static func text(_ name: String) throws -> String {
    String(decoding: try data(name), as: UTF8.self)
  }

  /// Little-endian 32-bit floats.
  static func floats(_ name: String) throws -> [Float] {
    let bytes = [UInt8](try data(name))
    return stride(from: 0, to: bytes.count - 3, by: 4).map { at in
      let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
      return Float(bitPattern: word)
    }
  }
}
