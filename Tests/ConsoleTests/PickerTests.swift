import Glibc
import Surface
import Terminal
import Testing

@testable import Console

/// The file picker: walking, typing paths, long folders.
@Suite struct PickerTests {
  private static let folders: [String: [FolderListing.Entry]] = [
    "/data/ribosome": [
      .init(name: "J1", isFolder: true, bytes: 0), .init(name: "a.star", isFolder: false, bytes: 9),
    ],
    "/": [
      .init(name: "data", isFolder: true, bytes: 0), .init(name: "home", isFolder: true, bytes: 0),
    ],
    "/data": [
      .init(name: "ribosome", isFolder: true, bytes: 0),
      .init(name: "me.star", isFolder: false, bytes: 1),
    ],
  ]

  private func picker() -> FilePicker {
    var picker = FilePicker(
      .pickFile("input.particles"), title: "Particles", folder: "/data/ribosome",
      endings: ["star", "cs"], picksFolder: false)
    var surroundings = Surroundings()
    _ = picker.receive(listing("/data/ribosome"), &surroundings)
    return picker
  }

  private func listing(_ path: String) -> News {
    .folder(FolderListing(path: path, entries: Self.folders[path] ?? []))
  }

  /// Types, and answers what is asked to be read at once; returns the answers that leave the picker.
  private func type(_ text: String, into picker: inout FilePicker) -> [String] {
    var surroundings = Surroundings()
    var answers: [String] = []
    for character in text {
      let key: Key = character == "\n" ? .enter : .character(character)
      for effect in picker.take(.key(key), &surroundings) {
        if case .outside(.read(.folder(let path, _))) = effect {
          _ = picker.receive(listing(path), &surroundings)
        }
        if case .answer(_, let text) = effect { answers.append(text) }
      }
    }
    return answers
  }

  /// Files that are dropped on a terminal are pasted in its way of quoting.
  @Test(arguments: [
    "/data/me.star", " /data/me.star\n", "'/data/me.star'", "\"/data/me.star\"",
    "file:///data/me.star",
  ])
  func pastedPathsAreTaken(_ text: String) {
    var surroundings = Surroundings()
    func answers(_ text: String) -> [String] {
      var picker = picker()
      return picker.take(.paste(text), &surroundings).compactMap {
        if case .answer(_, let path) = $0 { path } else { nil }
      }
    }
    #expect(answers(text) == ["/data/me.star"])
    #expect(answers("/data/my\\ particles.star") == ["/data/my particles.star"])
    #expect(answers("me.star").isEmpty)
  }

  @Test func pathsCanBeTyped() {
    var one = picker()
    #expect(type("/data/me.star\n", into: &one) == ["/data/me.star"])
    // Letters narrow the folder that is typed; Enter takes what is found.
    var two = picker()
    #expect(type("/data/me\n", into: &two) == ["/data/me.star"])
    // A folder is gone to, from where names are typed again.
    var three = picker()
    #expect(type("/data/\n", into: &three).isEmpty)
    #expect(three.listing.path == "/data")
    #expect(type("me\n", into: &three) == ["/data/me.star"])
    // What is not there is taken as it is typed: the form says what is wrong with it.
    var four = picker()
    #expect(type("/nowhere/x.star\n", into: &four) == ["/nowhere/x.star"])
    // Relative paths start where one is.
    var five = picker()
    #expect(type("../me\n", into: &five) == ["/data/me.star"])
  }

  @Test func theHomeFolderCanBeTyped() throws {
    let home = String(cString: try #require(getenv("HOME")))
    for text in ["~", "~/"] {
      var picker = picker()
      _ = type(text, into: &picker)
      #expect(picker.listing.path == (home == "/" ? "/" : home))
    }
    var picker = picker()
    #expect(type("~/x.star\n", into: &picker) == [home + "/x.star"])
  }

  @Test func takingBackAPathLeadsBack() {
    var picker = picker()
    _ = type("/da", into: &picker)
    #expect(picker.listing.path == "/")
    var surroundings = Surroundings()
    for _ in 0..<3 {
      for effect in picker.take(.key(.backspace), &surroundings) {
        if case .outside(.read(.folder(let path, _))) = effect {
          _ = picker.receive(listing(path), &surroundings)
        }
      }
    }
    #expect(picker.listing.path == "/data/ribosome")
    #expect(type("a.s\n", into: &picker) == ["/data/ribosome/a.star"])
  }

  @Test func readingIsNotEmptiness() {
    var stage = Stage(.blank)
    stage.play("Enter")
    #expect(stage.text.contains("Reading the folder"))
    #expect(!stage.text.contains("Nothing matches"))
  }

  @Test func theFolderIsRemembered() throws {
    var stage = Stage(.blank)
    stage.play("Enter")
    stage.take(.paste("/data/J42/particles.star"))
    stage.play("Down Enter")
    #expect(stage.text.contains("/data/J42"))
  }

  /// What begins with the letters comes first, then what holds them, then what has them apart.
  @Test func bestMatchesComeFirst() {
    var picker = FilePicker(
      .pickFile("x"), title: "", folder: "/f", endings: [], picksFolder: false)
    var surroundings = Surroundings()
    let names = ["m_a_p", "the_map", "map_2", "other"]
    _ = picker.receive(
      .folder(
        FolderListing(
          path: "/f", entries: names.map { .init(name: $0, isFolder: false, bytes: 1) })),
      &surroundings)
    _ = type("map", into: &picker)
    var frame = Frame(size: Size(width: 80, height: 24), look: surroundings.appearance)
    picker.draw(over: &frame, surroundings)
    let lines = frame.grid.text.split(separator: "\n")
    let found = names.map { name in lines.firstIndex { $0.contains(name) } }
    #expect(found[3] == nil)
    #expect(found[2]! < found[1]! && found[1]! < found[0]!)
  }
}
