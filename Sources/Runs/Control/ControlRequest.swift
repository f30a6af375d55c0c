import EMFiles
import Glibc
import Refinement

/// What somebody outside asks of a running refinement.
public enum ControlRequest: Sendable, Equatable {
  case pause
  case resume
  case stop
  case stopAfterIteration
  /// Parameters from the next iteration on: only those that were set.
  case parameters(Job)

  /// The files of control/.
  enum Kind: String, CaseIterable {
    case pause
    case stop
    case stopAfterIteration = "stop-after-iteration"
    case parameters = "parameters.toml"

    var fileName: String { rawValue }
  }
}

extension RunFolder {
  private func path(of kind: ControlRequest.Kind) -> String { controlPath + "/" + kind.fileName }

  /// Leaves a request for the process that runs the refinement; it is seen within a second.
  public func request(_ request: ControlRequest) throws(Problem) {
    try makeFolder(controlPath)
    switch request {
    case .pause: try AtomicFile.write("", to: path(of: .pause))
    case .resume: unlink(path(of: .pause))
    case .stop: try AtomicFile.write("", to: path(of: .stop))
    case .stopAfterIteration: try AtomicFile.write("", to: path(of: .stopAfterIteration))
    case .parameters(let job):
      try AtomicFile.write(job.toml(complete: false), to: path(of: .parameters))
    }
  }

  /// Whether a pause is asked for; it lasts until `resume`.
  public var isPauseRequested: Bool { access(path(of: .pause), F_OK) == 0 }

  /// Takes the requests that are waiting, apart from the pause, and removes them.
  public func takeRequests() -> [ControlRequest] {
    var requests: [ControlRequest] = []
    if unlink(path(of: .stop)) == 0 { requests.append(.stop) }
    if unlink(path(of: .stopAfterIteration)) == 0 { requests.append(.stopAfterIteration) }
    if access(path(of: .parameters), F_OK) == 0 {
      if let job = try? Job.read(path: path(of: .parameters)).job {
        requests.append(.parameters(job))
      }
      unlink(path(of: .parameters))
    }
    return requests
  }
}
