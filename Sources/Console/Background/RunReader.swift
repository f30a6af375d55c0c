import Glibc
import Runs

/// Reads run folders for the screens, again and again, and only what has changed.
///
/// Used by one queue.
final class RunReader {
  private var snapshots: [String: (stamp: String, offset: Int, snapshot: RunSnapshot)] = [:]
  private var listings: [RunFolder: (place: RunCatalogue.Place, listing: RunListing)] = [:]
  private var lastPlaces: [String: Set<RunFolder>] = [:]
  /// Paths of runs in the order in which they were opened.
  private var opened: [String] = []

  /// Runs that are kept.
  static let keptRuns = 12

  /// The runs of a folder as they are known.
  struct Found {
    var listings: [RunListing]
    /// Whether all were read; the others have their name only, and are read by further calls.
    var isComplete: Bool
  }

  /// The runs of a folder, the last changed first; nil when nothing has changed since the last call.
  ///
  /// - Parameter budget: seconds for which runs that have changed are read.
  func runs(in folder: String, isForced: Bool, budget: Double = 0.1) -> Found? {
    let places = RunCatalogue.places(in: folder)
    let end = MonotonicClock.now + budget
    var hasChanged = lastPlaces[folder] != Set(places.map(\.folder))
    var found = Found(listings: [], isComplete: true)
    found.listings.reserveCapacity(places.count)
    for place in places {
      let known = listings[place.folder]
      if let known, known.place == place, isCurrent(known.listing) {
        found.listings.append(known.listing)
      } else if MonotonicClock.now < end {
        var listing = RunListing(reading: place.folder)
        if listing.entry.status?.isLive == true {
          listing.trend = RunTrend(of: place.folder, after: known?.listing.trend)
        }
        listings[place.folder] = (place, listing)
        found.listings.append(listing)
        hasChanged = true
      } else {
        found.listings.append(
          known?.listing
            ?? RunListing(entry: RunCatalogue.Entry(unread: place.folder), changed: place.changed))
        found.isComplete = false
      }
    }
    let entries = RunCatalogue.placed(found.listings.map(\.entry))
    for (index, entry) in entries.enumerated() { found.listings[index].entry = entry }
    if hasChanged { forgetRuns(of: folder, but: places) }
    return hasChanged || isForced ? found : nil
  }

  /// Whether a run stands as it was read: a process may die without a trace in its folder.
  private func isCurrent(_ listing: RunListing) -> Bool {
    guard let manifest = listing.entry.manifest, manifest.status.isLive else { return true }
    return listing.entry.folder.status(of: manifest) == listing.entry.status
  }

  private func forgetRuns(of folder: String, but places: [RunCatalogue.Place]) {
    let there = Set(places.map(\.folder))
    for gone in lastPlaces[folder]?.subtracting(there) ?? [] { listings[gone] = nil }
    lastPlaces[folder] = there
  }

  /// A run; nil when nothing has changed since the last call.
  func run(at path: String, isForced: Bool) -> RunSnapshot? {
    let folder = RunFolder(path)
    let stamp =
      FileStamp.of(folder.manifestPath) + FileStamp.of(folder.eventsPath)
      + FileStamp.of(folder.notePath) + FileStamp.of(folder.summaryPath)
      + FileStamp.of(folder.batchJobPath)
      + (folder.root == path ? "" : FileStamp.of(RunFolder(folder.root).manifestPath))
    let known = snapshots[path]
    if let known, known.snapshot.manifest != nil, !folder.exists {
      return gone(known.snapshot, path, stamp: stamp, isForced: isForced)
    }
    if let known, known.stamp == stamp {
      return unchanged(known.snapshot, path, isForced: isForced)
    }
    var snapshot = known?.snapshot ?? RunSnapshot(folder: path)
    let offset = snapshot.read(folder, after: known?.offset ?? 0)
    snapshots[path] = (stamp, offset, snapshot)
    keep(path)
    return snapshot
  }

  /// A run whose files are as they were: a process may die without a trace in them, and on a full disk it
  /// can leave none but in its lock.
  private func unchanged(
    _ last: RunSnapshot, _ path: String, isForced: Bool
  ) -> RunSnapshot? {
    guard let manifest = last.manifest else { return isForced ? last : nil }
    let folder = RunFolder(path)
    var snapshot = last
    snapshot.status = folder.status(of: manifest)
    snapshot.notice = snapshot.isLive ? folder.holder()?.notice : nil
    if snapshot.status == last.status, snapshot.notice == last.notice {
      return isForced ? last : nil
    }
    snapshots[path]?.snapshot = snapshot
    return snapshot
  }

  /// What was read last of a run whose folder is no longer there, which is told; nil when it has been.
  private func gone(
    _ last: RunSnapshot, _ path: String, stamp: String, isForced: Bool
  ) -> RunSnapshot? {
    var snapshot = last
    if snapshot.isLive { snapshot.status = .interrupted }
    snapshot.notice = "The run's folder is no longer there; this is what was read last: \(path)"
    snapshots[path]?.snapshot = snapshot
    snapshots[path]?.stamp = stamp
    return isForced || snapshot.notice != last.notice ? snapshot : nil
  }

  /// Forgets the run that was read first where too many are kept.
  private func keep(_ path: String) {
    opened.removeAll { $0 == path }
    opened.append(path)
    if opened.count > Self.keptRuns { snapshots[opened.removeFirst()] = nil }
  }

  /// Forgets a run that was removed or renamed.
  func forget(_ path: String) {
    snapshots[path] = nil
    listings[RunFolder(path)] = nil
  }
}

extension RunSnapshot {
  /// Events of a run that are kept, the last ones.
  static let keptEvents = 20_000

  /// Reads what has come to a run's folder.
  ///
  /// - Parameter offset: bytes of its events that were read.
  /// - Returns: bytes of them that are read now.
  fileprivate mutating func read(_ folder: RunFolder, after offset: Int) -> Int {
    do {
      let manifest = try folder.wholeManifest()
      self.manifest = manifest
      status = folder.status(of: manifest)
      problem = nil
    } catch { problem = error }
    metrics += folder.metrics(after: metrics.last?.iteration ?? -1)
    let start = folder.eventsStart(after: offset)
    if start > offset { events = [] }
    let page = folder.events(from: start)
    events += page.events
    if events.count > Self.keptEvents + Self.keptEvents / 4 {
      events = Array(events.suffix(Self.keptEvents))
    }
    job = job ?? (try? folder.job())
    summary = try? folder.summary()
    final = summary == nil ? nil : folder.finalMetrics()
    files = folder.finalFiles()
    chimeraXLine = files.isEmpty ? "" : folder.chimeraXLine()
    iterationsWithMaps = folder.iterations().filter { !folder.maps(of: $0).isEmpty }
    note = folder.note()
    batchJob = status == .queued ? folder.batchJob() : nil
    notice = isLive ? folder.holder()?.notice : nil
    return page.next
  }
}

/// Something that differs after a file was replaced or has grown.
enum FileStamp {
  static func of(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return "-" }
    return "\(status.st_ino).\(status.st_size).\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec);"
  }
}
