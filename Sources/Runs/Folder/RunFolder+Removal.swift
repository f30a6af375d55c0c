import EMFiles
import Glibc
import Refinement

extension RunFolder {
  /// Removes a run: the files that a run writes, and the folders that are then empty. What somebody
  /// put there stays, with the folders that hold it; its paths are returned.
  ///
  /// Throws a `Problem` where the run still goes on, or is no run.
  public func remove() throws(Problem) -> [String] {
    guard exists else {
      throw Problem("\(path): not a run folder", whatToDo: "Give the folder of a run.")
    }
    if let manifest = try? manifest(), status(of: manifest).isLive {
      throw Problem("\(path): the run goes on", whatToDo: "Stop it first.")
    }
    removeLeftovers()
    for iteration in entries(of: iterationsPath) where Int(iteration) != nil {
      empty(iterationsPath + "/" + iteration)
    }
    rmdir(iterationsPath)
    for folder in [controlPath, checkpointPath, finalPath] { empty(folder) }
    for file in [jobPath, manifestPath, eventsPath, notePath, inputsPath, lockPath] { unlink(file) }
    if rmdir(path) == 0 { return [] }
    return entries(of: path).map { path + "/" + $0 }
  }

  /// Removes what a process that was killed left half written: files that were never renamed into place.
  func removeLeftovers() {
    let folders =
      [path, controlPath, iterationsPath, checkpointPath, finalPath]
      + entries(of: iterationsPath).map { iterationsPath + "/" + $0 }
    for folder in folders {
      for name in allEntries(of: folder) where name.hasPrefix(".") && name.hasSuffix(".part") {
        unlink(folder + "/" + name)
      }
    }
  }

  /// Removes the folders of runs of a name whose processes were killed before they had made them.
  static func removeUnborn(named name: String, in above: String) {
    let place = RunFolder(above)
    for entry in place.allEntries(of: above)
    where entry.hasPrefix(".\(name).") && entry.hasSuffix(".part") {
      let number = entry.dropFirst(name.count + 2).dropLast(".part".count)
      guard let processID = Int32(number), !ProcessFacts.isAlive(processID) else { continue }
      let folder = RunFolder(above + "/" + entry)
      folder.removeLeftovers()
      for inside in [folder.controlPath, folder.iterationsPath, folder.checkpointPath] {
        rmdir(inside)
      }
      for file in [folder.jobPath, folder.manifestPath, folder.lockPath] { unlink(file) }
      rmdir(folder.path)
    }
  }

  /// Renames the run; the new name stands beside the old one.
  ///
  /// Throws a `Problem` where the name is taken or no name, or the run goes on.
  public func rename(to name: String) throws(Problem) -> RunFolder {
    guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
      throw Problem("\"\(name)\" is no name for a run", whatToDo: "Use letters, digits, - and _.")
    }
    if let manifest = try? manifest(), status(of: manifest).isLive {
      throw Problem("\(path): the run goes on", whatToDo: "Rename it when it has ended.")
    }
    let target = RunFolder(FilePath.folder(of: path) + "/" + name)
    guard access(target.path, F_OK) != 0 else {
      throw Problem("\(target.path) exists already", whatToDo: "Choose another name.")
    }
    guard Glibc.rename(path, target.path) == 0 else {
      throw Problem(
        "\(path) cannot be renamed (\(String(cString: strerror(errno))))",
        whatToDo: "Check the permissions of the folder.")
    }
    return target
  }

  /// Removes the files that a run writes into one of its folders, then the folder.
  private func empty(_ folder: String) {
    let endings = [".mrc", ".star", ".cs", ".json", ".tsv", ".xml", ".toml", ".bin"]
    let requests = Set(ControlRequest.Kind.allCases.map(\.fileName))
    for name in entries(of: folder)
    where endings.contains(where: name.hasSuffix) || requests.contains(name) {
      unlink(folder + "/" + name)
    }
    rmdir(folder)
  }
}
