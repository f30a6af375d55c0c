import Glibc
import Ground
import Jobs
import Pages
import Runs

/// What changes folders and files.
extension Background {
  func change(_ change: Errand.Change) {
    switch change {
    case .rename(let folder, let name):
      doing {
        let renamed = try RunFolder(folder).rename(to: name)
        self.post(.done("Renamed to \(renamed.name)"))
        self.soon { self.reread(folder) }
      }
    case .note(let folder, let text):
      writing {
        try RunFolder(folder).setNote(text)
        self.reread(folder)
      }
    case .delete(let folder): doing { try self.delete(folder) }
    case .control(let folder, let request):
      writing { try RunFolder(folder).request(request) }
    case .saveJob(let job, let path, let source, let overwrite):
      writing { try self.save(job, to: path, from: source, overwrite: overwrite) }
    case .write(let path, let text):
      writing {
        try AtomicFile.write(text, to: path)
        self.post(.done("Saved \(path)"))
      }
    case .writeReport(let folders, let path):
      doing {
        let page = try RunPage.document(of: folders)
        try AtomicFile.write(page.contents(for: path), to: path)
        self.post(.done("Saved \(path)"))
      }
    }
  }

  /// Writes something small in the order of the reads, and posts what goes wrong.
  private func writing(_ body: @escaping @Sendable () throws -> Void) {
    soon { self.reporting(body) }
  }

  private func delete(_ folder: String) throws {
    let left = try RunFolder(folder).remove()
    let files = Format.counted(left.count, "file")
    post(
      .done(
        left.isEmpty
          ? "Deleted \(folder)"
          : "Deleted; what others have put there (\(files)) stays in \(folder)"))
    soon { self.reread(folder) }
  }

  private func save(_ job: Job, to path: String, from source: String?, overwrite: Bool) throws {
    if !overwrite, access(path, F_OK) == 0 {
      post(.jobExists(path: path))
      return
    }
    let written = job.written(at: path)
    let before = source.flatMap { try? Job.fileText($0) }
    let edited = before.flatMap { written.edited($0) }
    try AtomicFile.write(edited ?? written.toml(), to: path)
    post(.jobSaved(path: path, isRewritten: before != nil && edited == nil))
  }
}
