import FoundationEssentials
import Glibc
import Ground
import Jobs
import Runs
import Testing

@testable import fulcrum

/// The queue by the program.
struct QueueTests {
  private let long = [
    "--set", "refinement.maximum_iterations=40", "--set", "refinement.extra_passes=20",
  ]

  private func wait(_ isSo: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<12_000 {
      if try isSo() { return true }
      usleep(10_000)
    }
    return false
  }

  private func status(_ folder: RunFolder) -> RunStatus? {
    (try? folder.manifest()).map { folder.status(of: $0) }
  }

  /// Everything is killed in the middle of a run; the list says so and goes on, and what comes out are
  /// the bytes of runs by themselves.
  @Test func aKilledQueueGoesOn() throws {
    let set = try SmallDataSet.simulated()
    for deviation in [4, 8] {
      let alone = try ProgramRun(
        [
          "run", "set/set.toml", "--set", "prior.rotation_sd=\(deviation)", "--output",
          "alone-\(deviation)",
        ] + long, in: set.path)
      #expect(alone.status == 0, "\(alone.errors)")
    }
    let (first, second) = (RunFolder(set("runs/set")), RunFolder(set("runs/set-2")))
    // Queued while nothing works, so that both have their turns before one begins.
    #expect(try ProgramRun(["queue", "stop"], in: set.path).status == 0)
    for deviation in [4, 8] {
      let added = try ProgramRun(
        ["queue", "add", "set/set.toml", "--set", "prior.rotation_sd=\(deviation)"] + long,
        in: set.path)
      #expect(added.status == 0 && added.output.contains("The queue is stopped"), "\(added)")
    }
    let listed = try ProgramRun(["list"], in: set.path)
    #expect(listed.output.contains("queued 1") && listed.output.contains("queued 2"))
    // One after the other: each asks for all cores.
    let started = try ProgramRun(["queue", "start"], in: set.path)
    #expect(started.status == 0 && started.output.contains("The queue works"), "\(started)")
    #expect(wait { first.iterations().contains { $0 > 0 } })
    #expect(status(second) == .queued)

    let queue = LocalQueue(in: set.path)
    guard case .working(let worker) = queue.worker() else {
      Issue.record("nobody works")
      return
    }
    // It is in a session of its own: no terminal takes it along.
    #expect(getsid(worker.processID) == worker.processID)
    let child = try first.manifest().processID
    kill(worker.processID, SIGKILL)
    kill(child, SIGKILL)
    #expect(wait { status(first) == .interrupted })
    #expect(wait { if case .dead = queue.worker() { true } else { false } })
    let told = try ProgramRun(["queue"], in: set.path)
    #expect(told.status == 0 && told.output.contains("The worker has died"), "\(told)")
    #expect(wait { status(first) == .finished && status(second) == .finished })
    #expect(wait { queue.worker() == .none })
    for (folder, deviation) in [("set", 4), ("set-2", 8)] {
      for name in ["map.mrc", "half_map_a.mrc", "map_sharp.mrc", "particles.star", "fsc.tsv"] {
        #expect(
          try set.bytes("runs/\(folder)/final/\(name)")
            == set.bytes("alone-\(deviation)/final/\(name)"), "\(folder) \(name)")
      }
    }
    let idle = try ProgramRun(["queue"], in: set.path)
    #expect(idle.output.contains("Nothing waits"), "\(idle.output)")
  }

  /// Stopped now, runs save their state and wait again at their turns.
  @Test func aStoppedQueueTakesItsRunsBack() throws {
    let set = try SmallDataSet.simulated()
    let endless = [
      "--set", "refinement.extra_passes=100", "--set", "refinement.maximum_iterations=1000",
    ]
    let added = try ProgramRun(
      ["queue", "add", "set/set.toml", "set/set.toml"] + endless, in: set.path)
    #expect(added.status == 0, "\(added.errors)")
    let (first, second) = (RunFolder(set("runs/set")), RunFolder(set("runs/set-2")))
    #expect(wait { first.iterations().contains { $0 > 0 } })
    let stopped = try ProgramRun(["queue", "stop", "--now"], in: set.path)
    #expect(stopped.status == 0, "\(stopped.errors)")
    #expect(status(first) == .queued)
    let queue = LocalQueue(in: set.path)
    #expect(queue.members().map(\.name) == ["set", "set-2"])
    #expect(wait { queue.worker() == .none })
    let json = try ProgramRun(["queue", "--json"], in: set.path)
    #expect(json.output.contains(#""worker" : "stopped""#), "\(json.output)")
    let removed = try ProgramRun(["queue", "remove", "set", "runs/set-2"], in: set.path)
    #expect(removed.status == 0, "\(removed.errors)")
    #expect(status(second) == .stopped)
    let again = try ProgramRun(["queue", "remove", "set"], in: set.path)
    #expect(again.status == 2 && again.errors.contains("does not wait"), "\(again.errors)")
  }

  /// Everything wrong with any of the jobs is told, and nothing is queued.
  @Test func whatIsWrongIsToldBeforeAnythingIsQueued() throws {
    let set = try SmallDataSet()
    let run = try ProgramRun(
      ["queue", "add", "job.toml", "missing.toml", "--set", "prior.rotation_sd=-1"], in: set.path)
    #expect(run.status == 2)
    #expect(run.errors.contains("missing.toml") && run.errors.contains("prior.rotation_sd"))
    #expect(RunCatalogue.runs(in: set.path).isEmpty)
    let nothing = try ProgramRun(["queue", "add"], in: set.path)
    #expect(nothing.status == 2)
  }
}
