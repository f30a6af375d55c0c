import Glibc
import Ground
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func theOldContentStaysUntilTheNewIsWhole() throws {
    let path = try folder.write("old", to: "file")
    let file = try AtomicFile(path: path)
    try file.append(Array("new, longer".utf8))
    #expect(try contents(path) == Array("old".utf8))
    try file.overwrite(Array("N".utf8), at: 0)
    try file.commit()
    #expect(try contents(path) == Array("New, longer".utf8))
    #expect(folder.names() == ["file"])
  }

  @Test func givingUpLeavesNothing() throws {
    do {
      let file = try AtomicFile(path: folder("file"))
      try file.append([1, 2, 3])
      #expect(folder.names().count == 1)
    }
    #expect(folder.names().isEmpty)
  }

  @Test func aLinkStaysALink() throws {
    let path = try folder.write("old", to: "real")
    symlink(path, folder("link"))
    try AtomicFile.write("new", to: folder("link"))
    #expect(try contents(path) == Array("new".utf8))
    var status = stat()
    lstat(folder("link"), &status)
    #expect(status.st_mode & S_IFMT == S_IFLNK)
  }

  @Test func placesThatCannotBeWrittenAreErrors() throws {
    for path in [folder("missing/file"), folder.path, "/dev/null"] {
      #expect(complaint { try AtomicFile.write("x", to: path) }?.contains(path) == true)
    }
  }
}
