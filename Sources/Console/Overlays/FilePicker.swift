import Ground
import Refinement
import Runs
import Surface
import Terminal

/// Picks a file by walking through folders, by letters that narrow the list, or by a path that is
/// typed; the header of the file under the cursor is shown.
struct FilePicker: PopUp {
  let question: Question
  let title: String
  let endings: [String]
  /// Whether a folder is asked for instead of a file.
  let picksFolder: Bool
  private(set) var listing: FolderListing
  private(set) var filter = TextInput()
  private(set) var selected = 0
  /// Where a typed path that begins with neither / nor ~ starts.
  private var base: String
  var preview: HeaderPreview?
  /// First line of the preview that is shown.
  var previewTop = 0
  var isLoading = true
  /// Indices of the listing's entries that match, in the order of the list.
  var matches: [Int] = []

  init(_ question: Question, title: String, folder: String, endings: [String], picksFolder: Bool) {
    self.question = question
    self.title = title
    self.endings = endings
    self.picksFolder = picksFolder
    base = folder
    listing = FolderListing(path: folder, entries: [])
  }

  var keys: [EntryKey] {
    (picksFolder ? [EntryKey(.control("s"), "Take folder")] : []) + [
      EntryKey(.enter, picksFolder ? "Open" : "Take"), EntryKey(.left, "Folder above"),
      EntryKey(.tab, "Next"), EntryKey(.shiftDown, "Scroll header"), EntryKey(.escape, "Close"),
    ]
  }

  /// What has to be read when the picker opens.
  var opening: [Effect] { [.popUp(self), .read(.folder(path: listing.path, endings: endings))] }

  /// Whether the folder above leads the list: not while a name is sought.
  private var showsAbove: Bool { name.isEmpty && listing.path != "/" }

  var lineCount: Int { matches.count + (showsAbove ? 1 : 0) }

  /// The entry of a line; nil for the folder above, and beyond the list.
  func entry(_ line: Int) -> FolderListing.Entry? {
    let index = line - (showsAbove ? 1 : 0)
    return matches.indices.contains(index) ? listing.entries[matches[index]] : nil
  }

  private func isAbove(_ line: Int) -> Bool { showsAbove && line == 0 }

  // MARK: What is typed

  /// The letters that narrow the list: what is typed after the last slash.
  var name: String {
    filter.text.lastIndex(of: "/").map { String(filter.text[filter.text.index(after: $0)...]) }
      ?? (filter.text == "~" ? "" : filter.text)
  }

  /// The folder that is typed; nil where only a name is.
  private var typedFolder: String? {
    let text = filter.text
    if text == "~" { return FilePath.absolute(FilePath.joined("", "~/")) }
    guard let slash = text.lastIndex(of: "/") else { return nil }
    return FilePath.absolute(FilePath.joined(base, String(text[...slash])))
  }

  /// What is typed as a path.
  private var typedPath: String { FilePath.joined(typedFolder ?? listing.path, name) }

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect] {
    switch input {
    case .key(.escape): return [.closePopUp]
    case .key(.left): return enter(FilePath.folder(of: listing.path))
    case .key(.right):
      guard let entry = entry(selected), entry.isFolder else { return [] }
      return enter(FilePath.joined(listing.path, entry.name))
    case .key(.control("s")) where picksFolder:
      return [.closePopUp, .answer(question, listing.path)]
    case .key(.enter): return open(selected)
    case .key(.shiftDown): previewTop += 1
    case .key(.shiftUp): previewTop = max(0, previewTop - 1)
    case .paste(let text):
      let path = Self.path(pasted: text)
      if path.hasPrefix("/") { return [.closePopUp, .answer(question, path)] }
      if filter.take(.paste(path)) { return follow() }
    default:
      if let moved = moveSelection(selected, count: lineCount, page: 8, by: input) {
        selected = moved
      } else if filter.take(input) {
        return follow()
      }
      return previewing()
    }
    return []
  }

  /// A path as terminals paste the files that are dropped on them: in quotes, with escaped blanks, or as
  /// an address.
  private static func path(pasted text: String) -> String {
    var path = text.trimmingBlanks
    if path.count > 1, let quote = path.first, quote == "'" || quote == "\"", path.last == quote {
      path = String(path.dropFirst().dropLast())
    } else {
      path = path.replacing("\\ ", with: " ")
    }
    if path.hasPrefix("file:///") { path = String(path.dropFirst(7)) }
    return path.hasPrefix("~/") ? FilePath.absolute(FilePath.joined("", path)) : path
  }

  /// Goes where a typed path leads, and narrows the list.
  private mutating func follow() -> [Effect] {
    let folder = typedFolder ?? base
    guard folder == listing.path else {
      listing = FolderListing(path: folder, entries: [])
      isLoading = true
      narrow()
      return [.read(.folder(path: folder, endings: endings))]
    }
    narrow()
    return previewing()
  }

  /// Finds what matches the name: what begins with it first, then what holds it, then what has its
  /// letters in their order.
  private mutating func narrow() {
    let wanted = Array(name.lowercased().utf8)
    selected = 0
    guard !wanted.isEmpty else {
      matches = Array(listing.entries.indices)
      selected = showsAbove && !matches.isEmpty ? 1 : 0
      return
    }
    var ranked: [[Int]] = [[], [], []]
    for (index, entry) in listing.entries.enumerated() {
      if let rank = Self.rank(of: wanted, in: entry.name) { ranked[rank].append(index) }
    }
    matches = ranked.flatMap { $0 }
  }

  private static func rank(of wanted: [UInt8], in name: String) -> Int? {
    let letters = Array(name.lowercased().utf8)
    if letters.starts(with: wanted) { return 0 }
    var rest = wanted[...]
    for letter in letters where letter == rest.first { rest = rest.dropFirst() }
    guard rest.isEmpty else { return nil }
    for start in 0...(letters.count - wanted.count)
    where letters[start...].starts(with: wanted) { return 1 }
    return 2
  }

  // MARK: Going and taking

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch (mouse.kind, target) {
    case (.wheelUp, _): selected = max(0, selected - 1)
    case (.wheelDown, _): selected = min(max(0, lineCount - 1), selected + 1)
    case (.press, .row(_, let index)):
      if index == selected { return take(.key(.enter), &surroundings) }
      selected = index
    default: return []
    }
    return previewing()
  }

  private mutating func open(_ line: Int) -> [Effect] {
    if isAbove(line), filter.text.isEmpty { return enter(FilePath.folder(of: listing.path)) }
    // A typed folder that ends in a slash is gone to; a path that is not in the list is taken as it is.
    if typedFolder != nil, name.isEmpty { return enter(listing.path) }
    guard let entry = entry(line) else {
      if typedFolder != nil { return [.closePopUp, .answer(question, typedPath)] }
      return []
    }
    let exact = listing.entries.first { $0.name == name }
    let chosen = typedFolder != nil ? exact ?? entry : entry
    let path = FilePath.joined(listing.path, chosen.name)
    if chosen.isFolder { return enter(path) }
    return picksFolder ? [] : [.closePopUp, .answer(question, path)]
  }

  private mutating func enter(_ folder: String) -> [Effect] {
    let isThere = folder == listing.path && !isLoading
    base = folder
    filter = TextInput()
    if isThere {
      narrow()
      return previewing()
    }
    listing = FolderListing(path: folder, entries: [])
    isLoading = true
    narrow()
    return [.read(.folder(path: folder, endings: endings))]
  }

  /// Asks for the header of the file under the cursor.
  private mutating func previewing() -> [Effect] {
    guard let entry = entry(selected), !entry.isFolder else { return [] }
    let path = FilePath.joined(listing.path, entry.name)
    if preview?.path == path { return [] }
    previewTop = 0
    return [.read(.header(path: path))]
  }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .folder(let found) where found.path == listing.path:
      listing = found
      isLoading = false
      narrow()
      return previewing()
    case .header(let found): preview = found
    default: break
    }
    return []
  }
}
