/// A folder as the file picker shows it.
struct FolderListing: Sendable, Hashable {
  var path: String
  var entries: [Entry]
  /// Why it cannot be read; empty when it could.
  var problem = ""

  struct Entry: Sendable, Hashable {
    var name: String
    var isFolder: Bool
    /// Its size; nil where it was not asked for.
    var bytes: Int?
  }
}

/// What the header of a file says, for the picker.
struct HeaderPreview: Sendable, Hashable {
  var path: String
  var lines: [String]
}
