import Glibc

/// Something wrong with what came from outside, told to the person at the terminal in two lines:
/// what is wrong and where, and what to do about it.
public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and where: the file, the row or byte, the key.
  public var what: String
  /// What to do about it.
  public var whatToDo: String
  /// Whether work can go on in spite of it.
  public var severity: Severity
  /// The system's error number behind it; 0 for none.
  public var systemError: Int32 = 0

  /// Whether there was no room on a disk, or no more of a quota: it may pass.
  public var isFullDisk: Bool { Self.wantsRoom(systemError) }

  /// Whether a failure to read or write may pass by itself, as a network file system's do.
  public var isPassing: Bool { Self.passes(systemError) }

  /// Whether a system call that failed with an error may succeed a moment later.
  static func mayPass(_ number: Int32) -> Bool { wantsRoom(number) || passes(number) }

  private static func wantsRoom(_ number: Int32) -> Bool { number == ENOSPC || number == EDQUOT }

  /// Whether a system error is of the kind that may pass by itself.
  static func passes(_ number: Int32) -> Bool {
    [EIO, ESTALE, ETIMEDOUT, EAGAIN, ENOMEM, ENETDOWN, EHOSTDOWN, EREMOTEIO].contains(number)
  }

  /// Whether a problem stops the work.
  public enum Severity: Sendable, Hashable { case error, warning }

  public init(_ what: String, whatToDo: String, severity: Severity = .error) {
    self.what = what
    self.whatToDo = whatToDo
    self.severity = severity
  }

  public var description: String { "\(what)\n  \(whatToDo)" }
}

/// Several problems found together, so that a person mends them in one go.
public struct Problems: Error, Sendable, CustomStringConvertible {
  /// The problems in the order in which they were found; not empty.
  public var all: [Problem]

  public init(_ all: [Problem]) { self.all = all }

  public var description: String { all.map(\.description).joined(separator: "\n") }
}
