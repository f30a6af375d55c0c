import Ground
import Jobs
import Pages
import Report
import Runs
import Surface

extension RunScreen {
  var status: String {
    guard let snapshot else { return "" }
    return "\(snapshot.status?.word ?? ""), iteration \(snapshot.iteration)"
      + (snapshot.resolution.map { ", " + Format.resolution($0) } ?? "")
  }

  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    guard let snapshot else {
      frame.write("Reading \(folder) …", x: rect.x + 2, y: rect.y + 1, .dim, width: rect.width - 2)
      return
    }
    if snapshot.manifest == nil {
      let problem = snapshot.problem
      frame.write(
        problem?.what ?? "\(folder) is not a run folder", x: rect.x + 2, y: rect.y + 1, .bad,
        width: rect.width - 2)
      frame.write(
        problem?.whatToDo ?? "", x: rect.x + 2, y: rect.y + 2, width: rect.width - 2)
      return
    }
    let (head, strip, body) = Self.parts(of: rect)
    drawHeader(snapshot, in: head, of: &frame, surroundings)
    if let particles {
      drawParticles(particles, in: rect.split(top: head.height).rest, of: &frame)
      return
    }
    let places = places(in: body)
    if !strip.isEmpty { drawStrip(places.map(\.panel), in: strip, of: &frame) }
    for (panel, place) in places {
      draw(panel, in: place, isAlone: places.count == 1, of: &frame, surroundings)
    }
    for splitter in PanelShares.splitters(of: places) {
      frame.mark(splitter.handle, .splitter(splitter))
    }
  }

  /// Header, line of panes, and panes.
  static func parts(of rect: Rect) -> (head: Rect, strip: Rect, body: Rect) {
    let (head, rest) = rect.split(top: rect.height >= 18 ? 3 : rect.height >= 10 ? 2 : 1)
    let (strip, body) = rest.split(top: rest.height >= 12 ? 1 : 0)
    return (head, strip, body)
  }

  /// The panes that are seen, with their places.
  func places(in body: Rect) -> [PanelLayout.Place] {
    isZoomed
      ? [(panel: focus, rect: body)]
      : PanelLayout.places(of: shownPanels, focus: focus, in: body, shares: shares)
  }

  // MARK: Header

  private func drawHeader(
    _ snapshot: RunSnapshot, in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings
  ) {
    drawProgress(snapshot, in: rect.split(top: 1).top, of: &frame, surroundings)
    let chosen = choiceTexts
    if let first = chosen.first {
      drawHeader(
        first, shorter: Array(chosen.dropFirst()), mark: "", role: .accent, snapshot, in: rect,
        of: &frame, surroundings)
    } else {
      let verdict = Headline(snapshot)
      drawHeader(
        verdict.text, shorter: verdict.shorter, mark: verdict.shorter.isEmpty ? "" : " (A)",
        role: verdict.role, snapshot, in: rect, of: &frame, surroundings)
    }
  }

  /// What is to be said, in as many words as have room, and the regions or the machine where it leaves a line.
  private func drawHeader(
    _ text: String, shorter: [String], mark: String, role: Role, _ snapshot: RunSnapshot,
    in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings
  ) {
    let columns = max(1, rect.width - 2)
    var words = text.wrapped(toColumns: columns)
    // A verdict of two lines matters more than the machine, once the run has ended.
    let second = Rect(x: rect.x, y: rect.y + 1, width: rect.width, height: 1)
    let hasRegions = rect.height > 2 && !regions.isEmpty
    let hasMachine = rect.height > 2 && (hasRegions || snapshot.isLive || words.count < 2)
    if hasRegions {
      drawRegions(in: second, of: &frame)
    } else if hasMachine {
      drawMachine(snapshot, in: second, of: &frame, surroundings)
    }
    let place = rect.split(top: hasMachine ? 2 : 1).rest
    for text in shorter where words.count > place.height {
      words = text.wrapped(toColumns: columns)
    }
    if words.count > place.height {
      // All of it is behind the key that is named at the end.
      let kept = max(0, place.height - 1)
      let last = words.dropFirst(kept).joined(separator: " ")
      words = words.prefix(kept) + [last.truncated(toColumns: columns - mark.columns) + mark]
    }
    let lines = words.prefix(place.height).map { (text: " " + $0, role: role) }
    frame.lines(lines, in: place)
  }

  /// Status, iteration, stage and how far it is.
  private func drawProgress(
    _ snapshot: RunSnapshot, in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings
  ) {
    guard let manifest = snapshot.manifest, let status = snapshot.status else { return }
    var x = rect.x + 1
    let look = snapshot.statusLook ?? (status.symbol, status.role)
    x += frame.write(
      "\(frame.look[look.symbol]) \(status.word)", x: x, y: rect.y, look.role,
      width: max(0, rect.right - x))
    let place =
      isAfterIterations
      ? "after iteration \(snapshot.iteration)" : "iteration \(snapshot.iteration)"
    x += frame.write(
      "  \(place) of \(manifest.maximumIterations)" + ending(snapshot), x: x, y: rect.y,
      width: max(0, rect.right - x))
    guard snapshot.isLive, let progress = manifest.progress else {
      let ended = manifest.ended.map {
        let date = CalendarDate($0, offset: surroundings.timeZoneOffset).short
        return status == .queued
          ? "since " + date : "ended " + date + " after " + Format.duration(manifest.duration)
      }
      frame.write(
        (ended ?? "") + " ", x: x + 2, y: rect.y, .dim, width: max(0, rect.right - x - 2),
        alignment: .right)
      return
    }
    x += frame.write(
      "  \(progress.stage.title)", x: x, y: rect.y, .accent, width: max(0, rect.right - x))
    let room = rect.right - x - 3
    guard room >= 10 else { return }
    frame.draw(
      ProgressBar(share: progress.fraction),
      in: Rect(x: x + 2, y: rect.y, width: room, height: 1))
  }

  /// What was asked of a live run and is still to come.
  private func ending(_ snapshot: RunSnapshot) -> String {
    guard snapshot.isLive else { return "" }
    let sinceStart = snapshot.events.reversed().prefix {
      $0.kind != .started && $0.kind != .resumed
    }
    return sinceStart.contains { $0.kind == .control && $0.text.hasPrefix("Stop after") }
      ? ", its last" : ""
  }

  /// Pace, time left, memory and threads.
  private func drawMachine(
    _ snapshot: RunSnapshot, in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings
  ) {
    guard let manifest = snapshot.manifest else { return }
    var words: [String] = []
    if snapshot.isLive, let progress = manifest.progress {
      if snapshot.status == .paused {
        let held = manifest.pausedSince.map { max(0, surroundings.now - $0) }
        words.append("held" + (held.map { " for \(Format.duration($0))" } ?? ""))
      }
      if progress.perSecond > 0 {
        words.append("\(Numbers.short(progress.perSecond)) particles/s")
      }
      if let left = progress.secondsLeft {
        // What was told has aged since.
        let age = snapshot.status == .paused ? 0 : max(0, surroundings.now - manifest.heartbeat)
        words.append("stage \(Format.duration(max(0, left - age))) left")
      }
      if let left = manifest.timeLeft(at: surroundings.now) {
        words.append("run \(Format.duration(left)) left")
      } else if let left = remaining(snapshot) {
        words.append("run ≤ \(Format.duration(left))")
      }
      words.append("elapsed \(Format.duration(manifest.activeSeconds(at: surroundings.now)))")
      if surroundings.now - manifest.heartbeat > 30 {
        words.append("no sign for \(Format.duration(surroundings.now - manifest.heartbeat))")
      }
    }
    words += [
      Format.bytes(manifest.memory), threads(manifest),
      manifest.part.counted(manifest.particles), manifest.host,
    ]
    let separator = " \(frame.look[Symbol.separator]) "
    var text = ""
    // Whole words only: what does not fit is left out.
    for word in words {
      let longer = text.isEmpty ? word : text + separator + word
      if longer.columns > rect.width - 2 { break }
      text = longer
    }
    frame.write(text, x: rect.x + 1, y: rect.y, .dim, width: rect.width - 1)
  }

  /// The threads, and how busy they have been since the start.
  private func threads(_ manifest: RunManifest) -> String {
    let threads = Format.counted(manifest.threads, "thread")
    let seconds = manifest.activeSeconds(at: manifest.heartbeat)
    guard snapshot?.isLive == true, seconds > 5, manifest.threads > 0, manifest.cpuSeconds > 0
    else { return threads }
    let share = manifest.cpuSeconds / (seconds * Double(manifest.threads))
    return "\(threads) \(Int((100 * min(1, share)).rounded()))% busy"
  }

  /// Whether the iterations are over and the result is being made.
  private var isAfterIterations: Bool {
    let stage = snapshot?.manifest?.progress?.stage
    return stage == .final || stage == .writing
  }

  /// Seconds until the last iteration at the pace of the last one, if it does not converge before.
  private func remaining(_ snapshot: RunSnapshot) -> Double? {
    guard let manifest = snapshot.manifest, let last = snapshot.metrics.last, last.iteration > 0,
      !isAfterIterations
    else { return nil }
    let seconds = last.seconds.values.reduce(0, +)
    let left = manifest.maximumIterations - last.iteration
    return seconds > 0 && left > 0 ? Double(left) * seconds : nil
  }

  /// The panes by their numbers: which are on, which are seen.
  private func drawStrip(_ seen: [Panel], in rect: Rect, of frame: inout Frame) {
    var x = rect.x + 1
    let hidden = isZoomed ? 0 : panels.count - seen.count
    let note = [hidden > 0 ? "\(hidden) more by Tab" : "", iterationNote]
      .filter { !$0.isEmpty }.joined(separator: ", ")
    for panel in Panel.allCases {
      let label = rect.width >= 100 ? panel.title : panel.shortTitle
      let width = label.columns + 2
      if x + width > rect.right - note.columns - 1 { break }
      let role: Role = panel == focus ? .tabActive : seen.contains(panel) ? .tab : .dim
      frame.write("\(panel.rawValue)", x: x, y: rect.y, panels.contains(panel) ? .key : .dim)
      frame.write(label, x: x + 1, y: rect.y, role)
      frame.mark(Rect(x: x, y: rect.y, width: width - 1, height: 1), .command(panel.command))
      x += width
    }
    frame.write(
      note + " ", x: rect.x, y: rect.y, iteration == nil ? .dim : .warning, width: rect.width,
      alignment: .right)
  }

  private var iterationNote: String {
    guard let metrics else { return "" }
    let newest = snapshot?.metrics.last?.iteration ?? 0
    return iteration == nil || metrics.isFinal == true
      ? metrics.stepName : "iteration \(metrics.iteration) of \(newest)"
  }

  // MARK: Panes

  private func draw(
    _ panel: Panel, in rect: Rect, isAlone: Bool, of frame: inout Frame,
    _ surroundings: Surroundings
  ) {
    frame.mark(rect, .pane(panel.pane))
    let inner = frame.box(
      rect,
      Box(
        title: panel.title, note: note(of: panel), number: panel.rawValue,
        isFocused: panel == focus && !isAlone))
    guard let metrics else {
      if panel == .log {
        drawLog(in: inner, of: &frame, surroundings)
      } else {
        frame.write(
          "No iteration yet", x: inner.x, y: inner.y + inner.height / 2, .dim,
          width: inner.width, alignment: .centre)
      }
      return
    }
    // Maps are most of what a frame sends; on a slow line they wait until they are looked at.
    if surroundings.isLowBandwidth, [.slices, .orientations].contains(panel), panel != focus {
      frame.write(
        "Tab to it to draw it", x: inner.x, y: inner.y + inner.height / 2, .dim,
        width: inner.width, alignment: .centre)
      return
    }
    let look = frame.look
    if let marker = markers[panel] { frame.look.marker = marker }
    defer { frame.look = look }
    switch panel {
    case .fsc: drawFSC(metrics, in: inner, of: &frame)
    case .resolution: drawResolution(in: inner, of: &frame)
    case .orientations: drawOrientations(metrics, in: inner, of: &frame)
    case .poses: drawPoses(metrics, in: inner, of: &frame)
    case .particles: drawParticleStatistics(metrics, in: inner, of: &frame)
    case .noise: drawNoise(metrics, in: inner, of: &frame)
    case .slices: drawSlices(in: inner, of: &frame)
    case .log: drawLog(in: inner, of: &frame, surroundings)
    case .files: drawFiles(in: inner, of: &frame)
    }
  }

  /// What stands at the right of a pane's top: its setting or its number.
  private func note(of panel: Panel) -> String {
    guard let metrics else { return "" }
    switch panel {
    case .fsc: return Format.resolution(metrics.fsc.resolution143)
    case .orientations:
      return OrientationScore.samplingCompensation(of: metrics).map { "SCF " + Format.fixed($0, 2) }
        ?? ""
    case .poses: return againstStart ? "against the start" : "in this iteration"
    case .noise:
      return metrics.guinierFit.map { "B " + Format.fixed($0.bFactor, 0) + " Å²" } ?? ""
    case .slices: return sliceSource.title + (showsProjections ? ", projected" : "")
    case .log:
      if !log.pattern.isEmpty { return "\"\(log.pattern)\"" }
      return log.onlyWarnings ? "warnings" : log.back > 0 ? "not following" : ""
    default: return ""
    }
  }
}

extension Panel {
  /// The title for narrow terminals.
  var shortTitle: String {
    switch self {
    case .fsc: "FSC"
    case .resolution: "Res"
    case .orientations: "Orient"
    case .poses: "Poses"
    case .particles: "Part"
    case .noise: "Noise"
    case .slices: "Slices"
    case .log: "Log"
    case .files: "Files"
    }
  }
}
