import Ground
import Jobs

/// The order of those that wait, and whole sweeps.
extension LocalQueue {
  /// Puts a run that waits before or behind others.
  ///
  /// - Parameter wanted: its place among those that wait, from 1; beyond the last is the last.
  /// - Returns: the place that it has then.
  /// - Throws: `Problem` where it does not wait, or has begun meanwhile.
  @discardableResult
  public func move(_ run: RunFolder, to wanted: Int) throws(Problem) -> Int {
    let path = FilePath.absolute(run.path)
    var waiting = members().filter { $0.place != nil }
    guard let place = waiting.firstIndex(where: { FilePath.absolute($0.folder.path) == path })
    else {
      throw Problem(
        "\(run.name) does not wait in this queue", whatToDo: "Look at it: fulcrum queue")
    }
    let target = min(max(0, wanted - 1), waiting.count - 1)
    // The numbers stay those of the places; two of a number would keep the order of their names.
    var numbers = waiting.map(\.turn.number)
    for index in numbers.indices.dropFirst() {
      numbers[index] = max(numbers[index], numbers[index - 1] + 1)
    }
    waiting.insert(waiting.remove(at: place), at: target)
    for (member, number) in zip(waiting, numbers) where member.turn.number != number {
      try renumber(member.folder, to: number)
    }
    return target + 1
  }

  private func renumber(_ run: RunFolder, to number: Int) throws(Problem) {
    let lock = try RunLock(run)
    defer { lock.release() }
    var manifest = try run.manifest()
    // It may have begun, or was taken out, meanwhile.
    guard manifest.status == .queued, manifest.turn != nil else { return }
    manifest.turn?.number = number
    try run.write(manifest, to: run.manifestPath)
  }

  /// Makes the folders of a sweep's runs and lets them wait, behind all others, in the sweep's order; those
  /// that are there already and have not finished wait again.
  ///
  /// - Returns: how many wait then.
  /// - Throws: `Problem` where the folders are none of this queue, or one cannot be made; those before it
  ///   wait.
  public func add(_ sweep: SweepPreparation, room: QueueRoom) throws(Problem) -> Int {
    guard sweep.folders.allSatisfy({ FilePath.folder(of: $0.path) == runs }) else {
      throw Problem(
        "the sweep's runs are not in \(folder)/runs, whose queue this is",
        whatToDo: "Start it without the queue.")
    }
    try make()
    var number = nextNumber()
    try sweep.make { draft in
      defer { number += 1 }
      let isUsual = !draft.run.job.isSet(Parameter.compute.threads)
      return RunManifest.Turn(
        number: number,
        threads: isUsual ? room.usualThreads : draft.run.manifest.threads, memory: draft.memory,
        isUsual: isUsual)
    }
    for run in sweep.folders {
      let manifest = try run.manifest()
      let waits = manifest.status == .queued && manifest.turn != nil
      if waits || manifest.status == .finished || run.status(of: manifest).isLive { continue }
      try add(run)
    }
    return members().count { member in
      member.place != nil && sweep.folders.contains { $0.path == member.folder.path }
    }
  }
}
