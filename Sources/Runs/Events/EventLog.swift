import Glibc
import Ground
import Synchronization

/// Appends lines to events.jsonl. A line goes out in one write, so that readers never see half of it
/// mixed with another.
///
/// Lines that cannot be written, for lack of room or since a network file system fails for a moment,
/// wait in memory and go out before the next; of very many the last are left out.
final class EventLog: Sendable {
  private let path: String
  private let descriptor: Int32
  private let state = Mutex(State())

  private struct State {
    var waiting: [UInt8] = []
    /// Lines that had no place among the waiting.
    var leftOut = 0
  }

  /// Bytes that wait at most.
  static let capacity = 1 << 20

  /// Opens the log of a run, or begins it.
  ///
  /// - Throws: `Problem` where it cannot be written, or is a link or no ordinary file.
  convenience init(_ folder: RunFolder) throws(Problem) {
    let path = folder.eventsPath
    let place = try folder.place(path)
    if let status = place.status, status.st_mode & S_IFMT == S_IFREG, status.st_nlink > 1 {
      // Another name of the file, in a copy of the folder perhaps, is not to be added to.
      let file = try folder.input(path)
      try AtomicFile.write(try file.bytes(at: 0, count: file.size), to: path, within: folder.root)
    }
    let descriptor = place.open(O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      if let refusal = place.refusal { throw refusal }
      throw Problem(
        "\(path) cannot be written (\(reason))",
        whatToDo: "Check the permissions of the run folder.")
    }
    place.flushFolder()
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Problem(
        "\(path) is not an ordinary file", whatToDo: "Remove it; the run writes a new one.")
    }
    self.init(path: path, descriptor: descriptor)
  }

  /// Takes an open file over.
  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
    // A line that a killed process began ends here, and is no line.
    let size = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0
    if size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") {
      state.withLock { $0.waiting = [UInt8(ascii: "\n")] }
    }
  }

  deinit { close(descriptor) }

  /// Adds a line; what cannot be written now waits, and the problem is thrown.
  func append(_ event: RunEvent) throws(Problem) {
    let line = Array((JSONFile.text(event, pretty: false) + "\n").utf8)
    state.withLock { state in
      if state.waiting.count + line.count <= Self.capacity {
        state.waiting += line
      } else {
        state.leftOut += 1
      }
    }
    try flush()
  }

  /// Writes what waits.
  func flush() throws(Problem) {
    let problem = state.withLock { state -> Problem? in
      if let problem = write(&state.waiting) { return problem }
      guard state.leftOut > 0 else { return nil }
      let text = "\(state.leftOut) lines had no place here while nothing could be written"
      state.leftOut = 0
      state.waiting = Array((JSONFile.text(RunEvent(.warning, text), pretty: false) + "\n").utf8)
      return write(&state.waiting)
    }
    if let problem { throw problem }
  }

  private func write(_ waiting: inout [UInt8]) -> Problem? {
    while !waiting.isEmpty {
      let written = Ground.write(waiting[...], to: descriptor)
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

  /// Bytes at the end of a long log that are shown; what is before can be read in the file.
  public static let shownBytes = 4 << 20

  /// Where to begin to read a log so that its end is shown: `offset`, or the beginning of the first whole
  /// line of the last `bytes` where more is to be read.
  public func eventsStart(after offset: Int = 0, bytes: Int = RunFolder.shownBytes) -> Int {
    guard let size = facts(of: eventsPath).map({ Int($0.st_size) }), size - offset > bytes,
      let file = try? input(eventsPath),
      let part = try? file.bytes(at: size - bytes, count: min(bytes, 1 << 20)),
      let end = part.firstIndex(of: UInt8(ascii: "\n"))
    else { return offset }
    return size - bytes + end + 1
  }

  /// The events from a byte of events.jsonl on, whole lines only: a line that is still being written
  /// is left for the next call. Lines that cannot be read are skipped.
  public func events(from offset: Int = 0) -> EventPage {
    guard let file = try? input(eventsPath), file.size > offset,
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
