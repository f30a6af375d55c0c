import CryoEM
import EMFiles
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Ground
@testable import Jobs
@testable import Runs

struct RunFolderTests {
  private func writer(in temporary: TemporaryFolder, name: String = "hinge") throws -> RunWriter {
    var job = Job(name: name, folder: "/data")
    try job.set("input.mask", to: "mask.mrc")
    try job.set("search.rotation_extent", to: "7")
    return try RunWriter(
      creating: temporary("runs/" + name), job: job,
      manifest: RunManifest(name: name, particles: 7, threads: 2, maximumIterations: 20))
  }

  @Test func whatIsWrittenIsRead() throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(in: temporary)
    writer.take(.stage(.packing, iteration: 0))
    writer.take(.progress(.packing, done: 3, total: 7))
    writer.take(.iteration(.example(0)))
    writer.take(.stage(.search, iteration: 1))
    writer.take(.iteration(.example(1)))
    writer.take(.iteration(.example(2)))
    writer.take(.warning("soft mask"))
    writer.end(.finished, message: "converged")
    #expect(writer.failure == nil)

    let folder = RunFolder(temporary("runs/hinge"))
    let manifest = try folder.manifest()
    #expect(manifest.status == .finished)
    #expect(manifest.iteration == 2)
    #expect(manifest.startResolution == 20)
    #expect(manifest.resolution == 18)
    #expect(manifest.message == "converged")
    #expect(try #require(manifest.ended) >= manifest.started)
    #expect(folder.status(of: manifest) == .finished)
    #expect(folder.iterations() == [0, 1, 2])
    #expect(try folder.metrics(of: 1) == .example(1))
    #expect(folder.metrics(after: 0) == [.example(1), .example(2)])
    #expect(
      folder.events().events.map(\.kind) == [
        .started, .stage, .iteration, .stage, .iteration, .iteration, .warning, .ended,
      ])
    let job = try folder.job()
    #expect(job["input.mask"] == .text("/data/mask.mrc"))
    #expect(job["search.rotation_extent"] == .number(7))
    #expect(job["prior.shift_sd"] == .number(7))
    #expect(
      temporary.names("runs/hinge") == [
        "checkpoint", "control", "events.jsonl", "iterations", "job.toml", "run.json",
      ])
  }

  @Test func anExistingFolderIsNotTouched() throws {
    let temporary = try TemporaryFolder()
    _ = try writer(in: temporary)
    let before = try temporary.text("runs/hinge/run.json")
    let problem = try #require(throws: Problem.self) { try writer(in: temporary) }
    #expect(problem.what.contains("runs/hinge exists"))
    #expect(try temporary.text("runs/hinge/run.json") == before)
  }

  @Test func eventsAreReadOnByWholeLines() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    let first = JSONFile.text(RunEvent(.log, "one\ntwo", at: 1), pretty: false)
    let second = JSONFile.text(RunEvent(.warning, "Å", at: 2), pretty: false)
    try temporary.write(first + "\ndamaged\n" + second.prefix(10), to: "events.jsonl")
    let page = folder.events()
    #expect(page.events.map(\.text) == ["one\ntwo"])
    #expect(folder.events(from: page.next) == EventPage(events: [], next: page.next))
    try temporary.write(first + "\ndamaged\n" + second + "\n", to: "events.jsonl")
    #expect(folder.events(from: page.next).events == [RunEvent(.warning, "Å", at: 2)])
  }

  @Test func aManifestIsReplacedWhole() async throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(in: temporary)
    let folder = RunFolder(temporary("runs/hinge"))
    // A reader at any moment sees a whole manifest while four writers replace it.
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for step in 0..<20 { writer.take(.stage(.search, iteration: step)) }
          return true
        }
      }
      group.addTask { (0..<200).allSatisfy { _ in (try? folder.manifest()) != nil } }
      for await isWhole in group { #expect(isWhole) }
    }
    #expect(writer.failure == nil)
    #expect(folder.events().events.count == 81)
    #expect(!temporary.names("runs/hinge").contains { $0.hasSuffix(".part") })
  }

  @Test func aDeadProcessMeansInterrupted() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    var manifest = RunManifest(name: "x", at: 1000)
    // Whoever writes into a folder holds it; the number of one that is gone may be another's.
    #expect(folder.status(of: manifest) == .interrupted)
    let lock = try RunLock(folder)
    #expect(folder.status(of: manifest) == .running)
    lock.release()
    var holder = RunHolder(at: 1000)
    holder.host = "another machine"
    try temporary.write(JSONFile.text(holder), to: "lock")
    #expect(folder.status(of: manifest, at: 1100) == .running)
    #expect(folder.status(of: manifest, at: 1121) == .interrupted)
    manifest.status = .failed
    #expect(folder.status(of: manifest, at: 9999) == .failed)
  }

  /// The clock on the wall may be set while a run goes on; what it has taken is counted by another, and
  /// goes on where the process before has left it.
  @Test func durationsAreNotOfTheWallClock() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary("run"))
    let first = try RunWriter(
      creating: folder.path, job: Job(), manifest: RunManifest(name: "run", at: 1e9))
    first.end(.stopped, message: "")
    var manifest = try folder.manifest()
    #expect(manifest.duration < 60 && manifest.ended.map { $0 - manifest.started > 1e8 } == true)
    manifest.seconds = 500
    manifest.takeOver(threads: 1)
    let second = try RunWriter(resuming: folder, lock: try RunLock(folder), manifest: manifest)
    second.heartbeat()
    let duration = try folder.manifest().duration
    #expect(duration >= 500 && duration < 560)
    #expect(try folder.manifest().duration(at: second.manifest.heartbeat + 3) - duration >= 2.9)
  }

  /// What vanished from iterations/ is said, once.
  @Test func lostIterationsAreNamed() throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(in: temporary)
    for iteration in 0...3 { writer.take(.iteration(.example(iteration))) }
    for name in ["metrics.json"] {
      unlink(temporary("runs/hinge/iterations/001/" + name))
      rmdir(temporary("runs/hinge/iterations/001"))
    }
    writer.nameLostIterations(upTo: 3)
    writer.end(.stopped, message: "")
    let warnings = writer.folder.events().events.filter { $0.kind == .warning }
    #expect(warnings.count == 1)
    #expect(warnings.first?.text.contains("iterations/001 vanished") == true)
    #expect(writer.failure == nil)
  }

  /// A folder with everything in it that vanishes under a run is made again.
  @Test func aVanishedFolderIsMadeAgain() throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(in: temporary)
    rmdir(temporary("runs/hinge/iterations"))
    writer.take(.iteration(.example(0)))
    #expect(writer.failure == nil)
    #expect(writer.folder.iterations() == [0])
  }

  /// A long log is shown from its end, by whole lines.
  @Test func aLongLogIsReadFromItsEnd() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    let lines = (0..<5000).map {
      JSONFile.text(RunEvent(.log, "line \($0)", at: 1), pretty: false)
    }
    try temporary.write(lines.joined(separator: "\n") + "\n", to: "events.jsonl")
    #expect(folder.eventsStart() == 0)
    let start = folder.eventsStart(bytes: 1000)
    let page = folder.events(from: start)
    #expect((5...30).contains(page.events.count))
    #expect(page.events.map(\.text) == (5000 - page.events.count..<5000).map { "line \($0)" })
    #expect(folder.eventsStart(after: page.next - 10, bytes: 1000) == page.next - 10)
  }

  @Test func mapsOfOldIterationsGo() throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(in: temporary)
    let map = Volume(size: 4, pixelSize: 2)
    for iteration in 1...4 {
      writer.take(.iteration(.example(iteration)))
      // A removal that failed is made up for.
      if iteration == 4 { try temporary.write("", to: "runs/hinge/iterations/001/mask.mrc") }
      writer.writeMaps(a: map, b: map, mask: map, iteration: iteration, keep: 2)
    }
    #expect(writer.failure == nil)
    for old in ["001", "002"] {
      #expect(temporary.names("runs/hinge/iterations/" + old) == ["metrics.json"])
    }
    #expect(
      temporary.names("runs/hinge/iterations/003") == [
        "half_map_a.mrc", "half_map_b.mrc", "mask.mrc", "metrics.json",
      ])
    let read = try MRCVolume(path: temporary("runs/hinge/iterations/004/half_map_a.mrc"))
    #expect(read.size == SIMD3(4, 4, 4))
    #expect(read.voxelSize.x == 2)
    // At the end, for the last time.
    try temporary.write("", to: "runs/hinge/iterations/002/mask.mrc")
    writer.end(.finished, message: "done")
    #expect(temporary.names("runs/hinge/iterations/002") == ["metrics.json"])
    #expect(temporary.names("runs/hinge/iterations/003").count == 4)
  }

  @Test func requestsAreLeftAndTakenOnce() throws {
    let temporary = try TemporaryFolder()
    try makeFolder(temporary("run"))
    let folder = RunFolder(temporary("run"))
    var parameters = Job()
    try parameters.set("search.rotation_extent", to: "5")
    try folder.request(.stop)
    try folder.request(.stopAfterIteration)
    try folder.request(.parameters(parameters))
    try folder.request(.pause)
    #expect(folder.isPauseRequested)
    let waiting = folder.waitingRequests()
    #expect(waiting.map(\.kind) == [.pause, .stop, .stopAfterIteration, .parameters])
    guard case .success(.parameters(let job))? = waiting.last?.content else {
      Issue.record("no parameters")
      return
    }
    #expect(job.values == parameters.values)
    for request in waiting { folder.remove(request.kind) }
    #expect(folder.waitingRequests().isEmpty)
    #expect(!folder.isPauseRequested)
  }

  @Test func removalTakesOnlyWhatARunMade() throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(in: temporary)
    let folder = writer.folder
    #expect(throws: Problem.self) { try folder.remove() }
    writer.take(.iteration(.example(1)))
    writer.end(.finished, message: "")
    try temporary.write("mine", to: "runs/hinge/iterations/001/thesis.doc")
    #expect(try folder.remove() == [folder.path + "/iterations"])
    #expect(temporary.names("runs/hinge/iterations/001") == ["thesis.doc"])
    #expect(throws: Problem.self) { try RunFolder(temporary.path).remove() }
  }

  @Test func renamingKeepsTheRun() throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(in: temporary)
    #expect(throws: Problem.self) { try writer.folder.rename(to: "other") }
    writer.end(.finished, message: "")
    #expect(throws: Problem.self) { try writer.folder.rename(to: "../x") }
    let moved = try writer.folder.rename(to: "other")
    #expect(try moved.manifest().status == .finished)
    #expect(temporary.names("runs") == ["other"])
  }
}
