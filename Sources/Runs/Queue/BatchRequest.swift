import Ground
import Jobs

/// What a job asks of a scheduler.
public struct BatchRequest: Sendable, Hashable {
  public var nodes = 1
  /// Ranks on all nodes; nil for one on each.
  public var ranks: Int?
  /// Threads of each rank.
  public var threads = 16
  /// As the scheduler writes it.
  public var time = "24:00:00"

  public init() {}

  /// Ranks on all nodes.
  public var rankCount: Int { ranks ?? nodes }

  /// The names of a template's holes.
  static let holes: Set = [
    "name", "nodes", "ranks", "threads", "memory", "time", "command", "log",
  ]

  /// A batch script.
  ///
  /// - Parameters:
  ///   - name: the job's.
  ///   - memory: bytes of each rank.
  ///   - command: shell words that begin the run, or go on with it.
  ///   - log: where what the job prints goes.
  func script(
    _ template: String, name: String, memory: Int, command: String, log: String
  ) -> String {
    // The ranks of a node together, in MB, as schedulers count them.
    let ofNode = (rankCount + nodes - 1) / nodes * memory
    return Holes(template).filled([
      "name": name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) },
      "nodes": "\(nodes)", "ranks": "\(rankCount)", "threads": "\(threads)",
      "memory": "\(ofNode / 1_048_576 + 1)", "time": time, "command": command, "log": log,
    ])
  }
}

/// A text with holes: names in curly brackets. Other brackets stay as they are, those of the shell's
/// variables among them.
struct Holes {
  private enum Piece {
    case text(String)
    case hole(String)
  }
  private let pieces: [Piece]

  init(_ text: String) {
    var pieces: [Piece] = []
    var rest = text[...]
    var plain = ""
    while let open = rest.firstIndex(of: "{") {
      plain += rest[..<open]
      let inside = rest[rest.index(after: open)...]
      let name = inside.prefix { $0.isASCII && $0.isLowercase }
      let isVariable = plain.last == "$"
      if !isVariable, !name.isEmpty, inside.dropFirst(name.count).first == "}" {
        pieces += [.text(plain), .hole(String(name))]
        plain = ""
        rest = inside.dropFirst(name.count + 1)
      } else {
        plain += "{"
        rest = inside
      }
    }
    self.pieces = pieces + [.text(plain + rest)]
  }

  /// The names of the holes, as they come.
  var names: [String] {
    pieces.compactMap { if case .hole(let name) = $0 { name } else { nil } }
  }

  /// The text with the holes filled; one without a value is empty.
  func filled(_ values: [String: String]) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .hole(let name): values[name] ?? ""
      }
    }.joined()
  }
}

extension Lane {
  /// The script of Slurm. Two minutes before its time is over every rank gets a signal, upon which the
  /// run saves its state and ends with status 143; then the job goes into the queue again, and goes on
  /// with the run. A job that is cancelled, or whose run is stopped, does not.
  static let slurmTemplate = """
    #!/bin/bash
    #SBATCH --job-name={name}
    #SBATCH --nodes={nodes}
    #SBATCH --ntasks={ranks}
    #SBATCH --cpus-per-task={threads}
    #SBATCH --mem={memory}M
    #SBATCH --time={time}
    #SBATCH --signal=USR1@120
    #SBATCH --requeue
    #SBATCH --open-mode=append
    #SBATCH --output={log}
    export SRUN_CPUS_PER_TASK={threads}
    srun --kill-on-bad-exit=1 {command}
    status=$?
    if [ $status -eq 143 ]; then scontrol requeue "$SLURM_JOB_ID"; fi
    exit $status

    """
}
