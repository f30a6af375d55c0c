import CNcurses
import Glibc

/// Keeps what is written to standard error off the screen while the screens are up, and hands it
/// back afterwards.
final class StandardErrorCapture {
  private let original: Int32
  private let store: Int32
  private static let limit = 64 * 1024

  /// Redirects standard error to a file without a name; nil when that cannot be had.
  init?() {
    var template = Array("/tmp/fulcrum-messages-XXXXXX".utf8CString)
    store = mkstemp(&template)
    guard store >= 0 else { return nil }
    _ = fcntl(store, F_SETFD, FD_CLOEXEC)
    unlink(template)
    original = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
    dup2(store, STDERR_FILENO)
    fulcrum_guard_standard_error(original, store)
  }

  /// Puts standard error back and writes to it what was caught, at most the last 64 KiB.
  func end() {
    fflush(nil)
    fulcrum_guard_standard_error(-1, -1)
    let size = Int(lseek(store, 0, SEEK_END))
    if original >= 0 {
      dup2(original, STDERR_FILENO)
      close(original)
    }
    var buffer = [UInt8](repeating: 0, count: min(max(size, 0), Self.limit))
    let count = pread(store, &buffer, buffer.count, off_t(max(0, size - buffer.count)))
    close(store)
    if count > 0, original >= 0 { _ = write(STDERR_FILENO, buffer, count) }
  }
}
