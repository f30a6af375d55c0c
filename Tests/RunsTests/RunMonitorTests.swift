import Synchronization
import TestSupport
import Testing

@testable import Jobs
@testable import Runs

struct RunMonitorTests {
  @Test func requestsReachTheProcessAndTheManifestBeats() async throws {
    let temporary = try TemporaryFolder()
    let writer = try RunWriter(
      creating: temporary("run"), job: Job(), manifest: RunManifest(name: "run", at: 0))
    let seen = Mutex<[ControlRequest]>([])
    let monitor = RunMonitor(of: writer, interval: 0.01) { request in
      seen.withLock { $0.append(request) }
      return []
    }
    let folder = RunFolder(temporary("run"))
    func wait(for request: ControlRequest) async throws -> Bool {
      for _ in 0..<1000 {
        if seen.withLock({ $0.contains(request) }) { return true }
        try await Task.sleep(for: .milliseconds(10))
      }
      return false
    }
    try folder.request(.pause)
    #expect(try await wait(for: .pause))
    #expect(try folder.manifest().status == .paused)
    try folder.request(.resume)
    #expect(try await wait(for: .resume))
    try folder.request(.stop)
    #expect(try await wait(for: .stop))
    monitor.stop()
    let manifest = try folder.manifest()
    #expect(manifest.status == .running)
    #expect(manifest.heartbeat > 0)
    #expect(manifest.memory > 1_000_000)
    try folder.request(.stopAfterIteration)
    try await Task.sleep(for: .milliseconds(50))
    #expect(seen.withLock { $0 } == [.pause, .resume, .stop])
    #expect(folder.waitingRequests().map(\.kind) == [.stopAfterIteration])
  }

  /// Each request is acknowledged with who left it and what became of it, also one that cannot be
  /// followed, and one for a process before this one.
  @Test func everyRequestIsAcknowledged() throws {
    let temporary = try TemporaryFolder()
    let writer = try RunWriter(
      creating: temporary("run"), job: Job(), manifest: RunManifest(name: "run", at: 0))
    let folder = writer.folder
    try folder.request(.stop)
    try folder.request(.stopAfterIteration)
    try temporary.write("[search]\nrotation_extent = \"wide\"", to: "run/control/parameters.toml")
    try temporary.write("", to: "run/control/stopp")
    let seen = Mutex<[ControlRequest]>([])
    let monitor = RunMonitor(of: writer, interval: 1000) { request in
      seen.withLock { $0.append(request) }
      return [RunEvent(.log, "done")]
    }
    monitor.stop()
    #expect(seen.withLock { $0 } == [.stopAfterIteration])
    let events = folder.events().events
    func has(_ kind: RunEvent.Kind, _ words: String...) -> Bool {
      events.contains { event in
        event.kind == kind && words.allSatisfy { event.text.contains($0) }
      }
    }
    #expect(has(.control, "A stop from before the start is left aside"))
    #expect(has(.control, "Stop after this iteration (", ":"))
    #expect(has(.log, "done"))
    #expect(has(.warning, "parameters.toml", "rotation_extent", "wide"))
    #expect(has(.warning, "control/stopp", "no such request"))
    // What holds until the end stays, the rest is gone.
    #expect(folder.waitingRequests().map(\.kind) == [.stopAfterIteration])
    writer.end(.finished, message: "")
    #expect(folder.waitingRequests().isEmpty)
  }
}
