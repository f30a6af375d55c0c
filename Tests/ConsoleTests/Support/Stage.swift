import Runs
import Surface
import Terminal

@testable import Console
@testable import Jobs
@testable import Refinement

/// An application without a terminal: a frozen clock, sample runs in place of folders, and effects
/// that are done at once or kept to be looked at.
struct Stage {
  var application: Application
  /// What has reached out of the application and was not answered.
  var effects: [Errand] = []
  var hasRuns = true
  var hasSweep = false
  var hasParents = false
  var hasQueue = false

  /// What an application opens with.
  enum Scene: String, CaseIterable {
    case runs, welcome, live, results, files, form, blank, mask, compare, comparison, particles
    case help, palette, theme, card, check, lanes, queued, maker, maps, slices
    case fold, sweep, varied, tree, filter, watch
    case tools, toolLine = "tool-line", choice, composition
    case regions, masks, modes, chosen
  }

  init(
    _ scene: Scene = .runs, size: Size = Size(width: 80, height: 24),
    colours: ColourLevel = .none, glyphs: GlyphLevel = .unicode
  ) {
    let surroundings = Surroundings(
      now: SampleRuns.start + 410, size: size, folder: "/data/ribosome", colours: colours,
      glyphs: glyphs)
    application = Application(surroundings, first: RunsScreen())
    hasRuns = scene != .welcome
    hasSweep = [.fold, .sweep, .varied, .tree].contains(scene)
    hasParents = scene == .tree
    hasQueue = scene == .watch
    feed(application.refresh())
    set(scene)
  }

  private mutating func set(_ scene: Scene) {
    let runs = "/data/ribosome/runs/"
    let job = SampleRuns.job()
    switch scene {
    case .runs, .welcome: break
    case .live: show(RunScreen(folder: runs + "head"))
    case .results: show(RunScreen(folder: runs + "body"))
    case .files:
      show(RunScreen(folder: runs + "body"))
      play("9 z")
    case .particles:
      show(RunScreen(folder: runs + "body"))
      play("t s")
    case .form: show(FormScreen(job))
    case .check:
      show(FormScreen(job))
      play("e")
    case .blank: show(FormScreen(Job(folder: "/data/ribosome")))
    case .mask:
      show(FormScreen(job))
      play("m")
    case .maker:
      show(FormScreen(job))
      play("m n > > b s v")
    case .maps:
      show(RunScreen(folder: runs + "body"))
      play("V o c")
    case .slices:
      show(RunScreen(folder: runs + "body"))
      play("V o Tab x")
    case .fold: play("Down Right")
    case .tree: play("t End Up Up Up")
    case .watch:
      let room = QueueRoom(cores: 8, memory: 32_000_000_000, slots: 2)
      tell(.queue(QueueState(isWorking: true, room: room)))
      play("w Down")
    case .filter: play("/ \"Å < 4 & shift\"")
    case .sweep: show(SweepScreen(named: "head-sweep"))
    case .varied:
      show(FormScreen(job))
      for values in ["rotation_sd\" Enter * \"3, 6, 10", "shift_sd\" Enter * \"1.5, 3"] {
        play("/ \"prior.\(values)\" Enter")
      }
    case .regions:
      show(FormScreen(SampleRuns.regionJob()))
      play("] Down Down Down Down")
    case .chosen:
      show(RunScreen(folder: runs + "body"))
      play("0 0 Tab Home Right Right Right ( Right Right Right Right Right Right )")
    case .modes: show(ModesScreen(folder: runs + "two"))
    case .masks:
      show(FormScreen(SampleRuns.regionJob()))
      play("] ] m")
    case .compare: show(CompareScreen(folders: [runs + "head-wide", runs + "body"]))
    case .comparison:
      let names = ["head-wide", "body", "small-region", "a-run-of-a-long-name"]
      show(CompareScreen(folders: names.map { runs + $0 }))
    case .lanes:
      application.surroundings.lanes = SampleRuns.lanes
      show(FormScreen(job))
      play("s Down Down")
    case .queued: show(RunScreen(folder: runs + "waiting"))
    case .tools:
      show(RunScreen(folder: runs + "body"))
      play("T Down")
    case .toolLine:
      show(RunScreen(folder: runs + "body"))
      play("T Enter")
    case .choice:
      show(RunScreen(folder: runs + "body"))
      play("W \"turned > 10 and half = A\" Enter")
    case .composition: play("Down Space Space T Enter")
    case .help: play("?")
    case .palette: play("Ctrl-P")
    case .theme: play("F9")
    case .card: play("F12")
    }
  }

  mutating func show(_ screen: any Screen) { feed(application.settle([.push(screen)])) }

  /// Takes an event and does what comes of it.
  mutating func take(_ input: InputEvent) { feed(application.handle(.input(input))) }

  /// Presses the keys of a script.
  mutating func play(_ script: String) {
    guard let script = try? KeyScript(script) else { return }
    for step in script.steps {
      switch step {
      case .key(let key): take(.key(key))
      case .paste(let text): take(.paste(text))
      case .resize(let size): take(.resize(columns: size.width, rows: size.height))
      case .wait, .until, .capture: break
      }
    }
  }

  mutating func tell(_ news: News) { feed(application.handle(.news(news))) }

  /// The effects that have reached out since the last call.
  mutating func takeEffects() -> [Errand] {
    defer { effects = [] }
    return effects
  }

  var grid: Grid { application.draw().grid }
  var text: String { grid.text }

  mutating func feed(_ new: [Errand]) {
    for effect in new {
      if case .read(.theme) = effect { continue }
      if let news = reply(to: effect) { tell(news) } else { effects.append(effect) }
    }
  }

  /// What the outside world answers to those effects that only read.
  private func reply(to errand: Errand) -> News? {
    switch errand {
    case .read(.runs(let folder, _)):
      let more = hasSweep ? SampleRuns.sweepListings() : []
      let runs =
        hasQueue ? SampleRuns.queueListings() : SampleRuns.listings(withParents: hasParents)
      return .runs(hasRuns ? runs + more : [], folder: folder)
    case .read(.sweep(let name, _)):
      return .sweep(SweepTable(named: name, SampleRuns.outcomes()))
    case .read(.run(let folder, _)):
      let name = RunFolder(folder).name
      if name == "waiting" { return .run(SampleRuns.waiting()) }
      let isLive = name == "head"
      return .run(
        SampleRuns.snapshot(
          name: name, status: isLive ? .running : .finished, iterations: isLive ? 4 : 7,
          seed: name.count % 3))
    case .read(.slices(let request)):
      return .slices(SampleRuns.slices(of: request.folder, iteration: request.iteration))
    case .read(.motion): return .motion(SampleRuns.motion())
    case .read(.map(let request)): return .map(SampleRuns.map(request))
    case .read(.volumes(let job)):
      return .volumes(SampleRuns.volumes(of: job))
    case .read(.files(let job)):
      return .files(
        FileFacts(
          answering: job, data: DataFacts(box: 128, pixelSize: 1.5, maskRadius: 40)))
    case .read(.particles(let folder, let iteration)):
      return .particles(SampleRuns.particles(of: folder, iteration: iteration))
    case .read(.poseDifference(_, let other)): return .poseDifference(SampleRuns.difference(other))
    case .read(.rootChange(let folder, let root)):
      return .rootChange(RootChange(folder: folder, root: root, turned: 6.25, moved: 2.1))
    case .read(.selectionCount(let folder, let expression)):
      return .counted(
        "1,203 of 2,500 particles, half-sets of 600 and 603. 1,297 are left out.", folder: folder,
        expression: expression)
    case .read(.choiceCount(let folder, let expression)):
      return .choiceCounted(
        ChoiceCount(
          folder: folder, expression: expression,
          sentence: "1,203 of 2,500 particles, half-sets of 600 and 603. 1,297 are left out.",
          brief: "1,203 of 2,500, 600 + 603"))
    case .work(.makeMask(let task)):
      // Nothing is written.
      if case .save(_, _, _, let path, _, let isUsed) = task {
        return .maskMaking(.saved(path: path, isUsed: isUsed))
      }
      return (try? task.done()).map { .maskMaking($0) }
    case .read(.themes): return .themes([.builtIn], [])
    case .work(.check(let job)):
      return .checked(
        CheckReport(
          job: job, findings: [],
          lines: [
            "Particles: 2500 (1251 + 1249), box 128 at 1.5 Å, 12 stacks, 1 optics groups.",
            "About 8:20 on 8 threads, 1.2 GB of memory, 74 MB on disk.",
          ]))
    default: return nil
    }
  }
}
