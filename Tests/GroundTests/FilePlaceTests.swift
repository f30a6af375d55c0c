import Glibc
import Ground
import TestSupport
import Testing

/// Files inside a folder that anybody may have made.
struct FilePlaceTests {
  private func text(_ path: String) throws -> String {
    let file = try InputFile(path: path)
    return String(decoding: try file.bytes(at: 0, count: file.size), as: UTF8.self)
  }

  @Test func aLinkIsRefusedInsideARootAndFollowedOutside() throws {
    let folder = try TemporaryFolder()
    let target = try folder.write(Array("precious".utf8), to: "target")
    #expect(symlink(target, folder("link")) == 0)
    #expect(try text(folder("link")) == "precious")
    let problem = #expect(throws: Problem.self) {
      _ = try InputFile(path: folder("link"), within: folder.path)
    }
    #expect(problem?.what.contains(folder("link") + " is a symbolic link") == true)
    // Wherever it leads, to nothing, to itself, to a folder or a device.
    for (index, place) in ["nowhere", "loop", "/", "/dev/zero"].enumerated() {
      let link = folder("loop" + (index == 1 ? "" : "\(index)"))
      #expect(symlink(place, link) == 0)
      #expect(throws: Problem.self) { _ = try InputFile(path: link, within: folder.path) }
    }
  }

  @Test func aLinkOnTheWayIsRefused() throws {
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    _ = try other.write(Array("precious".utf8), to: "map.mrc")
    #expect(symlink(other.path, folder("final")) == 0)
    let path = folder("final/map.mrc")
    #expect(try text(path) == "precious")
    let attempts: [() throws -> Void] = [
      { _ = try InputFile(path: path, within: folder.path) },
      { try AtomicFile.write([1], to: path, within: folder.path) },
      { try FilePlace(folder("final/inside"), within: folder.path).makeFolder() },
      { try FilePlace(folder("final"), within: folder.path).makeFolder() },
      { _ = try FilePlace(folder("../map.mrc"), within: folder.path) },
      { _ = try FilePlace("/etc/passwd", within: folder.path) },
    ]
    for (index, attempt) in attempts.enumerated() {
      #expect(throws: Problem.self, "\(index)") { try attempt() }
    }
    #expect(try FilePlace(folder("final"), within: folder.path).names().isEmpty)
    #expect(try FilePlace(folder("final")).names() == ["map.mrc"])
    #expect(try text(other("map.mrc")) == "precious")
  }

  /// Inside a root the link goes and its target stays; outside the link stays and leads to the new file.
  @Test func whatIsWrittenReplacesALink() throws {
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    let target = try other.write(Array("precious".utf8), to: "target")
    #expect(symlink(target, folder("a")) == 0)
    try AtomicFile.write("new", to: folder("a"), within: folder.path)
    #expect(try text(target) == "precious")
    #expect(try text(folder("a")) == "new")
    #expect(symlink(target, folder("b")) == 0)
    try AtomicFile.write("newer", to: folder("b"))
    #expect(try text(target) == "newer")
    #expect(folder.names().sorted() == ["a", "b"])
  }

  @Test func removingTakesTheLinkAndNotTheTarget() throws {
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    let target = try other.write([1], to: "target")
    #expect(symlink(target, folder("a")) == 0)
    #expect(symlink(other.path, folder("f")) == 0)
    #expect(try FilePlace(folder("a"), within: folder.path).remove())
    #expect(try !FilePlace(folder("f"), within: folder.path).removeFolder())
    #expect(access(target, F_OK) == 0)
    #expect(folder.names() == ["f"])
  }
}
