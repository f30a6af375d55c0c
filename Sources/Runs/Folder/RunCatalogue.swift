import Glibc
import Ground

/// The runs of a folder.
public enum RunCatalogue {
  /// A run as a list shows it; damaged ones have a problem instead of a manifest, and those that were not
  /// read yet have neither.
  public struct Entry: Sendable {
    public let folder: RunFolder
    public let manifest: RunManifest?
    public let status: RunStatus?
    public let note: String
    public let problem: Problem?
    /// The scheduler's job, of a run that waits for it; nil for none.
    public let batchJob: BatchJob?
    /// From 1, of a run that waits for cores and memory of this machine; nil for others.
    public internal(set) var place: Int?

    public var name: String { folder.name }

    /// A run that was not read yet.
    public init(unread folder: RunFolder) {
      self.init(folder: folder, manifest: nil, status: nil, note: "", problem: nil)
    }

    init(
      folder: RunFolder, manifest: RunManifest?, status: RunStatus?, note: String, problem: Problem?
    ) {
      self.folder = folder
      self.manifest = manifest
      self.status = status
      self.note = note
      self.problem = problem
      batchJob = status == .queued ? folder.batchJob() : nil
    }

    /// The status in a word, of a run that waits with the scheduler's number or its place.
    public var statusText: String {
      guard problem == nil else { return "damaged" }
      guard let status else { return "" }
      let number = batchJob?.number ?? place.map { String($0) }
      return status.rawValue + (number.map { " " + $0 } ?? "")
    }
  }

  /// A run as its folder's list of names tells, without a look into its files.
  public struct Place: Sendable, Hashable {
    public let folder: RunFolder
    /// When a name in the folder last changed, nanoseconds since 1970. Every file of a run that a list
    /// shows is replaced by another of its name: what was read is true as long as this is the same.
    public let changed: Int
  }

  /// The runs of `folder`/runs, or of `folder` itself where it holds runs, the last changed first. Reads
  /// no file of them: thousands take no longer than a list of names.
  public static func places(in folder: String = ".") -> [Place] {
    let here = RunFolder(folder)
    if here.exists { return [place(here)].compactMap { $0 } }
    let inside = placesInside(FilePath.joined(folder, "runs"))
    return (inside.isEmpty ? placesInside(folder) : inside).sorted {
      ($0.changed, $1.folder.path) > ($1.changed, $0.folder.path)
    }
  }

  private static func placesInside(_ folder: String) -> [Place] {
    FilePlace.names(in: folder).filter { !$0.hasPrefix(".") }
      .compactMap { place(RunFolder(folder + "/" + $0)) }
  }

  /// A folder as a place; nil for what is no run.
  private static func place(_ folder: RunFolder) -> Place? {
    var status = stat()
    // Only whether the names are there: nothing is opened.
    guard access(folder.manifestPath, F_OK) == 0 || access(folder.eventsPath, F_OK) == 0,
      stat(folder.path, &status) == 0
    else { return nil }
    return Place(
      folder: folder, changed: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
  }

  /// The runs of `folder`/runs, or of `folder` itself where it holds runs, newest first. Never fails:
  /// what is no run is left out, a damaged run is listed with what is wrong.
  public static func runs(in folder: String = ".") -> [Entry] {
    placed(places(in: folder).map { entry(of: $0.folder) }).sorted {
      ($0.manifest?.started ?? 0, $1.name) > ($1.manifest?.started ?? 0, $0.name)
    }
  }

  /// Entries of a folder with the places of those that wait for cores and memory.
  public static func placed(_ entries: [Entry]) -> [Entry] {
    var entries = entries
    let waiting = entries.indices.filter {
      entries[$0].status == .queued && entries[$0].manifest?.turn != nil
    }
    let ordered = waiting.sorted { first, second in
      let numbers = [first, second].map { entries[$0].manifest?.turn?.number ?? 0 }
      return (numbers[0], entries[first].name) < (numbers[1], entries[second].name)
    }
    for (place, index) in ordered.enumerated() { entries[index].place = place + 1 }
    return entries
  }

  /// One run.
  public static func entry(of folder: RunFolder) -> Entry {
    do {
      let manifest = try folder.manifest()
      return Entry(
        folder: folder, manifest: manifest, status: folder.status(of: manifest),
        note: folder.note(), problem: nil)
    } catch {
      return Entry(
        folder: folder, manifest: nil, status: nil, note: folder.note(), problem: error)
    }
  }

  /// The first free of runs/NAME, runs/NAME-2 … in a folder.
  public static func freeFolder(named name: String, in folder: String = ".") -> String {
    let first = FilePath.joined(folder, "runs/" + name)
    if access(first, F_OK) != 0 { return first }
    var number = 2
    while access("\(first)-\(number)", F_OK) == 0 { number += 1 }
    return "\(first)-\(number)"
  }

}
