import EMFiles
import Glibc
import Refinement

/// Makes a folder where there is none, with the folders above it.
///
/// Throws a `Problem` where it cannot be made.
public func makeFolder(_ folder: String) throws(Problem) {
  if mkdir(folder, 0o777) == 0 || errno == EEXIST { return }
  if errno == ENOENT {
    let above = FilePath.folder(of: folder)
    if above != folder {
      try makeFolder(above)
      if mkdir(folder, 0o777) == 0 || errno == EEXIST { return }
    }
  }
  let number = errno
  var problem = Problem(
    "\(folder) cannot be made (\(String(cString: strerror(number))))",
    whatToDo: "Check the permissions, or choose another folder.")
  problem.systemError = number
  throw problem
}
