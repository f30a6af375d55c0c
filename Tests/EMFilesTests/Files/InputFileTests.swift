import Glibc
import TestSupport
import Testing

@testable import EMFiles
@testable import Ground

@Suite struct InputFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func stack(_ name: String = "stack.mrcs") throws -> String {
    let writer = try MRCStackWriter(path: folder(name), width: 8, height: 8, pixelSize: 1)
    for image in 0..<4 { try writer.append((0..<64).map { Float($0 + image) }) }
    try writer.finish()
    return folder(name)
  }

  /// A stack that is cut while it is open gives no image any more, those before the cut included.
  @Test func aCutStackIsNotRead() throws {
    let stack = try MRCStack(path: try stack())
    #expect(try stack.image(3).first == 3)
    #expect(truncate(stack.path, 1024 + 300) == 0)
    for image in 0..<4 {
      let problem = #expect(throws: Problem.self) { _ = try stack.image(image) }
      #expect(problem?.what.contains("image \(image + 1)") == true, "\(problem?.what ?? "")")
      #expect(problem?.what.contains("while it was in use") == true)
    }
  }

  /// Content written over the old one is another particle set; its size does not tell.
  @Test func anOverwrittenStackIsNotRead() throws {
    let stack = try MRCStack(path: try stack())
    let file = open(stack.path, O_WRONLY)
    defer { close(file) }
    #expect(pwrite(file, [UInt8](repeating: 7, count: 16), 16, 1024) == 16)
    // Clocks of file systems tick coarsely: the change must have a time of its own.
    var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1_700_000_000, tv_nsec: 5)]
    #expect(futimens(file, &times) == 0)
    let problem = #expect(throws: Problem.self) { _ = try stack.image(2) }
    #expect(problem?.what.contains("written to") == true, "\(problem?.what ?? "")")
  }

  /// A file that is removed or replaced by another of its name is still the one that was opened.
  @Test func aReplacedStackStaysTheOldOne() throws {
    let stack = try MRCStack(path: try stack())
    let before = try stack.image(1)
    #expect(rename(try self.stack("other.mrcs"), stack.path) == 0)
    #expect(try stack.image(1) == before)
    #expect(unlink(stack.path) == 0)
    #expect(try stack.image(1) == before)
  }

  /// After a file server's restart the path's file stands in for the open one, if it is the same.
  @Test func aStaleFileIsOpenedAgain() throws {
    let text = (
      same: try folder.write("same", to: "same"), other: try folder.write("else", to: "other")
    )
    let file = try InputFile(path: try folder.write("text", to: "file"))
    var times = [timespec](repeating: timespec(tv_sec: 1_700_000_000, tv_nsec: 7), count: 2)
    for path in [file.path, text.same] { #expect(utimensat(AT_FDCWD, path, &times, 0) == 0) }
    let opened = try InputFile(path: file.path)
    #expect(rename(text.same, opened.path) == 0)
    opened.reopen()
    #expect(try opened.bytes(at: 0, count: 4) == Array("same".utf8))
    #expect(rename(text.other, opened.path) == 0)
    opened.reopen()
    #expect(try opened.bytes(at: 0, count: 4) == Array("same".utf8))
  }

  /// The first page of a process's own memory is an ordinary file's part that cannot be read.
  @Test func aFailureToReadIsTold() throws {
    let file = try InputFile(path: "/proc/self/mem")
    var bytes = [UInt8](repeating: 0, count: 8)
    let problem = #expect(throws: Problem.self) {
      _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    }
    #expect(problem?.what.contains("reading failed at byte 0") == true, "\(problem?.what ?? "")")
    #expect(problem?.what.contains(String(cString: strerror(EIO))) == true)
  }

  /// Paths are opened as data alone: nothing waits, nothing is taken for a file that is none.
  @Test func specialFilesAreRefused() throws {
    #expect(mkfifo(folder("pipe"), 0o600) == 0)
    #expect(symlink(folder("pipe"), folder("link")) == 0)
    for (path, word) in [
      (folder("pipe"), "named pipe"), (folder("link"), "named pipe"), ("/dev/zero", "device"),
      ("/dev/null", "device"), (folder.path, "folder"),
    ] {
      let problem = #expect(throws: Problem.self) { _ = try InputFile(path: path) }
      #expect(problem?.what.contains(word) == true, "\(problem?.what ?? "")")
    }
    let path = try stack()
    #expect(symlink(path, folder("stack-link")) == 0)
    #expect(try MRCStack(path: folder("stack-link")).count == 4)
  }
}
