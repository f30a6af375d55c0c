import Glibc

/// A name in a folder, and what stands there as far as the folder itself tells.
public struct FolderEntry: Sendable, Hashable {
  /// What a name stands for; the file system may not tell without a look.
  public enum Kind: Sendable, Hashable { case file, folder, other }

  public let name: String
  public let kind: Kind
}

extension FolderEntry {
  /// The entries of an open folder but for itself and the one above, in no order, at most `limit`. The
  /// descriptor is closed.
  static func all(in folder: Int32, limit: Int = .max) -> [FolderEntry] {
    guard let handle = fdopendir(folder) else {
      close(folder)
      return []
    }
    defer { closedir(handle) }
    var found: [FolderEntry] = []
    while found.count < limit, let entry = readdir(handle) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      let kind: Kind =
        switch Int(entry.pointee.d_type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .folder
        default: .other
        }
      found.append(FolderEntry(name: name, kind: kind))
    }
    return found
  }

  /// The entries of a folder, in no order; nil, with `errno`, where it cannot be read.
  public static func all(in path: String) -> [FolderEntry]? {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    return folder < 0 ? nil : all(in: folder)
  }
}
