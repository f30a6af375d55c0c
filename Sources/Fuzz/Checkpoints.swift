import CryoEM
import Glibc
import Ground

@testable import Refinement
@testable import Runs

/// How much of the frame of a checkpoint is the fuzzer's: a checksum that fits is not to be found by
/// chance.
private enum Depth: UInt8, CaseIterable {
  case stateFile, searchFile
  /// The content, behind a frame that fits.
  case state, search
}

/// The two particles and the window of the seeds.
private func seedState() -> LoopState {
  let pose = Alignment(rotation: .identity, position: .zero)
  return LoopState(
    settings: RefinementSettings(),
    refinement: RefinementState(
      start: [pose, pose], poses: [pose, pose], posteriors: [.point, .point], scales: [1, 1],
      noiseFactors: [[1, 1], [1, 1]], greyscale: [1, 1], band: 3), inserted: 6)
}

private let run = "fuzz"
private let start = SearchLog.Start(
  iteration: 1, settings: [RefinementSettings()], chunk: SearchPass.chunk)

/// The checkpoint of a run of which the first byte of the input chooses file and depth.
func readCheckpoint(_ bytes: [UInt8]) {
  let content = Array(bytes.dropFirst())
  let depth = Depth.allCases[Int(bytes.first ?? 0) % Depth.allCases.count]
  let isState = depth == .stateFile || depth == .state
  let path = file(
    whole(content, depth), "checked/checkpoint/" + (isState ? "state.bin" : "search.bin"))
  defer { unlink(path) }
  let store = RunCheckpoints(
    RunFolder(FilePath.folder(of: FilePath.folder(of: path))), run: run)
  do {
    let state = try RunState(in: store)
    try state?.requireFit(bodies: 1, place: store.place)
    try state?.bodies.first?.requireFit(
      seedState().refinement, maximumShell: 9, place: store.place)
    if let state { _ = CheckpointContent(state).bytes }
  } catch {
    let problem = error as? Problem
    precondition(problem?.what.contains(store.statePath) == true, "a problem that names no file")
  }
  guard !isState else { return }
  _ = SearchLog.start(in: store, iteration: 1)
  let log = try? SearchLog(start, in: store)
  _ = log?.takeKnown().byChunk
}

/// The bytes of a file: as they are, or with what makes a file of them.
private func whole(_ content: [UInt8], _ depth: Depth) -> [UInt8] {
  var frame = CheckpointFrame(run: run, layout: Checksum.of(checkpointLayout.utf8))
  switch depth {
  case .stateFile, .searchFile: return content
  case .state:
    frame.length = UInt64(content.count)
    frame.checksum = Checksum.of(content)
    return frame.bytes + content
  case .search:
    let first = CheckpointContent(start).bytes
    // Two parts: the first byte says where the second begins.
    let rest = content.dropFirst()
    let split = rest.startIndex + min(Int(content.first ?? 0) * 4, rest.count)
    return frame.bytes
      + [first, Array(rest[..<split]), Array(rest[split...])].flatMap { PartList.framed($0) }
  }
}

/// Checkpoints as the program writes them.
func writeCheckpoints(_ folder: String) throws {
  let store = RunCheckpoints(RunFolder(folder + "made"), run: run, interval: 0)
  let outcomes = seedState().refinement.poses.map {
    SearchPass.Outcome(
      pose: $0, posterior: .point, likelihood: .none, scale: 1, gain: 0, isAtLimit: false,
      evaluations: 1)
  }
  var state = seedState()
  state.findings = outcomes.map { SearchPass.Finding($0, evidence: PoseEvidence()) }
  state.badImages = [BadImage(particle: 1, reason: "cut off", stage: .packing)]
  let content = CheckpointContent(RunState(bodies: [state]))
  try store.save(content)
  let log = try SearchLog(start, in: store)
  for (chunk, outcome) in outcomes.enumerated() { log.add([outcome], chunk: chunk) }
  let part = store.searchParts().dropFirst().first ?? []
  func keep(_ depth: Depth, _ bytes: [UInt8]) throws {
    try AtomicFile.write([depth.rawValue] + bytes, to: folder + "\(depth)")
  }
  for (depth, path) in [(Depth.stateFile, store.statePath), (.searchFile, store.searchPath)] {
    let file = try InputFile(path: path)
    try keep(depth, try file.bytes(at: 0, count: file.size))
  }
  try keep(.state, content.bytes)
  try keep(.search, [UInt8(min(255, (part.count + 3) / 4))] + part)
}
