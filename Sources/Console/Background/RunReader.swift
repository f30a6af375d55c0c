import EMFiles
import Glibc
import Refinement
import Runs

/// Reads run folders for the screens, again and again, and only what has changed.
///
/// Used by one queue.
final class RunReader {
  private var snapshots: [String: (stamp: String, offset: Int, snapshot: RunSnapshot)] = [:]
  private var listings: [String: (stamp: String, listing: RunListing)] = [:]
  private var lastStamps: [String: String] = [:]

  /// The runs of a folder; nil when nothing has changed since the last call.
  func runs(in folder: String, isForced: Bool) -> [RunListing]? {
    let entries = RunCatalogue.runs(in: folder)
    var all: [RunListing] = []
    var stamps = ""
    for entry in entries {
      let path = entry.folder.path
      let stamp =
        FileStamp.of(entry.folder.manifestPath) + FileStamp.of(entry.folder.jobPath)
        + entry.note + (entry.status?.rawValue ?? "damaged")
      if let known = listings[path], known.stamp == stamp {
        all.append(known.listing)
      } else {
        let listing = RunListing(
          entry: entry, job: try? entry.folder.job(), summary: try? entry.folder.summary())
        listings[path] = (stamp, listing)
        all.append(listing)
      }
      stamps += path + stamp
    }
    if !isForced, lastStamps[folder] == stamps { return nil }
    lastStamps[folder] = stamps
    return all
  }

  /// A run; nil when nothing has changed since the last call.
  func run(at path: String, isForced: Bool) -> RunSnapshot? {
    let folder = RunFolder(path)
    let stamp =
      FileStamp.of(folder.manifestPath) + FileStamp.of(folder.eventsPath)
      + FileStamp.of(folder.notePath) + FileStamp.of(folder.summaryPath)
    let known = snapshots[path]
    if let known, known.stamp == stamp {
      // A process may die without a trace in its files, and on a full disk it can leave none but in its
      // lock.
      guard let manifest = known.snapshot.manifest else { return isForced ? known.snapshot : nil }
      let status = folder.status(of: manifest)
      let notice = status.isLive ? folder.holder()?.notice : nil
      if status == known.snapshot.status, notice == known.snapshot.notice {
        return isForced ? known.snapshot : nil
      }
      var changed = known
      changed.snapshot.status = status
      changed.snapshot.notice = notice
      snapshots[path] = changed
      return changed.snapshot
    }
    var snapshot = known?.snapshot ?? RunSnapshot(folder: path)
    var offset = known?.offset ?? 0
    do {
      let manifest = try folder.manifest()
      snapshot.manifest = manifest
      snapshot.status = folder.status(of: manifest)
      snapshot.problem = nil
    } catch { snapshot.problem = error }
    let last = snapshot.metrics.last?.iteration ?? -1
    snapshot.metrics += folder.metrics(after: last)
    let page = folder.events(from: offset)
    offset = page.next
    snapshot.events += page.events
    snapshot.job = snapshot.job ?? (try? folder.job())
    snapshot.summary = try? folder.summary()
    snapshot.files = folder.finalFiles()
    snapshot.chimeraXLine = snapshot.files.isEmpty ? "" : folder.chimeraXLine()
    snapshot.iterationsWithMaps = folder.iterations().filter { !folder.maps(of: $0).isEmpty }
    snapshot.note = folder.note()
    snapshot.notice = snapshot.isLive ? folder.holder()?.notice : nil
    snapshots[path] = (stamp, offset, snapshot)
    return snapshot
  }

  /// Forgets a run that was removed or renamed.
  func forget(_ path: String) {
    snapshots[path] = nil
    listings[path] = nil
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
