import Foundation
import Testing

/// The rooms: what Package.swift declares, what the files import, and the order of the README's table.
@Suite struct RoomsTests {
  private let package: Package

  init() throws { package = try Package() }

  @Test func everyImportIsDeclared() {
    for target in package.targets {
      for (file, imports) in target.imports {
        let undeclared = imports.subtracting(target.dependencies)
        #expect(undeclared.isEmpty, "\(file) imports \(undeclared)")
      }
    }
  }

  @Test func everyDeclaredDependencyIsImported() {
    for target in package.targets where !target.imports.isEmpty {
      let imported = target.imports.values.reduce(into: Set()) { $0.formUnion($1) }
      let idle = target.dependencies.subtracting(imported)
      #expect(idle.isEmpty, "\(target.name) declares \(idle)")
    }
  }

  @Test func everyRoomIsInTheTable() {
    let rooms = package.targets.filter { !$0.isTest && !Self.aside.contains($0.name) }.map(\.name)
    #expect(Set(rooms) == Set(package.table))
    #expect(package.table.count == Set(package.table).count)
  }

  @Test func importsPointDownTheTable() {
    for target in package.targets where !target.isTest {
      guard let place = package.table.firstIndex(of: target.name) else { continue }
      let above = target.dependencies.filter { dependency in
        package.table.firstIndex(of: dependency).map { $0 <= place } ?? false
      }
      #expect(above.isEmpty, "\(target.name) imports \(above), which stand above it")
    }
  }

  @Test func theEngineKnowsNoFileSyntax() throws {
    let engine = try #require(package.targets.first { $0.name == "Refinement" })
    #expect(engine.dependencies.isDisjoint(with: ["EMFiles", "TOMLText", "TOMLKit", "Yams"]))
  }

  @Test func noRoomNeedsAllOfFoundation() {
    for target in package.targets where !target.isTest && !Self.aside.contains(target.name) {
      // A plugin runs while the program is built, and is no part of it.
      guard target.name != "CommitPlugin" else { continue }
      for (file, source) in target.sources {
        #expect(
          !source.contains(/(?m)^import Foundation$/), "\(file) imports Foundation, which is large")
      }
    }
  }

  /// What a refinement does is all in its input: no variable, and no file that nobody named, changes it.
  @Test(arguments: ["Refinement", "Motion", "CryoEM", "Fourier"])
  func theEngineLooksNowhereElse(_ room: String) throws {
    let engine = try #require(package.targets.first { $0.name == room })
    #expect(engine.sources.count > 5)
    for (file, source) in engine.sources {
      #expect(!source.contains(/\b(getenv|secure_getenv|fopen)\b/), "\(file)")
    }
  }

  /// Memory by its address is for the rooms that files, transforms, voxels, ranks and terminals are the
  /// business of; all others get arrays, spans, and values that hold it for them.
  @Test func memoryByAddressStaysWithItsOwners() {
    let owners: Set = [
      "CryoEM", "EMFiles", "Fourier", "Ground", "Ranks", "Refinement", "Terminal", "Viewing",
    ]
    for target in package.targets
    where !target.isTest && !Self.aside.contains(target.name) && !owners.contains(target.name) {
      for (file, source) in target.sources {
        let code = source.replacing(/\/\/[^\n]*/, with: "")
        #expect(!code.contains(/Unsafe|nonisolated\(unsafe\)|unsafeBitCast/), "\(file)")
      }
    }
  }

  /// For those who work on this program: no rooms of it.
  private static let aside: Set = ["Benchmarks", "Fuzz", "TestSupport"]
}

/// What Package.swift, the README and the source files say of each other, read as text.
private struct Package {
  struct Target {
    var name: String
    var isTest: Bool
    var dependencies: Set<String>
    /// The text of each file.
    var sources: [String: String]
    /// The modules of this package and of others that each file imports.
    var imports: [String: Set<String>] { sources.mapValues(Package.imports) }
  }

  var targets: [Target] = []
  /// The rooms of the README's table, from the top.
  var table: [String] = []

  init() throws {
    let root = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    func text(_ path: String) throws -> String {
      try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
    let manifest = try text("Package.swift")
    let quoted = /"(\w+)"/
    // A product of another package has a name for its declaration and one for its module.
    let products = manifest.matches(
      of: /let (\w+) = Target\.Dependency\.product\(\s*name: "(\w+)"/)
    let target =
      /\.(target|executableTarget|testTarget)\(\s*name: "(\w+)"(?:,\s*dependencies: \[([^\]]*)\])?/
    for match in manifest.matches(of: target) {
      let list = match.3 ?? ""
      var dependencies = Set(list.matches(of: quoted).map { String($0.1) })
      for product in products where list.contains(product.1) {
        dependencies.insert(String(product.2))
      }
      let name = String(match.2)
      let isTest = match.1 == "testTarget"
      targets.append(
        Target(
          name: name, isTest: isTest, dependencies: dependencies,
          sources: Self.sources(
            root.appending(
              path: (isTest || name == "TestSupport" ? "Tests/" : "Sources/") + name))))
    }
    for line in try text("README.md").split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|")
      table += cells[0].matches(of: /`(\w+)`/).map { String($0.1) }
    }
  }

  private static func sources(_ folder: URL) -> [String: String] {
    var result: [String: String] = [:]
    for case let file as URL in FileManager.default.enumerator(
      at: folder, includingPropertiesForKeys: nil) ?? .init()
    where file.pathExtension == "swift" {
      result[file.path(percentEncoded: false)] = try? String(contentsOf: file, encoding: .utf8)
    }
    return result
  }

  private static func imports(_ source: String) -> Set<String> {
    let system: Set = [
      "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Testing",
    ]
    let imports = source.matches(of: /(?m)^(?:@\w+ |public |package )*import (\w+)$/)
    return Set(imports.map { String($0.1) }).subtracting(system)
  }
}
