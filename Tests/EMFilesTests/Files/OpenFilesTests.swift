import Glibc
import Ground
import Testing
import TestSupport

@testable import EMFiles

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
