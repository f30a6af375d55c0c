import Ground
import Jobs
import Report
import Runs
import Surface

/// The lines above the panes: how far the run is, what is to be said of it, and the regions or the machine.
extension RunView {
  func drawHeader(
    _ snapshot: RunSnapshot, in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings
  ) {
    drawProgress(snapshot, in: rect.split(top: 1).top, of: &frame, surroundings)
    let chosen = choosing.texts
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
}
