import Glibc
import Ground
import Testing

@testable import EMFiles

/// Files inside a folder that anybody may have made.
struct FilePlaceTests {
  private func text(_ path: String) throws -> String {
    let file = try InputFile(path: path)
    return String(decoding: try file.bytes(at: 0, count: file.size), as: UTF8.self)
  }

  @Test func aLinkIsRefusedInsideARootAndFollowedOutside() throws {
    let folder = try TemporaryFolder()
    let target = try folder.write(Array("precious".utf8), "target")
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
    _ = try other.write(Array("precious".utf8), "map.mrc")
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
    let target = try other.write(Array("precious".utf8), "target")
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
    let target = try other.write([1], "target")
    #expect(symlink(target, folder("a")) == 0)
    #expect(symlink(other.path, folder("f")) == 0)
    #expect(try FilePlace(folder("a"), within: folder.path).remove())
    #expect(try !FilePlace(folder("f"), within: folder.path).removeFolder())
    #expect(access(target, F_OK) == 0)
    #expect(folder.names() == ["f"])
  }
}

/// More stacks than may be open at once.
struct OpenFilesTests {
  /// Files of this process that are open and lie in a folder.
  private func openFiles(in folder: String) -> Int {
    (3..<1024).count { number in
      var buffer = [CChar](repeating: 0, count: 4096)
      let count = readlink("/proc/self/fd/\(number)", &buffer, buffer.count - 1)
      guard count > 0 else { return false }
      return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        .hasPrefix(folder)
    }
  }

  private func stack(_ folder: TemporaryFolder, _ value: Int) throws -> String {
    let path = folder("\(value).mrcs")
    let writer = try MRCStackWriter(path: path, width: 2, height: 2, pixelSize: 1)
    for image in 0..<3 {
      try writer.append([Float](repeating: Float(10 * value + image), count: 4))
    }
    try writer.finish()
    return path
  }

  @Test func manyAreOpenedInTurn() async throws {
    let folder = try TemporaryFolder()
    let files = OpenFiles(capacity: 3)
    let stacks = try (0..<20).map { try MRCStack(path: try stack(folder, $0), among: files) }
    #expect(openFiles(in: folder.path) <= 3)
    // Four threads read all of them, in different orders.
    let isRight = await withTaskGroup(of: Bool.self) { group in
      for thread in 0..<4 {
        group.addTask {
          (0..<200).allSatisfy { step in
            let (index, image) = ((step * (2 * thread + 1)) % 20, step % 3)
            return (try? stacks[index].image(image))
              == [Float](
                repeating: Float(10 * index + image), count: 4)
          }
        }
      }
      return await group.reduce(true) { $0 && $1 }
    }
    #expect(isRight)
    #expect(openFiles(in: folder.path) <= 3)
  }

  /// One that was replaced while it was closed is not taken for itself.
  @Test func aReplacedFileIsNoticed() throws {
    let folder = try TemporaryFolder()
    let files = OpenFiles(capacity: 1)
    let first = try MRCStack(path: try stack(folder, 1), among: files)
    let second = try MRCStack(path: try stack(folder, 2), among: files)
    #expect(try first.image(0) == [10, 10, 10, 10])
    #expect(try second.image(0) == [20, 20, 20, 20])
    unlink(first.path)
    // Clocks of file systems have coarse steps.
    usleep(20_000)
    _ = try stack(folder, 1)
    let problem = #expect(throws: Problem.self) { _ = try first.image(0) }
    #expect(problem?.what.contains("replaced") == true)
  }
}
