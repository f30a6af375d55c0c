import ArgumentParser
import Glibc
import Ground
import Ranks
import Refinement
import Runs

/// `fulcrum mpi`: the plug-in through which several processes refine together.
struct MPICommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mpi", abstract: "Build and try the plug-in for MPI.",
    usage: "fulcrum mpi build | fulcrum mpi check",
    discussion: """
      Processes that mpirun or srun has started refine together as ranks, each with
      its part of the particles: mpirun -n 4 fulcrum run JOB.toml --threads 8.
      --mpi PATH or FULCRUM_MPI names the plug-in, --mpi none does without.

      Example: fulcrum mpi build && mpirun -n 4 fulcrum mpi check
      """,
    subcommands: [Build.self, Check.self])

  /// `fulcrum mpi build`.
  struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "build", abstract: "Build the plug-in with mpicc.",
      usage: "fulcrum mpi build [-o PATH]",
      discussion: """
        It is a page of C that this program writes and the cluster's mpicc compiles: once for
        each MPI. MPICC names another compiler.

        Example: module load openmpi; fulcrum mpi build
        """)

    @Option(
      name: [.customShort("o"), .customLong("output")],
      help: ArgumentHelp(
        "The plug-in. (default: ~/.local/share/fulcrum/mpi.so)", valueName: "path"),
      completion: .file())
    var output: String?

    func run() throws {
      let build = MPIBuild(path: output)
      do { try build.run() } catch { throw CommandFailure(CommandFailure.failed, [error]) }
      printOut("Built \(build.path) with \(build.compiler).")
      if build.path != FilePath.absolute(MPIBuild.usualPath) {
        printOut("To use it: export FULCRUM_MPI=\(build.path), or --mpi \(build.path)")
      }
    }
  }

  /// `fulcrum mpi check`.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "See whether the ranks of a launcher find each other.",
      usage: "mpirun -n 4 fulcrum mpi check [--mpi auto|PATH]",
      discussion: "Example: srun -n 4 fulcrum mpi check")

    @OptionGroup var ranks: RankOptions

    func run() throws {
      let communicator = try ranks.communicator()
      defer { communicator.close() }
      do throws(RankEnd) {
        let places = try communicator.gather(Array(Machine.host.utf8))
        let size = 16 << 20
        let seconds = try exchangeTime(communicator, size: size)
        guard communicator.rank == 0 else { return }
        printOut("\(Format.counted(communicator.count, "rank")), \(communicator.title)")
        for (rank, place) in places.enumerated() {
          printOut("  rank \(rank) on \(String(decoding: place, as: UTF8.self))")
        }
        if communicator.count > 1 {
          let moved = Double(2 * size * (communicator.count - 1))
          printOut("\(Format.bytes(Int(moved / seconds))) a second out of each, and as much in")
        }
      } catch {
        guard case .failed(let problem) = error else { return }
        throw CommandFailure(CommandFailure.failed, [problem])
      }
    }

    /// Seconds in which so many bytes go from each to each, and back, as the sums of an iteration travel.
    private func exchangeTime(_ ranks: Communicator, size: Int) throws(RankEnd) -> Double {
      do {
        return try ranks.memory.kept {
          let out = (0..<ranks.count).map { other in
            Message(count: size, memory: ranks.memory) {
              $0.initializeMemory(
                as: UInt8.self, repeating: UInt8(truncatingIfNeeded: 16 * ranks.rank + other))
            }
          }
          var seconds = 0.0
          // The first time memory is asked for, which all iterations share.
          for _ in 0..<3 {
            let start = MonotonicClock.now
            let back = try ranks.exchange(try ranks.exchange(out))
            seconds = MonotonicClock.now - start
            guard zip(back, out).allSatisfy({ $0.isSame(as: $1) }) else {
              throw RankEnd.failed(
                Problem(
                  "what came back is not what was sent", whatToDo: "Build the plug-in again."))
            }
          }
          return seconds
        }
      } catch { throw RankEnd(error, rank: ranks.rank) }
    }
  }
}

/// Whether a process is one of several ranks.
struct RankOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "MPI: auto, none, or a plug-in of: fulcrum mpi build.", valueName: "auto|path|none",
      visibility: .hidden),
    completion: .file())
  var mpi = "auto"

  /// Runs a command that refines on rank 0; the others take part in its refinement.
  func lead(threads: Int?, _ body: (Communicator) throws -> Void) throws {
    let communicator = try communicator()
    defer { communicator.close() }
    guard communicator.rank == 0 else { return takePart(with: communicator, threads: threads) }
    do { try body(communicator) } catch {
      // Whoever waits for a job is told that there is none.
      if !communicator.hasMet {
        let problem = Problem("rank 0 has not begun", whatToDo: "See what it says.")
        _ = communicator.end(.failed(problem))
      }
      throw error
    }
  }

  private func takePart(with communicator: Communicator, threads: Int?) {
    let control = RefinementControl()
    signal(SIGHUP, SIG_IGN)
    StopSignals.listen { _, _ in control.requestStop() }
    // Rank 0 says what became of it.
    try? RankSession.takePart(with: communicator, control: control, threads: threads)
  }

  /// The conversation with the other ranks, or a rank alone.
  func communicator() throws -> Communicator {
    do { return try RankChoice(argument: mpi).communicator() } catch {
      throw CommandFailure.input(error)
    }
  }
}
