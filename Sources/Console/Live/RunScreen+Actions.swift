import Ground
import Jobs
import Pages
import Refinement
import Runs
import Surface
import Terminal

extension RunScreen {
  func pause() -> [Effect] {
    let isPaused = snapshot?.status == .paused
    return [
      .control(folder: root, isPaused ? .resume : .pause),
      .say(isPaused ? "Going on" : "Pausing within a second; p lets it go on"),
    ]
  }

  /// Asks whether it is to be stopped, or taken out of the queue.
  var stopQuestion: Effect {
    .popUp(
      snapshot?.status == .queued
        ? Confirmation(
          question: .stopRun(root), title: "Take \(title) out of the queue?",
          text: (snapshot?.batchJob == nil ? "" : "The scheduler forgets the job. ")
            + "The run stays, and r begins it here.",
          action: "Take out")
        : Confirmation(
          question: .stopRun(root), title: "Stop \(title) now?",
          text: "What is done is kept, and r goes on with it later. x instead finishes this "
            + "iteration and writes the final maps.", action: "Stop"))
  }

  func openMaps() -> [Effect] {
    guard let snapshot, let shelf = MapShelf(snapshot) else { return [] }
    var screen = MapScreen(shelf: shelf)
    if let title = metrics?.stepName, iteration != nil { screen.open(at: title) }
    return [.push(screen)]
  }

  /// Shows the table of particles, or leaves it.
  mutating func toggleParticles() -> [Effect] {
    if particles != nil {
      particles = nil
      return []
    }
    guard let number = metrics?.poseIteration else { return [.say("There is no iteration yet")] }
    particles = ParticlePage()
    return [.readParticles(folder: folder, iteration: number)]
  }

  mutating func changeLogLevel() -> [Effect] {
    log.onlyWarnings.toggle()
    return [.say(log.onlyWarnings ? "Log: warnings and errors" : "Log: everything")]
  }

  /// Asks what to look for: in the table of particles, or in the log.
  mutating func search() -> [Effect] {
    if let particles { return [particles.filterPrompt] }
    focus = .log
    panels.insert(.log)
    return [
      .popUp(
        TextPrompt(
          .searchLog, title: "Log lines that contain", text: log.pattern,
          hint: "Enter keeps, Esc goes back", isLive: true))
    ]
  }

  /// What of the running refinement can be changed.
  var changeChooser: Chooser {
    let items = Parameter.all.filter(\.changesWhileRunning).map { parameter in
      Chooser.Item(
        id: parameter.key, title: parameter.title, detail: parameter.help,
        note: (snapshot?.job?[parameter.key]?.shown ?? parameter.defaultText)
          + (parameter.unit.isEmpty ? "" : " \(parameter.unit)"))
    }
    return Chooser(.changeParameter, title: "Change from the next iteration on", items: items)
  }

  /// What the rules object to; a choice tries the remedy.
  var adviceChooser: Chooser {
    let items = (snapshot?.objections ?? []).map { verdict in
      let changes = verdict.changes.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
      let tries =
        changes.isEmpty
        ? ""
        : " Enter sets " + changes.joined(separator: ", ")
          + (snapshot?.isLive == true ? " from the next iteration on." : " in a new job.")
      return Chooser.Item(
        id: verdict.rule, title: verdict.sentence,
        detail: "\(verdict.sentence). \(verdict.remedy)\(tries)",
        note: verdict.severity == .bad ? "wrong" : "mind")
    }
    return Chooser(.applyRemedy, title: "What the numbers object to", items: items)
  }

  /// Tries the remedy of a rule: in the running refinement, or in a new job like this one.
  private func applyRemedy(of rule: String) -> [Effect] {
    guard let verdict = snapshot?.objections.first(where: { $0.rule == rule }) else { return [] }
    guard !verdict.changes.isEmpty else { return [.say(verdict.remedy)] }
    if snapshot?.isLive == true {
      return verdict.changes.sorted { $0.key < $1.key }.flatMap { change($0.key, to: $0.value) }
    }
    guard var job = snapshot?.job else { return [.say("The run's parameters cannot be read")] }
    job[Parameter.output.folder] = nil
    do throws(Problem) {
      for (key, value) in verdict.changes { try job.set(key, to: value) }
    } catch {
      return [.complain(error)]
    }
    return [.push(FormScreen(job, origin: "\(title), with the remedy")), .say(verdict.remedy)]
  }

  /// The parameters of the run, those that were changed first.
  var parametersViewer: TextViewer {
    guard let job = snapshot?.job else {
      return TextViewer(
        title: "Parameters", lines: [.init("The job file cannot be read.", .warning)])
    }
    let changed = Parameter.all.filter { job.isChanged($0.key) }
    let others = Parameter.all.filter { !job.isChanged($0.key) }
    func line(_ parameter: Parameter, _ role: Role) -> TextViewer.Line {
      let value = job.shown(parameter)
      return TextViewer.Line(
        parameter.key.padded(toColumns: 34) + " " + value
          + (parameter.unit.isEmpty ? "" : " " + parameter.unit), role)
    }
    return TextViewer(
      title: "Parameters of \(title)",
      lines: [.init("Changed", .title)] + changed.map { line($0, .changed) }
        + [.init(""), .init("Defaults", .title)] + others.map { line($0, .text) },
      copyText: job.toml())
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .report(let folders): return Self.report(folders, to: text)
    case .tools: return choose(tool: text, surroundings)
    case .toolLine(let purpose): return ToolLine.run(text, purpose: purpose, surroundings)
    case .selectParticles:
      selection = text
      return choice.counting(text)
    case .newJob(let particles, let asInput):
      return [
        asInput
          ? .restartWith(particles: particles, folder: folder)
          : .continueWith(particles: particles, folder: folder)
      ]
    case .searchLog:
      log.pattern = text
      log.follow()
    case .searchParticles:
      particles?.filter = text
      particles?.arrange()
    case .stopRun where snapshot?.status == .queued:
      return [.cancelQueued(folder: root), .say("Taking it out …")]
    case .stopRun: return [.control(folder: root, .stop), .say("\(title) stops")]
    case .changeParameter:
      guard let parameter = Parameter.named(text) else { return [] }
      let value = snapshot?.job?[parameter.key]?.text ?? ""
      return [
        .popUp(
          TextPrompt(
            .changeValue(parameter.key), title: parameter.title, text: value,
            hint: parameter.expectation,
            objection: { text in
              var changes = Job()
              do throws(Problem) { try changes.set(parameter.key, to: text) } catch { return error }
              return nil
            }))
      ]
    case .applyRemedy: return applyRemedy(of: text)
    case .changeValue(let key): return change(key, to: text)
    default: break
    }
    return []
  }

  private func change(_ key: String, to text: String) -> [Effect] {
    var changes = Job()
    do { try changes.set(key, to: text) } catch { return [.complain(error)] }
    return [
      .control(folder: root, .parameters(changes)),
      .say("\(key) = \(text) from the next iteration on"),
    ]
  }
}
