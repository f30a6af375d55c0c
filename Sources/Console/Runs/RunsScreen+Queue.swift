import Ground
import Runs
import Surface

/// The queue by its keys: runs that wait, their order, and how many go on at a time.
extension RunsScreen {
  private static func waits(_ listing: RunListing) -> Bool { listing.entry.place != nil }

  /// Whether a run may be put into the queue.
  private func canWait(_ listing: RunListing) -> Bool {
    guard !listing.isRegion, let status = listing.entry.status else { return false }
    switch status {
    case .stopped, .failed, .interrupted: return true
    case .queued:
      // A sweep that goes on by itself begins with them.
      let group = listing.entry.manifest?.group?.name
      return listing.entry.manifest?.turn == nil && listing.entry.batchJob == nil
        && !list.all.contains {
          $0.entry.status?.isLive == true && $0.entry.manifest?.group?.name == group
        }
    case .running, .paused, .finished: return false
    }
  }

  /// What the key of the queue does now.
  private var change: QueueAction? {
    let meant = list.meant
    // The older first, as they would have come.
    let able = meant.filter(canWait).sorted {
      ($0.started, $0.entry.name) < ($1.started, $1.entry.name)
    }
    if !able.isEmpty { return .add(able.map(\.path)) }
    let waiting = meant.filter(Self.waits).sorted { ($0.entry.place ?? 0) < ($1.entry.place ?? 0) }
    return waiting.isEmpty ? nil : .remove(waiting.map(\.path))
  }

  /// Whether the key of the queue takes runs out of it now.
  var takesOut: Bool { if case .remove? = change { true } else { false } }

  /// Whether nothing begins until somebody says so.
  var isStopped: Bool {
    guard let queue else { return false }
    return queue.isStopped || (!queue.isWorking && list.all.contains(where: Self.waits))
  }

  /// Why nothing can be put into the queue or taken out of it.
  var enqueueObstacle: String? {
    if change != nil { return nil }
    guard let current else { return "There is no run here yet; N makes a new job" }
    if current.isRegion { return "This line is a region: go to that of its run" }
    if let job = current.entry.batchJob { return "\(current.entry.name) waits as \(job.title)" }
    return switch current.entry.status {
    case .finished:
      "\(current.entry.name) has finished; n makes a new job of it, Q there queues it"
    case .queued: "\(current.entry.name) waits for its turn in its sweep"
    default: "\(current.entry.name) goes on already"
    }
  }

  /// Why the selected run cannot go so many places on in the queue.
  func queueObstacle(toMove step: Int) -> String? {
    guard let current, let place = current.entry.place else {
      return "This line does not wait in the queue"
    }
    let count = list.all.count(where: Self.waits)
    if place + step < 1 { return "\(current.entry.name) is the first" }
    if place + step > count { return "\(current.entry.name) is the last" }
    return nil
  }

  /// Why not so many runs more can go on at a time.
  func slotsObstacle(adding step: Int) -> String? {
    guard let room = queue?.room else { return "The queue was not read yet" }
    let slots = room.slots ?? 1
    if step < 0, slots == 1, room.slots != nil {
      return "One run at a time is the least; P stops the queue"
    }
    return step > 0 && slots >= room.cores
      ? "More runs at a time than cores would wait for each other" : nil
  }

  func enqueue() -> [Effect] { change.map { [.work(.queue($0))] } ?? [] }

  func moveInQueue(by step: Int) -> [Effect] {
    guard let entry = current?.entry else { return [] }
    return [.work(.queue(.move(entry.folder.path, place: (entry.place ?? 1) + step)))]
  }

  func changeSlots(by step: Int) -> [Effect] {
    [.work(.queue(.slots(max(1, (queue?.room.slots ?? 1) + step))))]
  }

  /// How the queue stands, in words.
  var queueText: String {
    guard let queue else { return "" }
    if queue.isStopped { return "; the queue is stopped" }
    let waits = list.all.contains(where: Self.waits)
    if !queue.isWorking, waits { return "; nobody starts them" }
    return "; " + (queue.isWorking ? "the queue works with " : "for the queue: ") + queue.room.text
  }
}
