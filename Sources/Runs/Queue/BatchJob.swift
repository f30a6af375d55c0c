import Ground

/// The job of a scheduler that a run waits for, or runs as: queue.json of its folder.
///
/// It names the lane and holds none of its commands: a run folder may come from anybody.
public struct BatchJob: Codable, Sendable, Equatable, OutsideValue {
  /// The lane's name, and what the screens call it.
  var lane: String
  var laneTitle: String
  /// The scheduler's number of it.
  public var number: String

  /// In words: "Slurm job 4711".
  public var title: String { "\(laneTitle) job \(number)" }

  var impossible: String? {
    // It becomes a word of a command: no option, and nothing that a shell knows.
    let isNumber =
      number.first?.isNumber == true || number.first?.isLetter == true
      ? number.utf8.count < 100 && number.allSatisfy(Self.isOfNumber) : false
    return isNumber ? nil : "number"
  }

  /// Digits, and what schedulers add: `4711.server`, `4711[3]`, `4711_2`.
  fileprivate static func isOfNumber(_ character: Character) -> Bool {
    character.isASCII
      && (character.isLetter || character.isNumber || "._-[]".contains(character))
  }

  /// The number that a submit command has printed: `4711`, `4711;cluster`, or the first word with a
  /// digit of a sentence as `Submitted batch job 4711`.
  static func number(in output: String) -> String? {
    let words = output.split { !isOfNumber($0) }.map(String.init)
    return words.first { $0.first?.isNumber == true }
      ?? words.first { $0.contains(where: \.isNumber) }
  }
}

extension BatchJob {
  /// A command of its lane for it.
  func line(_ command: String) -> String { Holes(command).filled(["number": number]) }

  /// Whether it waits or runs; nil where the scheduler does not say.
  func isKnown(to lane: Lane) -> Bool? {
    guard let (status, output) = try? Self.shell(line(lane.query)), status == 0 else { return nil }
    return output.split { !Self.isOfNumber($0) }.contains { $0 == number }
  }

  /// Runs a line of the shell; its status, and what it has printed.
  static func shell(_ line: String) throws(Problem) -> (status: Int32, output: String) {
    do throws(ChildProcess.StartFailure) {
      let (status, bytes) = try ChildProcess.output(of: ["/bin/sh", "-c", line])
      return (status, String(decoding: bytes, as: UTF8.self).trimmed)
    } catch {
      throw Problem("\(line): \(error.description)", whatToDo: "Run it by hand.")
    }
  }
}

extension RunFolder {
  /// The job that the run waits for, or was started by last; nil for none.
  public var batchJobPath: String { path + "/queue.json" }
  /// The script that was handed over, and what the job prints.
  public var batchScriptPath: String { path + "/submit.sh" }
  public var batchLogPath: String { path + "/queue.log" }

  /// The scheduler's job of the run; nil for none.
  public func batchJob() -> BatchJob? {
    guard holds(batchJobPath) else { return nil }
    return try? JSONFile.read(BatchJob.self, from: batchJobPath, within: path)
  }
}
