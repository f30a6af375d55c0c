import Glibc
import Ground
import Refinement
import Synchronization

/// The checkpoint of a run on disk: checkpoint/state.bin, replaced whole, and checkpoint/search.bin,
/// which grows while a search goes on.
final class RunCheckpoints: CheckpointStore {
  let interval: Double
  private let folder: RunFolder
  private let run: String
  private let layout: UInt64
  /// Does a write that must succeed; waits where the disk is full.
  private let insist: @Sendable (() throws(Problem) -> Void) throws(Problem) -> Void
  private let search = Mutex<PartList?>(nil)

  init(
    _ folder: RunFolder, run: String, layout: String = checkpointLayout, interval: Double = 60,
    insist: @escaping @Sendable (() throws(Problem) -> Void) throws(Problem) -> Void = {
      (write) throws(Problem) in try write()
    }
  ) {
    self.folder = folder
    self.run = run
    self.interval = interval
    self.layout = Checksum.of(layout.utf8)
    self.insist = insist
  }

  var place: String { statePath }
  var statePath: String { folder.checkpointPath + "/state.bin" }
  var searchPath: String { folder.checkpointPath + "/search.bin" }

  func state() throws(Problem) -> [UInt8]? {
    guard folder.facts(of: statePath) != nil else { return nil }
    let file = try folder.input(statePath)
    let damaged = Problem(
      "\(statePath): the checkpoint is damaged",
      whatToDo: "Remove it to begin the run anew, or start a new run from the last poses.")
    guard file.size >= CheckpointFrame.size,
      let frame = CheckpointFrame(try file.bytes(at: 0, count: CheckpointFrame.size))
    else { throw damaged }
    if let problem = frame.problem(statePath, run: run, layout: layout) { throw problem }
    guard frame.length == UInt64(file.size - CheckpointFrame.size) else { throw damaged }
    let content = try file.bytes(at: CheckpointFrame.size, count: Int(frame.length))
    guard Checksum.of(content) == frame.checksum else { throw damaged }
    return content
  }

  func save(_ content: CheckpointContent) throws(Problem) {
    try insist { () throws(Problem) in
      try folder.make(folder.checkpointPath)
      let file = try AtomicFile(path: statePath, within: folder.root)
      var frame = CheckpointFrame(run: run, layout: layout)
      try file.append(frame.bytes)
      var sum = Checksum()
      try content.write { (piece) throws(Problem) in
        sum.add(piece)
        frame.length += UInt64(piece.count)
        try file.append(piece)
      }
      frame.checksum = sum.value
      try file.overwrite(frame.bytes, at: 0)
      try file.commit()
    }
  }

  func searchParts() -> [[UInt8]] { search.withLock { list(&$0).parts } }

  /// The list as it is on the disk, read once.
  private func list(_ known: inout PartList?) -> PartList {
    if let known { return known }
    var list = PartList([])
    if let file = try? folder.input(searchPath),
      let bytes = try? file.bytes(at: 0, count: file.size),
      let frame = CheckpointFrame(bytes.prefix(CheckpointFrame.size)),
      frame.problem(searchPath, run: run, layout: layout) == nil
    {
      list = PartList(bytes)
    }
    known = list
    return list
  }

  func beginSearch(_ first: CheckpointContent) throws(Problem) {
    let part = first.bytes
    let bytes = CheckpointFrame(run: run, layout: layout).bytes + PartList.framed(part)
    try insist { () throws(Problem) in
      try folder.make(folder.checkpointPath)
      try AtomicFile.write(bytes, to: searchPath, within: folder.root)
    }
    search.withLock { $0 = PartList(bytes) }
  }

  func append(_ part: CheckpointContent) throws(Problem) {
    let bytes = PartList.framed(part.bytes)
    let problem = search.withLock { known -> Problem? in
      var list = list(&known)
      guard let place = try? folder.place(searchPath) else { return failure() }
      let file = place.open(O_WRONLY | O_NONBLOCK)
      guard file >= 0 else { return place.refusal ?? failure() }
      defer { close(file) }
      // What a killed process left half written is cut off.
      guard ftruncate(file, off_t(list.length)) == 0 else { return failure() }
      var done = 0
      while done < bytes.count {
        let count = write(bytes[done...], to: file, at: list.length + done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          let problem = failure()
          ftruncate(file, off_t(list.length))
          return problem
        }
        done += count
      }
      guard fdatasync(file) == 0 else { return failure() }
      list.length += bytes.count
      // The parts are not needed again by this process.
      known = list
      return nil
    }
    if let problem { throw problem }
  }

  private func failure() -> Problem {
    let number = errno
    var problem = Problem(
      "\(searchPath): writing failed (\(String(cString: strerror(number))))",
      whatToDo: "Check the free space and the disk quota.")
    problem.systemError = number
    return problem
  }
}
