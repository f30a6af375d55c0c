import FoundationEssentials
import Testing

@testable import TOMLText

/// The official cases of TOML readers (github.com/toml-lang/toml-test), where they are at hand:
///
///     FULCRUM_TOML_TESTS=…/toml-test/tests swift test --filter TOMLCorpusTests
struct TOMLCorpusTests {
  private static let folder = ProcessInfo.processInfo.environment["FULCRUM_TOML_TESTS"]

  /// Paths of the cases for TOML 1.0.
  private static func cases(_ kind: String) throws -> [String] {
    let folder = try #require(folder)
    let list = try String(contentsOfFile: folder + "/files-toml-1.0.0", encoding: .utf8)
    return list.split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix(kind + "/") && $0.hasSuffix(".toml") }
  }

  @Test(.enabled(if: folder != nil)) func whatIsRightIsReadAsMeant() throws {
    let paths = try Self.cases("valid")
    for path in paths {
      let base = (Self.folder ?? "") + "/" + path.dropLast(5)
      let text = try String(contentsOfFile: base + ".toml", encoding: .utf8)
      let data = try Data(contentsOf: URL(fileURLWithPath: base + ".json"))
      let wanted = try JSONDecoder().decode(Tagged.self, from: data)
      do {
        let table = try parseTOML(text)
        #expect(wanted.agrees(with: .init(content: .table(table), line: 1)), "\(path)")
      } catch { Issue.record("\(path): line \(error.line): \(error)") }
    }
    print("\(paths.count) valid texts")
  }

  @Test(.enabled(if: folder != nil)) func whatIsWrongIsRefused() throws {
    let paths = try Self.cases("invalid")
    var asText = 0
    for path in paths {
      let data = try Data(contentsOf: URL(fileURLWithPath: (Self.folder ?? "") + "/" + path))
      // What is not UTF-8 never reaches the reader.
      guard let text = String(validating: data, as: UTF8.self) else { continue }
      asText += 1
      #expect(throws: TOMLSyntaxError.self, "\(path)") { _ = try parseTOML(text) }
    }
    print("\(paths.count) invalid texts, \(asText) of them in UTF-8")
  }
}

/// A value as the cases write it in JSON: {"type": …, "value": …}, or lists and tables of those.
private indirect enum Tagged: Decodable {
  case scalar(type: String, value: String)
  case list([Tagged])
  case table([String: Tagged])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let list = try? container.decode([Tagged].self) {
      self = .list(list)
    } else if let scalar = try? container.decode([String: String].self), scalar.count == 2,
      let type = scalar["type"], let value = scalar["value"]
    {
      self = .scalar(type: type, value: value)
    } else {
      self = .table(try container.decode([String: Tagged].self))
    }
  }

  func agrees(with value: TOMLValue) -> Bool {
    switch (self, value.content) {
    case (.list(let wanted), .array(let found)):
      return wanted.count == found.count && zip(wanted, found).allSatisfy { $0.agrees(with: $1) }
    case (.table(let wanted), .table(let found)):
      return Set(wanted.keys) == Set(found.keys)
        && wanted.allSatisfy { key, value in found[key].map(value.agrees) ?? false }
    case (.scalar("string", let text), .string(let found)): return text == found
    case (.scalar("integer", let text), .integer(let found)): return Int(text) == found
    case (.scalar("bool", let text), .boolean(let found)): return text == "\(found)"
    case (.scalar("float", let text), .float(let found)):
      let wanted = Double(text) ?? .nan
      return wanted == found || wanted.isNaN && found.isNaN
    case (.scalar(let type, let text), .date(let found, let kind)):
      let names: [String: TOMLDateKind] = [
        "datetime": .offsetDateTime, "datetime-local": .localDateTime, "date-local": .localDate,
        "time-local": .localTime,
      ]
      return names[type] == kind && Self.plain(text) == Self.plain(found)
    default: return false
    }
  }

  /// A date with its T and Z in capitals and without zeros at the end of a fraction.
  private static func plain(_ date: String) -> String {
    date.uppercased().replacing(" ", with: "T").replacing("+00:00", with: "Z")
      .replacing(/(\.\d*?)0+(?=Z|[+-]\d\d:|$)/) { $0.output.1 == "." ? "" : String($0.output.1) }
  }
}
