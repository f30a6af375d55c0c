import Ground
import Testing

/// Against the examples of FIPS 180-4's authors, and `sha256sum`.
struct SHA256Tests {
  private func digest(_ bytes: [UInt8], pieces: Int = .max) -> String {
    var digest = SHA256()
    for start in stride(from: 0, to: bytes.count, by: min(pieces, max(1, bytes.count))) {
      digest.add(Array(bytes[start..<min(bytes.count, start + min(pieces, bytes.count))]))
    }
    return digest.text
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func theExamplesAreMet(text: String, wanted: String) {
    #expect(digest(Array(text.utf8)) == wanted)
  }

  @Test(arguments: [1, 63, 64, 65, 1000])
  func piecesMakeNoDifference(size: Int) {
    let million = [UInt8](repeating: UInt8(ascii: "a"), count: 100_000)
    #expect(digest(million, pieces: size) == digest(million))
  }

  @Test func aMillionLetters() {
    let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(
      digest(million, pieces: 4096)
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }
}
