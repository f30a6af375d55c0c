import EMFiles
import Glibc
import Ground
import Jobs
import Particles
import Phantoms
import Runs
import Surface

/// Writes a few good files of each kind, made by the program's own writers, for the fuzzer to damage.
func writeSeeds(to folder: String) throws {
  for target in FuzzTarget.allCases { try makeFolder(folder + "/" + target.rawValue) }
  try writeMaps(folder + "/mrc/")
  try writeParticles(folder)
  try AtomicFile.write(
    "group:\n  type: particle\nresults:\n  blob:\n    metafile: '>particles.cs'\n    num_items: 4\n"
      + "    type: particle.blob\n", to: folder + "/csg/group")
  try AtomicFile.write(
    "a.b = 1979-05-27 07:32:00\nc = [1979-05-27T07:32:00.5Z, 07:32:00, [1, {d = -inf}]]\n[[e.'f']]\n"
      + "g = 0x1F\nh = +1_0.5e-3\ni = \"\"\"\\\n \\u00E9\"\"\"\nj = '''\n[ # '''\n[k]\n",
    to: folder + "/toml/all")
  let job = Job(name: "seed", folder: ".")
  try AtomicFile.write(job.toml(), to: folder + "/job/defaults")
  try AtomicFile.write(
    "[input]\nparticles = [\"a.star\", \"b.star\"]\nmap = 'm.mrc'\n[fulcrum]\n"
      + "coordinates = [1, 2.5, 3]\n[search]\nrotation_extent = \"20 degrees\"\n",
    to: folder + "/job/some")
  try AtomicFile.write(
    "name = \"Seed\"\ninherits = \"dark\"\nlight = false\nbackground = \"#102030\"\n"
      + "gradient = [\"green\", \"red\"]\n[colours]\nink = \"#ffffff\"\n[roles]\n"
      + "text = \"bold ink on black\"\nselection = { truecolor = \"ink\", c16 = \"white\" }\n",
    to: folder + "/theme/own")
  try AtomicFile.write(
    "theme[main_bg]=\"#282a36\"\ntheme[main_fg]=\"#f8\"\ntheme[hi_fg]=\"1 2 3\"\n",
    to: folder + "/theme/btop")
  try AtomicFile.write(
    "scheme: \"Seed\"\n" + (0..<16).map { "base0\(String($0, radix: 16)): \"1a2b3c\"\n" }.joined(),
    to: folder + "/theme/base16")
  try AtomicFile.write(
    "theme = \"nord\"\nmarker = \"quadrant\"\nmouse = false\nat_end = '''\n[ -n \"$X\" ] && date\n'''\n"
      + "[keys.runs]\nopen = [\"o\", \"Enter\"]\ncompare = \"Ctrl-A\"\n[keys.run]\npause = \"F5\"\n",
    to: folder + "/settings/config")
  try writeRuns(folder + "/run/")
  try writeCheckpoints(folder + "/checkpoint/")
}

private func writeMaps(_ folder: String) throws {
  let values = (0..<512).map { Float($0) }
  for (name, mode) in [("map32", MRCMode.float32), ("map16", .float16)] {
    try MRCVolume.write(
      values, size: SIMD3(8, 8, 8), voxelSize: 1.5, mode: mode, to: folder + name)
  }
  let stack = try MRCStackWriter(path: folder + "stack", width: 8, height: 8, pixelSize: 2)
  for image in 0..<3 { try stack.append(Array(values[(image * 64)..<(image * 64 + 64)])) }
  try stack.finish()
}

/// Particles in RELION's form and in both of cryoSPARC's.
private func writeParticles(_ folder: String) throws {
  var settings = SimulationSettings()
  (settings.count, settings.boxSize, settings.pixelSize) = (4, 16, 6)
  let set = SimulatedDataSet(
    Simulation(settings), folder: folder + "/set", name: "set", mode: .float16)
  try makeFolder(folder + "/set")
  try set.write { _ in }
  let star = folder + "/set/start.star"
  let file = try InputFile(path: star)
  try AtomicFile.write(try file.bytes(at: 0, count: file.size), to: folder + "/star/start")
  let particles = try ParticleFile.read(path: star, projectDirectory: folder + "/set")
  let cs = folder + "/cs/array"
  try particles.write(poses: particles.particles.poses, as: .cs, to: cs)
  try AtomicFile.write(stream(), to: folder + "/cs/stream")
}

/// A data set in stream form of two records, a packed column, a plain one and a text.
private func stream() -> [UInt8] {
  func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
  let header = Array(
    ("{\"length\": 2, \"dtype\": [[\"uid\", \"<u8\"], [\"blob/idx\", \"<u4\"], [\"blob/path\", \"|O\"],"
      + " [\"alignments3D/pose\", \"<f4\", [3]]], \"compressed_fields\": [\"uid\"], "
      + "\"compression\": \"lz4\"}").utf8)
  var bytes: [UInt8] = [0x95] + Array("CSDAT".utf8) + word(header.count) + header
  // Literals alone: a token of 15 and one more.
  let packed: [UInt8] = [0xF0, 1] + (0..<16).map { UInt8($0) }
  for column in [
    packed, [0, 0, 0, 0, 1, 0, 0, 0], [UInt8](repeating: 0, count: 16),
    [UInt8](repeating: 0, count: 24),
  ] { bytes += word(column.count) + column }
  return bytes + Array("stack.mrcs".utf8) + [0]
}

/// The files of a run, each behind the byte that chooses it.
private func writeRuns(_ folder: String) throws {
  let run = folder + "made"
  let manifest = RunManifest(name: "seed", particles: 4, boxSize: 16, pixelSize: 6, threads: 1)
  let writer = try RunWriter(creating: run, job: Job(), manifest: manifest)
  writer.take(.stage(.search, iteration: 1))
  writer.end(.finished, message: "done")
  let made = RunFolder(run)
  for (byte, path) in [(0, made.manifestPath), (3, made.eventsPath), (5, made.jobPath)] {
    let file = try InputFile(path: path)
    try AtomicFile.write(
      [UInt8(byte)] + (try file.bytes(at: 0, count: file.size)), to: folder + "\(byte)")
  }
  try AtomicFile.write([1] + Array(metrics.utf8), to: folder + "1")
  try AtomicFile.write([2] + Array(summary.utf8), to: folder + "2")
}

private let summary = """
  {"bFactor": -80, "converged": true, "cpuSeconds": 9, "fulcrum": [1, 2, 3], "iterations": 4,
   "medianRotation": 2, "medianShift": 1, "particles": 4, "resolutionAfter": 8,
   "resolutionAtHalf": "inf", "resolutionBefore": 9, "seconds": 5, "shareAtLimit": 0,
   "skipped": 1, "badImages": ["particle 3: cut off"], "verdict": "converged"}
  """

private let metrics = {
  let histogram =
    #"{"counts": [1, 2], "lower": 0, "upper": 2, "median": 1, "percentile95": 2, "mean": 1}"#
  let histograms = [
    "rotationFromStart", "rotationFromPrevious", "shiftFromStart", "shiftFromPrevious", "scale",
    "effectiveSampleSize", "scoreGain",
  ].map { "\"\($0)\": \(histogram)" }.joined(separator: ", ")
  return """
    {\(histograms), "iteration": 1, "boxSize": 16, "pixelSize": 6, "bandShell": 5,
     "fsc": {"noMask": [1, 0.5], "spherical": [], "loose": [], "tight": [], "corrected": [1, 0.4],
     "resolution143": 12, "resolution50": "inf"}, "shareAtLimit": 0, "posteriorRotation": 1,
     "posteriorShift": 1, "driftRotation": [0, 0], "driftShift": [0, 0], "greyscale": [1, 1],
     "orientationAzimuths": 2, "orientationCounts": [1, 2, 3, 4], "noise": [[1, 2]],
     "guinier": [1, "nan"], "evaluationsPerParticle": 6, "particles": 4, "skipped": 0,
     "seconds": {"search": 1}, "cpuSeconds": 1}
    """
}()
