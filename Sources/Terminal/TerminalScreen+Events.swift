import CNcurses
import Glibc
import Ground
import Surface

extension TerminalScreen {
  /// Waits until there is input, a wake-up, or the time is over, and returns what came.
  ///
  /// - Parameter milliseconds: how long to wait; nil for ever.
  public func events(waiting milliseconds: Int?) -> [InputEvent] {
    guard !isGone else { return [.hangUp] }
    var descriptors = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakePipe.reading, events: Int16(POLLIN), revents: 0),
    ]
    let limit = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
    guard poll(&descriptors, nfds_t(descriptors.count), limit) > 0 else {
      return input.overduePaste()
    }
    var events: [InputEvent] = []
    if descriptors[1].revents != 0 {
      let bytes = wakePipe.drain()
      if bytes.contains(UInt8(ascii: "W")) { events.append(resize()) }
      if bytes.contains(UInt8(ascii: "H")) { isGone = true }
    }
    let state = Int32(descriptors[0].revents)
    if state & POLLIN != 0 {
      let read = input.read()
      // Readable without anything to read is the end of the file.
      if read.isEmpty, state & POLLHUP != 0 || inputHasEnded() { isGone = true }
      events += read
    } else if state & (POLLHUP | POLLERR | POLLNVAL) != 0 {
      isGone = true
    }
    return isGone ? events + [.hangUp] : events
  }

  /// Whether standard input is readable, yet has nothing to give.
  private func inputHasEnded() -> Bool {
    var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, 0) > 0, Int32(descriptor.revents) & POLLIN != 0 else { return false }
    var available: Int32 = 0
    return ioctl(STDIN_FILENO, UInt(FIONREAD), &available) != 0 || available == 0
  }

  private func resize() -> InputEvent {
    var window = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0, window.ws_col > 0 {
      resizeterm(Int32(window.ws_row), Int32(window.ws_col))
    }
    mustRepaint = true
    return .resize(columns: size.width, rows: size.height)
  }
}
