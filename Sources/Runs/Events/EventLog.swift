import EMFiles
import Glibc

/// Appends lines to events.jsonl. A line goes out in one write, so that readers and a second writer
/// never see half of it mixed with another.
final class EventLog: Sendable {
  private let path: String
  private let descriptor: Int32

  init(path: String) throws(Problem) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw Problem(
        "\(path) cannot be written (\(String(cString: strerror(errno))))",
        whatToDo: "Check the permissions of the run folder.")
    }
  }

  deinit { close(descriptor) }

  func append(_ event: RunEvent) throws(Problem) {
    let line = Array((JSONFile.text(event, pretty: false) + "\n").utf8)
    let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == line.count else {
      throw Problem(
        "\(path): writing failed (\(String(cString: strerror(errno))))",
        whatToDo: "Check the free space and the disk quota.")
    }
  }
}

/// A part of events.jsonl, and where the next part begins.
public struct EventPage: Sendable, Equatable {
  public let events: [RunEvent]
  /// Byte from which to read on.
  public let next: Int
}

extension RunFolder {
  /// The events from a byte of events.jsonl on, whole lines only: a line that is still being written
  /// is left for the next call. Lines that cannot be read are skipped.
  public func events(from offset: Int = 0) -> EventPage {
    guard let file = try? InputFile(path: eventsPath), file.size > offset,
      let bytes = try? file.bytes(at: offset, count: file.size - offset),
      let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
    else { return EventPage(events: [], next: offset) }
    let lines = bytes[...end].split(separator: UInt8(ascii: "\n"))
    return EventPage(
      events: lines.compactMap { JSONFile.value(RunEvent.self, of: $0) }, next: offset + end + 1)
  }
}
