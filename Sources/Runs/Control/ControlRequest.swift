import Glibc
import Ground
import Jobs

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

/// A request as it was found in control/.
struct ReceivedRequest: Sendable {
  var kind: ControlRequest.Kind
  /// What is asked for, or why it cannot be understood.
  var content: Result<ControlRequest, Problems>
  /// Who left it and when, as far as the file tells: "alice, 12:03:11".
  var origin: String
}

extension RunFolder {
  private func path(of kind: ControlRequest.Kind) -> String { controlPath + "/" + kind.fileName }

  /// Leaves a request for the process that runs the refinement; it is seen within a second.
  public func request(_ request: ControlRequest) throws(Problem) {
    try make(controlPath)
    switch request {
    case .pause: try write("", to: path(of: .pause))
    case .resume: removeFile(path(of: .pause))
    case .stop: try write("", to: path(of: .stop))
    case .stopAfterIteration: try write("", to: path(of: .stopAfterIteration))
    case .parameters(let job):
      try write(job.toml(complete: false), to: path(of: .parameters))
    }
  }

  /// Whether a pause is asked for; it lasts until `resume`.
  public var isPauseRequested: Bool { facts(of: path(of: .pause)) != nil }

  /// Whether the run is to end after its iteration; it holds until the run has ended.
  public var isStopAfterIterationRequested: Bool {
    facts(of: path(of: .stopAfterIteration)) != nil
  }

  /// The requests that are waiting. They stay until `remove`, so that none is lost with the process.
  func waitingRequests() -> [ReceivedRequest] {
    ControlRequest.Kind.allCases.compactMap { kind in
      guard let status = facts(of: path(of: kind)) else { return nil }
      let origin = Self.origin(of: status)
      let content: Result<ControlRequest, Problems> =
        switch kind {
        case .pause: .success(.pause)
        case .stop: .success(.stop)
        case .stopAfterIteration: .success(.stopAfterIteration)
        case .parameters: parameters(path(of: .parameters))
        }
      return ReceivedRequest(kind: kind, content: content, origin: origin)
    }
  }

  /// Removes a request that was dealt with.
  func remove(_ kind: ControlRequest.Kind) { removeFile(path(of: kind)) }

  /// Names in control/ that are no requests; of very many, some.
  func strayRequests() -> [String] {
    entries(of: controlPath, limit: 1000).filter { !RunLayout.control.contains($0) }
  }

  private func parameters(_ path: String) -> Result<ControlRequest, Problems> {
    do throws(Problem) {
      let (job, problems) = try Job.read(path: path, within: self.path)
      guard problems.isEmpty else { return .failure(Problems(problems)) }
      return .success(.parameters(job))
    } catch { return .failure(Problems([error])) }
  }

  /// The owner of a file and the time at which it was written.
  private static func origin(of status: stat) -> String {
    "\(userName(status.st_uid)), \(CalendarDate(local: Double(status.st_mtim.tv_sec)).clock)"
  }
}
