import Glibc
import Ground

/// Whether the run folder can be made, without making it.
func checkOutput(_ folder: String, _ findings: inout FindingList) {
  let key = Parameter.output.folder
  if access(folder, F_OK) == 0 {
    findings.error(
      [key.key],
      "\(key) = \(folder): it exists already",
      "Choose a new folder with --output, or remove this one.")
    return
  }
  let above = nearestFolder(above: folder)
  var status = stat()
  if stat(above, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
    findings.error(
      [key.key],
      "\(key) = \(folder): \(above) is not a folder", "Choose another one with --output.")
  } else if access(above, W_OK | X_OK) != 0 {
    findings.error(
      [key.key],
      "\(key) = \(folder): \(above) may not be written",
      "Choose another one with --output, or change the permissions.")
  }
}

/// The scratch folder must be there and take files.
func checkScratch(_ folder: String, _ findings: inout FindingList) {
  let key = Parameter.compute.cacheFolder
  var status = stat()
  guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
    findings.error(
      [key.key],
      "\(key) = \(folder): there is no such folder",
      "Make the folder, name another on a local disk, or leave it out.")
    return
  }
  guard access(folder, W_OK | X_OK) == 0 else {
    findings.error(
      [key.key],
      "\(key) = \(folder): the folder cannot be written",
      "Give a folder of yours on a local disk, or leave it out.")
    return
  }
}

/// The folder above a path that exists.
private func nearestFolder(above path: String) -> String {
  var above = FilePath.folder(of: path)
  while access(above, F_OK) != 0, above != "/", above != "." {
    above = FilePath.folder(of: above)
  }
  return above
}

/// Whether the file system of a folder, which need not exist yet, has room for some bytes.
///
/// Quotas are not seen here: some file systems do not tell them. They are met while writing.
func checkSpace(
  _ folder: String, key: ParameterKey<String>, needed: Int, _ findings: inout FindingList
) {
  var status = statvfs()
  let place = access(folder, F_OK) == 0 ? folder : nearestFolder(above: folder)
  guard statvfs(place, &status) == 0, status.f_blocks > 0 else { return }
  let free = Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
  guard free < needed else { return }
  findings.error(
    [key.key],
    "\(key) = \(folder): \(sizeInWords(needed)) are needed, \(sizeInWords(free)) are free",
    "Make room, or choose a folder on another disk.")
}

/// A count of bytes in words.
private func sizeInWords(_ bytes: Int) -> String {
  bytes < 1 << 30
    ? "\((bytes + (1 << 20) - 1) >> 20) MiB"
    : "\(Format.shortest((Double(bytes) / 1_073_741_824 * 10).rounded() / 10)) GiB"
}
