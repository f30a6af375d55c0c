import Refinement
import Runs
import Surface
import Terminal

/// A folder as the file picker shows it.
struct FolderListing: Sendable, Hashable {
  var path: String
  var entries: [Entry]
  /// Why it cannot be read; empty when it could.
  var problem = ""

  struct Entry: Sendable, Hashable {
    var name: String
    var isFolder: Bool
    var bytes: Int
  }
}

/// What the header of a file says, for the picker.
struct HeaderPreview: Sendable, Hashable {
  var path: String
  var lines: [String]
}

/// Picks a file by walking through folders; letters narrow the list, the header of the file under
/// the cursor is shown.
struct FilePicker: PopUp {
  let question: Question
  let title: String
  let endings: [String]
  /// Whether a folder is asked for instead of a file.
  let picksFolder: Bool
  var listing: FolderListing
  var filter = TextInput()
  var selected = 0
  private var preview: HeaderPreview?
  private var isLoading = true

  init(_ question: Question, title: String, folder: String, endings: [String], picksFolder: Bool) {
    self.question = question
    self.title = title
    self.endings = endings
    self.picksFolder = picksFolder
    listing = FolderListing(path: folder, entries: [])
  }

  /// What has to be read when the picker opens.
  var opening: [Effect] { [.popUp(self), .readFolder(path: listing.path, endings: endings)] }

  /// Lines of the list: the folder above, then folders and files that match.
  var visible: [FolderListing.Entry] {
    let above = FolderListing.Entry(name: "..", isFolder: true, bytes: 0)
    let found = matching(listing.entries, filter.text) { $0.name }
    return filter.text.isEmpty ? [above] + found : found
  }

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect] {
    let list = visible
    let current = list.indices.contains(selected) ? list[selected] : nil
    switch input {
    case .key(.escape): return [.closePopUp]
    case .key(.left): return enter(FilePath.folder(of: listing.path))
    case .key(.right): return current?.isFolder == true ? open(current) : []
    case .key(.control("s")) where picksFolder:
      return [.closePopUp, .answer(question, listing.path)]
    case .key(.enter): return open(current)
    case .paste(let text) where text.hasPrefix("/"):
      return [.closePopUp, .answer(question, text)]
    case .key("/") where filter.text.isEmpty: return enter("/")
    case .key("~") where filter.text.isEmpty: return enter(FilePath.joined("", "~/"))
    default:
      if let moved = moveSelection(selected, count: list.count, page: 8, by: input) {
        selected = moved
      } else if filter.take(input) {
        selected = 0
      }
      return previewing()
    }
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch (mouse.kind, target) {
    case (.wheelUp, _): selected = max(0, selected - 1)
    case (.wheelDown, _): selected = min(max(0, visible.count - 1), selected + 1)
    case (.press, .row(_, let index)):
      if index == selected { return take(.key(.enter), &surroundings) }
      selected = index
    default: return []
    }
    return previewing()
  }

  private mutating func open(_ entry: FolderListing.Entry?) -> [Effect] {
    guard let entry else { return [] }
    if entry.name == ".." { return enter(FilePath.folder(of: listing.path)) }
    let path = FilePath.joined(listing.path, entry.name)
    if entry.isFolder { return enter(path) }
    return picksFolder ? [] : [.closePopUp, .answer(question, path)]
  }

  private mutating func enter(_ folder: String) -> [Effect] {
    listing = FolderListing(path: folder, entries: [])
    filter = TextInput()
    selected = 0
    isLoading = true
    return [.readFolder(path: folder, endings: endings)]
  }

  /// Asks for the header of the file under the cursor.
  private func previewing() -> [Effect] {
    let list = visible
    guard list.indices.contains(selected), !list[selected].isFolder else { return [] }
    let path = FilePath.joined(listing.path, list[selected].name)
    return preview?.path == path ? [] : [.readHeader(path: path)]
  }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .folder(let found) where found.path == listing.path:
      listing = found
      isLoading = false
      selected = found.entries.isEmpty ? 0 : 1
      return previewing()
    case .header(let found): preview = found
    default: break
    }
    return []
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    let bounds = frame.grid.bounds
    let size = Size(width: min(bounds.width, 90), height: min(bounds.height, 26))
    let inner = frame.popUp(in: bounds.centred(size), title: title)
    let (head, rest) = inner.split(top: 2)
    frame.grid.write(
      shortened(listing.path, columns: head.width), x: head.x, y: head.y,
      style: frame.look[.accent], width: head.width)
    let wanted = endings.isEmpty ? "" : " (" + endings.map { "." + $0 }.joined(separator: " ") + ")"
    frame.field(
      filter, in: head.split(top: 1).rest, placeholder: "type to narrow\(wanted), ← folder above")
    let (body, foot) = rest.split(bottom: 1)
    let sideWidth = inner.width >= 60 ? 28 : 0
    let (rows, side) = body.split(right: sideWidth)
    let list = visible
    let lines = list.map { entry in
      ListLine(
        entry.name + (entry.isFolder ? "/" : ""),
        note: entry.isFolder ? "" : Format.bytes(entry.bytes),
        role: entry.isFolder ? .accent : .text)
    }
    frame.list(lines, selected: selected, in: rows, pane: "files")
    if let preview, list.indices.contains(selected),
      preview.path == FilePath.joined(listing.path, list[selected].name)
    {
      let text = preview.lines.flatMap { $0.wrapped(toColumns: side.width - 2) }
      for (index, line) in text.prefix(side.height).enumerated() {
        frame.grid.write(
          line, x: side.x + 2, y: side.y + index, style: frame.look[.text],
          width: side.width - 2)
      }
    }
    let say =
      !listing.problem.isEmpty
      ? listing.problem
      : isLoading
        ? "reading…"
        : picksFolder
          ? "Ctrl-S takes this folder, Esc closes"
          : "Enter takes the file, Esc closes"
    frame.grid.write(
      say, x: foot.x, y: foot.y, style: frame.look[.dim], width: foot.width)
  }

  private func shortened(_ path: String, columns: Int) -> String {
    path.columns <= columns ? path : "…" + path.suffix(max(0, columns - 1))
  }
}
