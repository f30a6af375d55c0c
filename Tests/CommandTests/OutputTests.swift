import Glibc
import Ground
import Runs
import Testing

/// Readers that stop reading.
struct OutputTests {
  /// A pipe, not to wait for at its reading end.
  private func newPipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Fills a pipe, so that the next write waits.
  private func fill(_ writing: Int32) {
    _ = fcntl(writing, F_SETFL, O_NONBLOCK)
    let page = [UInt8](repeating: UInt8(ascii: "-"), count: 4096)
    while write(writing, page, page.count) > 0 {}
    while write(writing, page, 1) > 0 {}
    _ = fcntl(writing, F_SETFL, 0)
  }

  private func read(_ descriptor: Int32) -> String {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count <= 0 { return String(decoding: text, as: UTF8.self) }
      text += buffer[..<count]
    }
  }

  /// Whoever hands lines over goes on; what does not fit is counted, and what was said last is written.
  @Test func nobodyWaitsForAFullPipe() throws {
    let (reading, writing) = try newPipe()
    let output = OutputQueue(capacity: 10_000)
    output.stopWaiting()
    fill(writing)
    let line = Array((String(repeating: "x", count: 99) + "\n").utf8)
    for _ in 0..<3000 { output.writeProgress(line, to: writing) }
    output.write(Array("the end\n".utf8), to: writing)
    #expect(!output.drain(patience: 0.05))
    var text = ""
    for _ in 0..<200 where !output.drain(patience: 0.01) { text += read(reading) }
    text += read(reading)
    #expect(text.hasSuffix("the end\n"))
    let lines = text.drop { $0 == "-" }.split(separator: "\n")
    // What was kept and what was left out are all; a writer that begins late takes the first line when
    // others have been left out already, and says so twice.
    let notices = lines.filter { $0.hasPrefix("(") }
    let left = notices.compactMap { Int($0.dropFirst().prefix { $0.isNumber }) }.reduce(0, +)
    let kept = lines.dropLast().filter { $0.utf8.count == 99 && $0.allSatisfy { $0 == "x" } }
    #expect(kept.count + left == 3000 && kept.count + notices.count + 1 == lines.count)
    // As many as may wait, and the one that is being written.
    #expect((100...102).contains(kept.count) && (1...2).contains(notices.count))
    let last = lines.dropLast().last ?? ""
    #expect(last.hasSuffix(" lines were left out here: nobody read them.)"))
    close(reading)
    close(writing)
  }

  /// Of frames that nobody took the last one alone is shown.
  @Test func oldFramesAreLeftOut() throws {
    let (reading, writing) = try newPipe()
    let output = OutputQueue()
    output.stopWaiting()
    fill(writing)
    output.write(Array("x".utf8), to: writing)
    for number in 0..<500 { output.show(Array("frame \(number);".utf8), on: writing) }
    var text = ""
    for _ in 0..<200 where !output.drain(patience: 0.01) { text += read(reading) }
    text += read(reading)
    // The first may be under way when the others come.
    #expect(["xframe 499;", "xframe 0;frame 499;"].contains(text.drop { $0 == "-" }))
    close(reading)
    close(writing)
  }

  /// Readers that are gone are no reason to wait.
  @Test func aBrokenPipeEndsNothing() throws {
    signal(SIGPIPE, SIG_IGN)
    let (reading, writing) = try newPipe()
    close(reading)
    let output = OutputQueue()
    output.write([1, 2, 3], to: writing)
    #expect(output.drain(patience: 0))
    close(writing)
  }

  /// A refinement whose output nobody reads follows its time limit and SIGTERM all the same, saves, and
  /// ends.
  @Test(arguments: [true, false]) func aRunThatNobodyReadsIsStopped(byLimit: Bool) throws {
    let set = try SmallDataSet.simulated()
    let fifo = set("fifo")
    try #require(mkfifo(fifo, 0o600) == 0)
    // Open for reading too, and full.
    let end = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    defer { close(end) }
    let page = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
    while write(end, page, page.count) > 0 {}
    let program = try ChildProcess(
      [
        try StartedProgram.programPath(), "run", set("set/set.toml"), "--threads", "1",
        "--set", "refinement.extra_passes=100", "--set", "refinement.maximum_iterations=1000",
        "--output", set("run"), "--time-limit", byLimit ? "5s" : "1h",
      ], output: .file(fifo), errors: fifo)
    let folder = RunFolder(set("run"))
    if !byLimit {
      for _ in 0..<2400 where folder.iterations().count < 2 { usleep(25_000) }
      kill(program.processID, SIGTERM)
    }
    #expect(program.wait() == .exited(143))
    let manifest = try folder.manifest()
    #expect(manifest.status == .stopped, "\(manifest.message)")
  }

  /// A program that was started without input, output and errors does not take its data for them.
  @Test func closedDescriptorsAreFilled() throws {
    let set = try SmallDataSet.simulated()
    let program = try StartedProgram.programPath()
    let shell = try ChildProcess([
      "/bin/sh", "-c",
      "exec \"$0\" run \"$1\" --threads 1 --set refinement.maximum_iterations=1 --output \"$2\" "
        + "<&- >&- 2>&-", program, set("set/set.toml"), set("run"),
    ])
    #expect(shell.wait() == .exited(0))
    let folder = RunFolder(set("run"))
    #expect(try folder.manifest().status == .finished)
    #expect(folder.events().events.first?.kind == .started)
    for name in set.names() where name.hasPrefix("run/") && name.hasSuffix(".json") {
      let text = String(decoding: try set.bytes(name), as: UTF8.self)
      #expect(text.hasPrefix("{") && !text.contains("Iteration 1:"), "\(name)")
    }
  }
}
