import EMFiles
import Glibc
import Synchronization

/// Appends lines to events.jsonl. A line goes out in one write, so that readers never see half of it
/// mixed with another.
///
/// Lines for which the disk has no room wait in memory, and go out before the next.
final class EventLog: Sendable {
  private let path: String
  private let descriptor: Int32
  private let waiting = Mutex<[UInt8]>([])

  init(path: String) throws(Problem) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw Problem(
        "\(path) cannot be written (\(String(cString: strerror(errno))))",
        whatToDo: "Check the permissions of the run folder.")
    }
    // A line that a killed process began ends here, and is no line.
    let size = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0
    if size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") {
      waiting.withLock { $0 = [UInt8(ascii: "\n")] }
    }
  }

  deinit { close(descriptor) }

  /// Adds a line; what cannot be written now waits, and the problem is thrown.
  func append(_ event: RunEvent) throws(Problem) {
    let line = Array((JSONFile.text(event, pretty: false) + "\n").utf8)
    waiting.withLock { $0 += line }
    try flush()
  }

  /// Writes what waits.
  func flush() throws(Problem) {
    let problem = waiting.withLock { waiting -> Problem? in
      while !waiting.isEmpty {
        let written = waiting.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          let number = errno
          var problem = Problem(
            "\(path): writing failed (\(String(cString: strerror(number))))",
            whatToDo: "Check the free space and the disk quota.")
          problem.systemError = number
          return problem
        }
        waiting.removeFirst(written)
      }
      return nil
    }
    if let problem { throw problem }
  }
}

/// A part of events.jsonl, and where the next part begins.
public struct EventPage: Sendable, Equatable {
  public let events: [RunEvent]
  /// Byte from which to read on.
  public let next: Int
}

extension RunFolder {
  /// Bytes of events.jsonl that are read at once.
  private static let largestPage = 1 << 24

  /// The events from a byte of events.jsonl on, whole lines only: a line that is still being written
  /// is left for the next call. Lines that cannot be read are skipped.
  public func events(from offset: Int = 0) -> EventPage {
    guard let file = try? InputFile(path: eventsPath), file.size > offset,
      let bytes = try? file.bytes(at: offset, count: min(file.size - offset, RunFolder.largestPage))
    else { return EventPage(events: [], next: offset) }
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
      // A line of that length is no event, and nobody waits for its end.
      let next = bytes.count < RunFolder.largestPage ? offset : offset + bytes.count
      return EventPage(events: [], next: next)
    }
    let lines = bytes[...end].split(separator: UInt8(ascii: "\n"))
    return EventPage(
      events: lines.compactMap { JSONFile.value(RunEvent.self, of: $0) }, next: offset + end + 1)
  }
}
