import Ground
import Jobs
import Runs
import Surface

/// A sweep as a form asks for it: a job, and the values of some parameters as they were typed.
struct SweepRequest: Sendable, Hashable {
  /// A parameter and its values.
  struct Axis: Sendable, Hashable {
    var key: String
    var values: String
  }

  /// The text of the job, its name and folder: two requests are the same where these are.
  var toml: String
  var name: String
  var folder: String
  var axes: [Axis]
  /// Whether its runs wait in the queue, in place of a process of their own.
  var isQueued: Bool

  init(_ job: Job, _ axes: [Axis], isQueued: Bool = false) {
    toml = job.toml(complete: false)
    (name, folder, self.axes) = (job.name, job.folder, axes)
    self.isQueued = isQueued
  }

  /// The plan of the sweep.
  ///
  /// - Throws: everything that is wrong with it.
  func plan() throws(Problems) -> SweepPlan {
    var problems: [Problem] = []
    var job = Job(name: name, folder: folder)
    do throws(Problem) {
      (job, problems) = try Job.parsed(toml: toml, file: FilePath.joined(folder, name + ".toml"))
    } catch { throw Problems([error]) }
    var parsed: [SweepAxis] = []
    for axis in axes {
      do throws(Problem) { parsed.append(try SweepAxis(key: axis.key, values: axis.values)) } catch
      {
        problems.append(error)
      }
    }
    // Each run gets a folder by itself.
    job[Parameter.output.folder] = nil
    let plan = SweepPlan(job, axes: parsed, typedIn: folder, problems: &problems)
    guard problems.isEmpty else { throw Problems(problems) }
    return plan
  }
}

extension FormScreen {
  /// The sweep that is marked.
  var sweepRequest: SweepRequest { SweepRequest(job, sweep, isQueued: isForQueue) }

  /// How many runs it has.
  var sweepCount: Int {
    sweep.reduce(1) { product, axis in
      product * max(1, (try? SweepAxis(key: axis.key, values: axis.values))?.values.count ?? 1)
    }
  }

  /// Whether what is wrong with the job is that a parameter has no value which the sweep gives.
  func isAnswered(_ finding: JobFinding) -> Bool {
    guard let key = finding.keys.first, let field = field(ofKey: key) else { return false }
    return !isSet(field) && mistakes[field] == nil && sweep.contains { $0.key == key }
  }

  /// Asks for the values of the selected parameter.
  func askForValues() -> [Effect] {
    guard let field = current, let parameter = field.parameter, !isOfRegions(field) else {
      return [.say("Each region has its own")]
    }
    guard parameter.key != Parameter.output.folder.key else {
      return [.say("Each run of a sweep gets a folder by itself")]
    }
    let (key, job) = (key(of: field), job)
    let known = sweep.first { $0.key == key }?.values
    return [
      .popUp(
        TextPrompt(
          .varyParameter(key), title: "Values of \(wholeTitle(of: field)) to try",
          text: known ?? suggestion(for: parameter, field),
          hint: "With commas between them; several parameters: every combination. Empty: none.",
          objection: { text in
            text.trimmed.isEmpty ? nil : Self.objection(to: text, ofKey: key, in: job)
          }))
    ]
  }

  /// What the prompt begins with: all words of a choice, else the value.
  private func suggestion(for parameter: Parameter, _ field: FormField) -> String {
    switch parameter.type {
    case .toggle: "true, false"
    case .choice(let words): words.joined(separator: ", ")
    default: text(of: field)
    }
  }

  private static func objection(
    to text: String, ofKey key: String, in job: Job
  ) -> Problem? {
    do throws(Problem) {
      let axis = try SweepAxis(key: key, values: text)
      var seen: Set<String> = []
      for value in axis.values {
        var trial = job
        try trial.set(axis.key, to: value)
        guard seen.insert(trial[axis.key]?.text ?? "").inserted else {
          return Problem("\(value) is there twice", whatToDo: "Leave one out.")
        }
      }
      return nil
    } catch { return error }
  }

  /// Marks a parameter with values, or takes the mark away.
  mutating func vary(_ key: String, _ text: String) -> [Effect] {
    let text = text.trimmed
    check = nil
    guard !text.isEmpty else {
      sweep.removeAll { $0.key == key }
      return [.say("\(key) has one value again")]
    }
    if let index = sweep.firstIndex(where: { $0.key == key }) {
      sweep[index].values = text
    } else {
      sweep.append(SweepRequest.Axis(key: key, values: text))
    }
    return [.say("A sweep of \(Format.counted(sweepCount, "run")); s starts it, Q queues it")]
  }

  /// The same as a command.
  var sweepCommandLine: String {
    let line = job.commandLine(jobFile: path ?? "\(job.name).toml")
    let words = sweep.flatMap { axis -> [String] in
      let values = (try? SweepAxis(key: axis.key, values: axis.values))?.values ?? []
      let separator = values.contains { $0.contains(",") } ? ";" : ","
      return ["--vary", shellQuoted("\(axis.key)=" + values.joined(separator: separator))]
    }
    return line.replacing("fulcrum run ", with: "fulcrum sweep ", maxReplacements: 1) + " "
      + words.joined(separator: " ")
  }
}
