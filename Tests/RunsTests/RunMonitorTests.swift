import Refinement
import Synchronization
import Testing

@testable import Runs

struct RunMonitorTests {
  @Test func requestsReachTheProcessAndTheManifestBeats() async throws {
    let temporary = try TemporaryFolder()
    let writer = try RunWriter(
      creating: temporary("run"), job: Job(), manifest: RunManifest(name: "run", at: 0))
    let seen = Mutex<[ControlRequest]>([])
    let monitor = RunMonitor(of: writer, interval: 0.01) { request in
      seen.withLock { $0.append(request) }
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
    #expect(folder.takeRequests() == [.stopAfterIteration])
  }
}
