import CryoEM
import EMFiles
import FoundationEssentials
import Refinement
import Testing

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
    let folder = RunFolder("/nowhere")
    var manifest = RunManifest(name: "x", at: 1000)
    #expect(folder.status(of: manifest) == .running)
    manifest.processID = 0
    #expect(folder.status(of: manifest) == .interrupted)
    manifest.host = "another machine"
    #expect(folder.status(of: manifest, at: 1100) == .running)
    #expect(folder.status(of: manifest, at: 1121) == .interrupted)
    manifest.status = .failed
    #expect(folder.status(of: manifest, at: 9999) == .failed)
  }

  @Test func mapsOfOldIterationsGo() throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(in: temporary)
    let map = Volume(size: 4, pixelSize: 2)
    for iteration in 1...4 {
      writer.take(.iteration(.example(iteration)))
      writer.writeMaps(a: map, b: map, mask: map, iteration: iteration, keep: 2)
    }
    #expect(writer.failure == nil)
    #expect(temporary.names("runs/hinge/iterations/002") == ["metrics.json"])
    #expect(
      temporary.names("runs/hinge/iterations/003") == [
        "half_map_a.mrc", "half_map_b.mrc", "mask.mrc", "metrics.json",
      ])
    let read = try MRCVolume(path: temporary("runs/hinge/iterations/004/half_map_a.mrc"))
    #expect(read.size == SIMD3(4, 4, 4))
    #expect(read.voxelSize.x == 2)
  }

  @Test func requestsAreLeftAndTakenOnce() throws {
    let temporary = try TemporaryFolder()
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
