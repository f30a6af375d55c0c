import Glibc

/// The descriptors that every program takes for granted.
public enum StandardDescriptors {
  /// Gives /dev/null to those of input, output and errors that are closed.
  ///
  /// Otherwise the next files that are opened would get their numbers: what is said would go into data,
  /// or be taken for signals. To be called before anything is opened.
  public static func fill() {
    for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(number, F_GETFD) < 0 && errno == EBADF {
      // The lowest free number is given, which this one is.
      _ = open("/dev/null", O_RDWR)
    }
  }
}
