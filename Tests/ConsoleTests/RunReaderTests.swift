import CryoEM
import EMFiles
import Foundation
import Ground
import Runs
import Surface
import TestSupport
import Testing

@testable import Console

/// What the screens read from real run folders.
@Suite struct RunReaderTests {
  private func writer(in folder: TemporaryFolder, name: String = "one") throws -> RunWriter {
    try RunWriter(
      creating: folder.path + "/runs/" + name, job: SampleRuns.job(),
      manifest: RunManifest(name: name, particles: 12, maximumIterations: 9))
  }

  /// A screen that opens gets its run even where another screen has had it read before, and nothing
  /// has changed since.
  @Test func everyScreenThatOpensGetsItsRun() throws {
    let folder = try TemporaryFolder()
    let path = try writer(in: folder).folder.path
    let read = DispatchSemaphore(value: 0)
    let background = Background(
      folder: folder.path, themes: ThemeCatalogue.standard(environment: [:]), endCommand: nil
    ) { news in
      if case .run = news { read.signal() }
    }
    let openings = RunScreen(folder: path).opening(Surroundings())
    let comparison = CompareScreen(folders: [path]).opening(Surroundings())
    for case .outside(.read(let reading)) in openings + comparison { background.read(reading) }
    for _ in 0..<2 { #expect(read.wait(timeout: .now() + 20) == .success) }
  }

  @Test func readsWhatIsNewAndNothingTwice() throws {
    let folder = try TemporaryFolder()
    let writer = try writer(in: folder)
    let reader = RunReader()
    let path = writer.folder.path
    writer.take(.iteration(SampleRuns.metrics(iteration: 0, seed: 0)))
    let first = try #require(reader.run(at: path, isForced: false))
    #expect(first.metrics.count == 1)
    #expect(first.status == .running)
    #expect(reader.run(at: path, isForced: false) == nil)

    writer.take(.iteration(SampleRuns.metrics(iteration: 1, seed: 0)))
    writer.take(.warning("look out"))
    let second = try #require(reader.run(at: path, isForced: false))
    #expect(second.metrics.map(\.iteration) == [0, 1])
    #expect(second.events.count > first.events.count)
    #expect(second.events.filter { $0.text == "look out" }.count == 1)

    writer.end(.finished, message: "converged")
    let last = try #require(reader.run(at: path, isForced: false))
    #expect(last.status == .finished)
    #expect(last.manifest?.message == "converged")
    #expect(last.events.count == RunFolder(path).events().events.count)
  }

  /// A run that somebody deletes stays on the screen as it was, and says so; when it comes back, it is
  /// read as ever.
  @Test(arguments: [false, true]) func tellsThatARunIsGone(_ hasEnded: Bool) throws {
    let folder = try TemporaryFolder()
    let writer = try writer(in: folder)
    let path = writer.folder.path
    writer.take(.iteration(SampleRuns.metrics(iteration: 0, seed: 0)))
    if hasEnded { writer.end(.finished, message: "converged") }
    let reader = RunReader()
    let before = try #require(reader.run(at: path, isForced: false))
    try FileManager.default.moveItem(atPath: path, toPath: folder.path + "/elsewhere")
    let gone = try #require(reader.run(at: path, isForced: false))
    #expect(Headline(gone).text.contains("no longer there"))
    #expect(Headline(gone).role == .bad)
    #expect(gone.status == (hasEnded ? .finished : .interrupted))
    #expect(gone.metrics.count == before.metrics.count && gone.events == before.events)
    #expect(reader.run(at: path, isForced: false) == nil)
    try FileManager.default.moveItem(atPath: folder.path + "/elsewhere", toPath: path)
    let back = try #require(reader.run(at: path, isForced: false))
    #expect(back.notice == nil && back.status == before.status)
    #expect(back.metrics.count == before.metrics.count)
  }

  @Test func listsRunsWithTheirParameters() throws {
    let folder = try TemporaryFolder()
    let reader = RunReader()
    #expect(reader.runs(in: folder.path, isForced: false)?.listings.isEmpty == true)
    #expect(reader.runs(in: folder.path, isForced: false)?.listings.count == nil)
    let writer = try writer(in: folder)
    let found = try #require(reader.runs(in: folder.path, isForced: false)).listings
    #expect(found.map(\.entry.name) == ["one"])
    #expect(found.first?.job?["prior.rotation_sd"] == .number(5))
    try writer.folder.setNote("a note")
    #expect(reader.runs(in: folder.path, isForced: false)?.listings.first?.entry.note == "a note")
  }

  /// Of very many runs the names are there at once; their files are read by and by, each once.
  @Test func manyRunsAreReadByAndBy() throws {
    let folder = try TemporaryFolder()
    for number in 0..<40 { _ = try writer(in: folder, name: "run\(number)") }
    let reader = RunReader()
    let first = try #require(reader.runs(in: folder.path, isForced: false, budget: 0))
    #expect(first.listings.count == 40 && !first.isComplete)
    #expect(first.listings.allSatisfy { !$0.isRead && $0.changed > 0 })
    #expect(reader.runs(in: folder.path, isForced: false, budget: 0)?.isComplete == nil)
    let second = try #require(reader.runs(in: folder.path, isForced: false, budget: 1000))
    #expect(second.isComplete && second.listings.allSatisfy(\.isRead))
    #expect(Set(second.listings.map(\.entry.name)) == Set((0..<40).map { "run\($0)" }))
    try FileManager.default.removeItem(atPath: folder.path + "/runs/run7")
    let third = try #require(reader.runs(in: folder.path, isForced: false, budget: 0))
    #expect(third.listings.count == 39 && third.isComplete)
  }

  /// A day of events does not fill the memory: the last ones are kept, whole.
  @Test func aFloodOfEventsIsBounded() throws {
    let folder = try TemporaryFolder()
    let path = try writer(in: folder).folder.path
    let reader = RunReader()
    let file = try #require(FileHandle(forWritingAtPath: path + "/events.jsonl"))
    var count = 0
    for _ in 0..<12 {
      try file.seekToEnd()
      var lines = ""
      for _ in 0..<3000 {
        lines += "{\"kind\":\"log\",\"text\":\"line \(count)\",\"time\":1}\n"
        count += 1
      }
      try file.write(contentsOf: Data(lines.utf8))
      let snapshot = try #require(reader.run(at: path, isForced: false))
      #expect(snapshot.events.count <= 25_000)
      #expect(snapshot.events.last?.text == "line \(count - 1)")
    }
    let kept = try #require(reader.run(at: path, isForced: true)).events.map(\.text)
    #expect(kept.count >= 20_000)
    #expect(kept == (count - kept.count..<count).map { "line \($0)" })
    // One that is opened later is shown from its end.
    let late = try #require(RunReader().run(at: path, isForced: false))
    #expect(late.events.last?.text == "line \(count - 1)")
  }

  @Test func damagedRunsAreShownAsSuch() throws {
    let folder = try TemporaryFolder()
    let path = try writer(in: folder).folder.path
    try "{".write(toFile: path + "/run.json", atomically: true, encoding: .utf8)
    let reader = RunReader()
    let listing = try #require(reader.runs(in: folder.path, isForced: false)?.listings.first)
    #expect(listing.entry.problem != nil)
    let snapshot = try #require(reader.run(at: path, isForced: false))
    #expect(snapshot.problem?.what.contains("run.json") == true)
  }

  /// The half-maps of an iteration hold a part of the box; the mask's part is found by the header.
  @Test func slicesFindTheMaskOfAPartOfTheBox() throws {
    let folder = try TemporaryFolder()
    let writer = try writer(in: folder)
    let size = 16
    let whole = (0..<size * size * size).map { Float($0) }
    let final = writer.folder.finalPath
    try FileManager.default.createDirectory(atPath: final, withIntermediateDirectories: true)
    try MRCVolume.write(
      whole, size: SIMD3(size, size, size), voxelSize: 2, to: final + "/mask.mrc")
    let part = Volume(size: 8, pixelSize: 2)
    writer.writeMaps(a: part, b: part, mask: part, origin: SIMD3(4, 6, 8), iteration: 1, keep: 1)
    let slices = SliceReader.slices(
      SliceRequest(folder: writer.folder.path, iteration: 1, source: .map))
    #expect(slices.problem.isEmpty)
    let plane = try #require(slices.planes.first)
    let z = slices.centre.z
    // Top row of the plane along z: y = 7 of the part is y = 10 of the whole, x = 0 is x = 2.
    #expect(plane.mask.first == Float(((z + 4) * size + 10) * size + 2))
  }

  @Test func pickerReadsFoldersAndHeaders() throws {
    let folder = try TemporaryFolder()
    try MRCVolume.write(
      [Float](repeating: 1, count: 64), size: SIMD3(4, 4, 4), voxelSize: 1.5,
      to: folder.path + "/map.mrc")
    try "hello".write(toFile: folder.path + "/notes.txt", atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(
      atPath: folder.path + "/sub", withIntermediateDirectories: true)
    let listing = FolderReader.listing(of: folder.path, endings: ["mrc"])
    #expect(listing.entries.map(\.name) == ["sub", "map.mrc"])
    let preview = FolderReader.header(of: folder.path + "/map.mrc")
    #expect(preview.lines.contains("Box 4 x 4 x 4"))
    #expect(preview.lines.contains("Pixel 1.5 Å"))
    #expect(
      FolderReader.listing(of: folder.path + "/nowhere", endings: []).problem.isEmpty == false)
  }
}

/// What a new run that goes on from another one starts with.
@Suite struct ContinuationTests {
  @Test func takesThePosesAndLeavesTheImagesWhereTheyAre() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    var job = SampleRuns.job()
    job.folder = "/data/project"
    let writer = try RunWriter(
      creating: path + "/runs/one", job: job, manifest: RunManifest(name: "one"))
    writer.take(.iteration(SampleRuns.metrics(iteration: 1, seed: 0)))
    let poses = writer.folder.iterationPath(1) + "/poses.star"
    #expect(throws: Problem.self) {
      try Continuation.job(of: writer.folder.path, iteration: 1)
    }
    try "data_".write(toFile: poses, atomically: true, encoding: .utf8)
    let (next, takes) = try Continuation.job(of: writer.folder.path, iteration: 1)
    #expect(takes == "its poses and the maps with which the run began")
    #expect(next["input.particles"]?.pathList == [poses])
    #expect(next["input.project_dir"]?.string == "/data/project")
    #expect(next["input.half_map_a"]?.string == "/data/project/J42/half_map_a.mrc")
    #expect(!next.isSet("output.directory"))
    #expect(next.folder == path)
  }
}
