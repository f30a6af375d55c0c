import Runs
import Surface

extension RunStatus {
  /// The status as people say it.
  var word: String { rawValue }

  /// The sign beside the word.
  var symbol: Symbol {
    switch self {
    case .running: .running
    case .paused: .paused
    case .finished: .done
    case .stopped: .stopped
    case .failed: .failed
    case .interrupted: .warning
    case .queued: .waiting
    }
  }

  /// How it looks.
  var role: Role {
    switch self {
    case .running: .accent
    case .paused, .stopped, .interrupted: .warning
    case .queued: .dim
    case .finished: .good
    case .failed: .bad
    }
  }
}
