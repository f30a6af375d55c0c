import Glibc

/// Makes a folder where there is none, with the folders above it, so that they survive a power cut.
///
/// Throws a `Problem` where it cannot be made.
public func makeFolder(_ folder: String) throws(Problem) {
  var folder = folder
  while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
  guard access(folder, F_OK) != 0 else { return }
  let above = FilePath.folder(of: folder)
  if above != folder, access(above, F_OK) != 0 { try makeFolder(above) }
  try FilePlace(folder).makeFolder()
}
