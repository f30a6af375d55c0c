import Glibc
import Testing

@testable import Jobs
@testable import Refinement

/// The sources name parameters by their declarations.
struct ParameterKeyTests {
  private static let sources =
    "/" + #filePath.split(separator: "/").prefix { $0 != "Tests" }.joined(separator: "/")
    + "/Sources"

  /// Paths of all Swift files under a folder.
  private static func files(under folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(".") { continue }
      if name.hasSuffix(".swift") {
        found.append(folder + "/" + name)
      } else if !name.contains(".") {
        found += files(under: folder + "/" + name)
      }
    }
    return found
  }

  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let next = getc(file), next != EOF { bytes.append(UInt8(next)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// No file but those of the declarations holds a key as a text of its own.
  @Test func noKeyIsSpelledOutBesideItsDeclaration() {
    let files = Self.files(under: Self.sources)
    #expect(files.count > 200)
    let tables = Set(Parameter.all.map { $0.key.prefix { $0 != "." } + "." })
    let keys = Parameter.all.map { "\"\($0.key)\"" }
    var declared = Set<String>()
    for path in files {
      let text = Self.text(of: path)
      guard tables.contains(where: { text.contains("\"" + $0) }) else { continue }
      for key in keys where text.contains(key) {
        if path.contains("/Parameters/") {
          declared.insert(key)
        } else {
          Issue.record("\(key) in \(path)")
        }
      }
    }
    #expect(declared.count == keys.count)
  }
}
