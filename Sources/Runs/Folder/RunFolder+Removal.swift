import Glibc
import Ground

extension RunFolder {
  /// Removes a run: exactly the files that a run writes, and the folders that are then empty. What
  /// somebody put there stays, with the folders that hold it; its paths are returned.
  ///
  /// The folder is taken first, as for going on with it: a holder on another machine is watched for
  /// three seconds.
  ///
  /// - Throws: `Problem` where the run still goes on, or is no run.
  public func remove() throws(Problem) -> [String] {
    guard exists else {
      throw Problem("\(path): not a run folder", whatToDo: "Give the folder of a run.")
    }
    let lock = try lockForChange()
    removeContents()
    lock?.release()
    removeFile(lockPath)
    if rmdir(path) == 0 { return [] }
    return entries(of: path).map { path + "/" + $0 }
  }

  /// The hold on a folder that is to be changed as a whole; nil where a full disk has no room for one,
  /// and nobody holds it.
  private func lockForChange() throws(Problem) -> RunLock? {
    if let job = batchJob(), (try? manifest().status) == .queued {
      throw Problem(
        "\(path) waits in a queue as \(job.title)",
        whatToDo: "Take it out first: X in its screen.")
    }
    do throws(Problem) { return try RunLock(self) } catch {
      guard error.isFullDisk else { throw error }
      return nil
    }
  }

  /// Removes what a run writes, all but its lock.
  func removeContents() {
    for region in regions {
      region.removeContents()
      removeFile(region.lockPath)
      (try? place(region.path))?.removeFolder()
    }
    (try? place(regionsPath))?.removeFolder()
    removeLeftovers()
    for name in entries(of: iterationsPath) where RunLayout.iteration(named: name) != nil {
      empty(iterationsPath + "/" + name, of: RunLayout.iteration)
    }
    for (folder, names) in [
      (iterationsPath, []), (controlPath, RunLayout.control),
      (checkpointPath, RunLayout.checkpoint), (finalPath, RunLayout.final.map(\.name)),
    ] { empty(folder, of: names) }
    for name in RunLayout.folder where name != "lock" { removeFile(path + "/" + name) }
  }

  /// Removes the files of a list from one of the folders, then the folder if nothing else is in it.
  private func empty(_ folder: String, of names: [String]) {
    for name in names { removeFile(folder + "/" + name) }
    (try? place(folder))?.removeFolder()
  }

  /// Removes what a process that was killed left half written: files that were never renamed into place.
  func removeLeftovers() {
    for region in regions { region.removeLeftovers() }
    let iterations = entries(of: iterationsPath).filter { RunLayout.iteration(named: $0) != nil }
    let lists =
      [
        (path, RunLayout.folder), (controlPath, RunLayout.control),
        (checkpointPath, RunLayout.checkpoint), (finalPath, RunLayout.final.map(\.name)),
      ] + iterations.map { (iterationsPath + "/" + $0, RunLayout.iteration) }
    for (folder, names) in lists {
      for name in allEntries(of: folder) where RunLayout.isLeftover(name, of: names) {
        removeFile(folder + "/" + name)
      }
    }
  }

  /// Removes the folders of runs of a name whose processes were killed before they had made them.
  static func removeUnborn(named name: String, in above: String) {
    for entry in RunFolder(above).allEntries(of: above)
    where entry.hasPrefix(".\(name).") && entry.hasSuffix(".part") {
      let number = entry.dropFirst(name.count + 2).dropLast(".part".count)
      guard let processID = Int32(number), !ProcessFacts.isAlive(processID),
        let place = try? FilePlace(above + "/" + entry, within: above),
        place.status.map({ $0.st_mode & S_IFMT == S_IFDIR }) == true
      else { continue }
      let folder = RunFolder(above + "/" + entry)
      folder.removeContents()
      folder.removeFile(folder.lockPath)
      place.removeFolder()
    }
  }

  /// Renames the run; the new name stands beside the old one. The folder is taken first, as for removing.
  ///
  /// - Throws: `Problem` where the name is taken or no name, or the run goes on.
  public func rename(to name: String) throws(Problem) -> RunFolder {
    guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
      throw Problem("\"\(name)\" is no name for a run", whatToDo: "Use letters, digits, - and _.")
    }
    let lock = try lockForChange()
    let target = RunFolder(FilePath.folder(of: path) + "/" + name)
    guard access(target.path, F_OK) != 0 else {
      lock?.release()
      throw Problem("\(target.path) exists already", whatToDo: "Choose another name.")
    }
    guard Glibc.rename(path, target.path) == 0 else {
      let number = errno
      lock?.release()
      throw Problem(
        "\(path) cannot be renamed (\(String(cString: strerror(number))))",
        whatToDo: "Check the permissions of the folder.")
    }
    (try? FilePlace(target.path))?.flushFolder()
    if let lock { RunLock(lock, movedTo: target).release() }
    return target
  }
}
