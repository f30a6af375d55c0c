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

  /// Whether the run is to end after its iteration; it holds until the run has ended.
  public var isStopAfterIterationRequested: Bool {
    access(path(of: .stopAfterIteration), F_OK) == 0
  }

  /// The requests that are waiting. They stay until `remove`, so that none is lost with the process.
  func waitingRequests() -> [ReceivedRequest] {
    ControlRequest.Kind.allCases.compactMap { kind in
      var status = stat()
      guard lstat(path(of: kind), &status) == 0 else { return nil }
      let origin = Self.origin(of: status)
      let content: Result<ControlRequest, Problems> =
        switch kind {
        case .pause: .success(.pause)
        case .stop: .success(.stop)
        case .stopAfterIteration: .success(.stopAfterIteration)
        case .parameters: Self.parameters(path(of: .parameters))
        }
      return ReceivedRequest(kind: kind, content: content, origin: origin)
    }
  }

  /// Removes a request that was dealt with.
  func remove(_ kind: ControlRequest.Kind) { unlink(path(of: kind)) }

  /// Names in control/ that are no requests.
  func strayRequests() -> [String] {
    let known = Set(ControlRequest.Kind.allCases.map(\.fileName))
    return entries(of: controlPath).filter { !known.contains($0) }
  }

  private static func parameters(_ path: String) -> Result<ControlRequest, Problems> {
    do throws(Problem) {
      let (job, problems) = try Job.read(path: path)
      guard problems.isEmpty else { return .failure(Problems(problems)) }
      return .success(.parameters(job))
    } catch { return .failure(Problems([error])) }
  }

  /// The owner of a file and the time at which it was written.
  private static func origin(of status: stat) -> String {
    var seconds = status.st_mtim.tv_sec
    var local = tm()
    localtime_r(&seconds, &local)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : String(value) }
    let time = "\(two(local.tm_hour)):\(two(local.tm_min)):\(two(local.tm_sec))"
    return "\(userName(status.st_uid)), \(time)"
  }

  private static func userName(_ user: uid_t) -> String {
    var entry = passwd()
    var result: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 4096)
    guard getpwuid_r(user, &entry, &buffer, buffer.count, &result) == 0, result != nil,
      let name = entry.pw_name
    else { return "user \(user)" }
    return String(cString: name)
  }
}
