import Glibc

/// Why a refinement ends before its result.
public enum StopReason: Sendable, Hashable {
  /// By a key, a command, or a request in control/.
  case user
  /// By a signal of the system or a scheduler.
  case signal(Int32)
  /// Its time was over.
  case timeLimit

  /// The exit status: as a shell has it for an interrupt by the user, and for an end from outside.
  public var exitStatus: Int32 {
    switch self {
    case .user, .signal(SIGINT): 130
    case .signal, .timeLimit: 143
    }
  }

  /// The reason in words.
  public var text: String {
    switch self {
    case .user: "Stopped by the user"
    case .signal(SIGINT): "Stopped by an interrupt"
    case .signal(SIGTERM): "Stopped by SIGTERM"
    case .signal(SIGUSR1): "Stopped by SIGUSR1"
    case .signal(SIGUSR2): "Stopped by SIGUSR2"
    case .signal(let number): "Stopped by signal \(number)"
    case .timeLimit: "Stopped at its time limit"
    }
  }
}
