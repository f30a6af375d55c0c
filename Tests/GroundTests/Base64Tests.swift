import Foundation
import Ground
import Testing

/// Base64 beside the standard's examples and Foundation's.
struct Base64Tests {
  @Test func base64IsThatOfTheStandard() {
    // RFC 4648, section 10.
    let vectors = [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]
    for (text, code) in vectors { #expect(Base64.encoded(Array(text.utf8)) == code) }
  }

  @Test func base64IsFoundations() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8($0 * 37 % 256) }
      #expect(Base64.encoded(bytes) == Data(bytes).base64EncodedString())
    }
  }
}
