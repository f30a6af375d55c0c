// Feeds the readers of outside files with damaged ones, found by libFuzzer. Not part of an ordinary
// build. From the package's folder, on Linux:
//
//     export FULCRUM_FUZZ=1
//     swift build --scratch-path .build-fuzz --sanitize fuzzer --product Fuzz
//     export SWIFT_BACKTRACE=enable=no      # or the input of an abort is not kept
//     .build-fuzz/debug/Fuzz seeds corpus
//     .build-fuzz/debug/Fuzz star corpus/star -max_total_time=300 -timeout=10 -rss_limit_mb=2048
//
// The first word is one of the targets of `FuzzTarget`, what follows goes to libFuzzer. A crash leaves
// its input in a file crash-…, which `Fuzz TARGET FILE` plays again; mend the reader and add a test that
// reads such a file.

import Glibc

/// One kind of outside file.
enum FuzzTarget: String, CaseIterable {
  case mrc, star, cs, csg, toml, job, theme, settings, run, checkpoint

  /// Reads an input as the program would; nothing may come of it but a problem.
  func read(_ bytes: [UInt8]) {
    switch self {
    case .mrc: readMRC(bytes)
    case .star: readSTAR(bytes)
    case .cs: readCS(bytes)
    case .csg: readCSG(bytes)
    case .toml: readTOML(bytes)
    case .job: readJob(bytes)
    case .theme: readTheme(bytes)
    case .settings: readSettings(bytes)
    case .run: readRun(bytes)
    case .checkpoint: readCheckpoint(bytes)
    }
  }
}

/// The target of this process.
nonisolated(unsafe) var target = FuzzTarget.mrc

/// Takes the first word off the command line; libFuzzer's own main calls it and reads the rest.
@_cdecl("LLVMFuzzerInitialize")
public func initialise(
  _ count: UnsafeMutablePointer<Int32>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  let all = (0..<Int(count.pointee)).map { words.pointee[$0].map { String(cString: $0) } ?? "" }
  if all.count == 3, all[1] == "seeds" {
    do { try writeSeeds(to: all[2]) } catch { print("\(error)") }
    exit(0)
  }
  guard all.count > 1, let chosen = FuzzTarget(rawValue: all[1]) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    print("usage: Fuzz TARGET [libFuzzer's arguments], TARGET one of \(names); Fuzz seeds DIR")
    exit(2)
  }
  target = chosen
  for index in 1..<all.count - 1 { words.pointee[index] = words.pointee[index + 1] }
  words.pointee[all.count - 1] = nil
  count.pointee -= 1
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  target.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
