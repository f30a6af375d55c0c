import EMFiles
import Glibc

/// Whether the run folder can be made, without making it.
func checkOutput(_ folder: String, _ findings: inout FindingList) {
  if access(folder, F_OK) == 0 {
    findings.error(
      "output.directory = \(folder): it exists already",
      "Choose a new folder with --output, or remove this one.")
    return
  }
  var above = FilePath.folder(of: folder)
  while access(above, F_OK) != 0, above != "/" { above = FilePath.folder(of: above) }
  var status = stat()
  if stat(above, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
    findings.error(
      "output.directory = \(folder): \(above) is not a folder", "Choose another one with --output.")
  } else if access(above, W_OK | X_OK) != 0 {
    findings.error(
      "output.directory = \(folder): \(above) may not be written",
      "Choose another one with --output, or change the permissions.")
  }
}

/// The scratch folder must be there and take files.
func checkScratch(_ folder: String, _ findings: inout FindingList) {
  var status = stat()
  guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
    findings.error(
      "compute.cache_dir = \(folder): there is no such folder",
      "Make the folder, name another on a local disk, or leave it out.")
    return
  }
  guard access(folder, W_OK | X_OK) == 0 else {
    findings.error(
      "compute.cache_dir = \(folder): the folder cannot be written",
      "Give a folder of yours on a local disk, or leave it out.")
    return
  }
}
