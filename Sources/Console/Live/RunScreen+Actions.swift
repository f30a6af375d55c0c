import Ground
import Jobs
import Pages
import Refinement
import Runs
import Surface
import Terminal

extension RunScreen {
  func pause() -> [Effect] {
    let isPaused = view.snapshot?.status == .paused
    return [
      .change(.control(folder: view.root, isPaused ? .resume : .pause)),
      .say(isPaused ? "Going on" : "Pausing within a second; p lets it go on"),
    ]
  }

  /// Asks whether it is to be stopped, or taken out of the queue.
  var stopQuestion: Effect {
    .popUp(
      view.snapshot?.status == .queued
        ? Confirmation(
          question: .stopRun(view.root), title: "Take \(title) out of the queue?",
          text: (view.snapshot?.batchJob == nil ? "" : "The scheduler forgets the job. ")
            + "The run stays, and r begins it here.",
          action: "Take out")
        : Confirmation(
          question: .stopRun(view.root), title: "Stop \(title) now?",
          text: "What is done is kept, and r goes on with it later. x instead finishes this "
            + "iteration and writes the final maps.", action: "Stop"))
  }

  func openMaps() -> [Effect] {
    guard let snapshot = view.snapshot, let shelf = MapShelf(snapshot) else { return [] }
    var screen = MapScreen(shelf: shelf)
    if let title = view.metrics?.stepName, view.iteration != nil { screen.view.steps.go(to: title) }
    return [.push(screen)]
  }

  /// Shows the table of particles, or leaves it.
  mutating func toggleParticles() -> [Effect] {
    if particles != nil {
      particles = nil
      return []
    }
    guard let number = view.metrics?.poseIteration else {
      return [.say("There is no iteration yet")]
    }
    particles = ParticlePage()
    return [.read(.particles(folder: view.folder, iteration: number))]
  }

  /// Asks what to look for: in the table of particles, or in the log.
  mutating func search() -> [Effect] {
    if let particles { return [particles.filterPrompt] }
    arrangement.focus(on: .log)
    return [panes.log.searchPrompt]
  }

  /// Lets the range of what is chosen begin, or end, at the cursor.
  mutating func setEnd(isLower: Bool) -> [Effect] {
    let plots = particles?.choicePlots(view, in: .ample) ?? pane.choicePlots(view, in: .ample)
    let axes = view.choosing.axes(in: plots)
    if let particles, let axis = axes.first, let value = particles.chosenValue {
      view.choosing.ranges.cursors[axis.name] = axis.bin(of: value)
    }
    guard view.choosing.setEnd(of: axes, isLower: isLower) else {
      return [
        .say("Left and Right put a cursor into the plot, ( and ) begin and end the range at it")
      ]
    }
    return view.countChoice()
  }

  /// What of the running refinement can be changed.
  var changeChooser: Chooser {
    let items = Parameter.all.filter(\.changesWhileRunning).map { parameter in
      Chooser.Item(
        id: parameter.key, title: parameter.title, detail: parameter.help,
        note: (view.snapshot?.job?[parameter.key]?.shown ?? parameter.defaultText)
          + (parameter.unit.isEmpty ? "" : " \(parameter.unit)"))
    }
    return Chooser(.changeParameter, title: "Change from the next iteration on", items: items)
  }

  /// What the rules object to; a choice tries the remedy.
  var adviceChooser: Chooser {
    let items = (view.snapshot?.objections ?? []).map { verdict in
      let changes = verdict.changes.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
      let tries =
        changes.isEmpty
        ? ""
        : " Enter sets " + changes.joined(separator: ", ")
          + (view.snapshot?.isLive == true ? " from the next iteration on." : " in a new job.")
      return Chooser.Item(
        id: verdict.rule, title: verdict.sentence,
        detail: "\(verdict.sentence). \(verdict.remedy)\(tries)",
        note: verdict.severity == .bad ? "wrong" : "mind")
    }
    return Chooser(.applyRemedy, title: "What the numbers object to", items: items)
  }

  /// Tries the remedy of a rule: in the running refinement, or in a new job like this one.
  private func applyRemedy(of rule: String) -> [Effect] {
    guard let verdict = view.snapshot?.objections.first(where: { $0.rule == rule }) else {
      return []
    }
    guard !verdict.changes.isEmpty else { return [.say(verdict.remedy)] }
    if view.snapshot?.isLive == true {
      return verdict.changes.sorted { $0.key < $1.key }.flatMap { change($0.key, to: $0.value) }
    }
    guard var job = view.snapshot?.job else { return [.say("The run's parameters cannot be read")] }
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
    guard let job = view.snapshot?.job else {
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
          ? .read(.restartWith(particles: particles, folder: view.folder))
          : .read(.continuationWith(particles: particles, folder: view.folder))
      ]
    case .searchLog:
      panes.log.pattern = text
      panes.log.follow()
    case .searchParticles:
      particles?.filter = text
      particles?.arrange()
    case .stopRun where view.snapshot?.status == .queued:
      return [.work(.cancel(folder: view.root)), .say("Taking it out …")]
    case .stopRun: return [.change(.control(folder: view.root, .stop)), .say("\(title) stops")]
    case .changeParameter:
      guard let parameter = Parameter.named(text) else { return [] }
      let value = view.snapshot?.job?[parameter.key]?.text ?? ""
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
      .change(.control(folder: view.root, .parameters(changes))),
      .say("\(key) = \(text) from the next iteration on"),
    ]
  }
}
