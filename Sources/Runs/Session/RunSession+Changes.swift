import Ground
import Jobs
import Refinement

/// Parameters that change while the refinement runs.
extension RunSession {
  /// The settings of the regions of a changed job; nil where one of them is wrong.
  func settingsOfRegions(of job: Job) -> [RefinementSettings]? {
    let parts =
      prepared.regions.isEmpty
      ? [(job, prepared.data)]
      : prepared.regions.enumerated().map { (job.ofRegion($0), $1.data) }
    let settings = parts.compactMap { try? $0.validated(given: $1).settings }
    return settings.count == parts.count ? settings : nil
  }

  /// Hands new parameters to the refinement for its next iteration; tells what became of each.
  func change(_ changes: Job) -> [RefinementEvent] {
    var events: [RefinementEvent] = []
    var job = changedJob.withLock { $0 }
    for (key, value) in changes.values.sorted(by: { $0.key < $1.key }) {
      if Parameter.named(key)?.changesWhileRunning == true {
        job[key] = value
        events.append(.log("\(key) = \(value.text) from the next iteration on"))
      } else {
        events.append(.warning("\(key) cannot change while a refinement runs; it stays as it was"))
      }
    }
    do {
      let settings = try job.validated(given: prepared.data).settings
      // A process that is killed before the next iteration does not forget it.
      try folder.write(job.toml(given: prepared.data), to: folder.changesPath)
      control.changeSettings(settingsOfRegions(of: job) ?? [settings])
      changedJob.withLock { [job] in $0 = job }
      writer.setMaximumIterations(settings.maximumIterations)
      return events
    } catch {
      let problems = (error as? Problems)?.all ?? [error as? Problem].compactMap { $0 }
      return problems.map { .warning($0.what + ": the parameters stay as they were") }
    }
  }
}

extension RefinementControl {
  /// Hands settings to the next iteration of each region, as far as a running refinement takes them.
  func changeSettings(_ settings: [RefinementSettings]) {
    changeSettings(ofRegions: { region, now in
      settings.indices.contains(region) ? now.takingOver(settings[region]) : now
    })
  }
}
