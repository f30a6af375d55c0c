import CryoEM
import EMFiles
import Glibc
import Ground
import Jobs
import Particles
import Runs
import Surface
import TOMLText

@testable import Console

/// A file in memory that holds the input of the moment.
func file(_ bytes: [UInt8], _ name: String) -> String {
  let path = "/dev/shm/fulcrum-fuzz-\(getpid())-\(name)"
  if name.contains("/") { try? makeFolder(FilePath.folder(of: path)) }
  if let stream = fopen(path, "wb") {
    fwrite(bytes, 1, bytes.count, stream)
    fclose(stream)
  }
  return path
}

/// Reads both files and stops the fuzzer where they differ: what is not changed is written as it was.
private func requireSame(_ path: String, _ bytes: [UInt8]) {
  guard let file = try? InputFile(path: path), let back = try? file.bytes(at: 0, count: file.size)
  else { return }
  precondition(back == bytes, "a round trip changed the file")
}

func readMRC(_ bytes: [UInt8]) {
  let path = file(bytes, "map.mrc")
  _ = try? MRCHeader(path: path)
  if let stack = try? MRCStack(path: path), stack.width < 1 << 12, stack.height < 1 << 12 {
    _ = try? stack.image(0)
    _ = try? stack.image(stack.count - 1)
  }
  _ = try? Volume(readingCubic: path)
  if let map = try? MRCVolume(path: path) { _ = map.firstNonFinite }
}

func readSTAR(_ bytes: [UInt8]) {
  let path = file(bytes, "particles.star")
  if let star = try? STARFile(bytes: bytes, path: path) {
    for table in star.tables {
      for name in table.columnNames.prefix(40) {
        var problems = ProblemList()
        _ = table.numbers(name, problems: &problems)
        _ = table.integers(name, problems: &problems)
        _ = table.imageReferences(name, problems: &problems)
        _ = try? table.interned(name)
      }
    }
    let copy = path + ".copy"
    if (try? star.write(to: copy)) != nil { requireSame(copy, bytes) }
  }
  readParticles(path)
}

func readCS(_ bytes: [UInt8]) {
  let path = file(bytes, "particles.cs")
  if let records = try? CSFile(bytes: bytes, path: path) {
    for field in records.fields.prefix(40) {
      var problems = ProblemList()
      _ = records.numbers(field.name, problems: &problems)
      _ = records.identifiers(field.name, problems: &problems)
      _ = records.interned(field.name, problems: &problems)
    }
    let copy = path + ".copy"
    if bytes.first == 0x93, (try? records.write(to: copy)) != nil { requireSame(copy, bytes) }
  }
  readParticles(path)
}

func readCSG(_ bytes: [UInt8]) {
  let path = file(bytes, "particles.csg")
  _ = try? CSGroup(path: path)
  readParticles(path)
}

/// The particles with their images looked for, as a preflight does.
private func readParticles(_ path: String) {
  _ = try? ParticleFile.read(path: path, resolvingImages: false)
  if let file = try? ParticleFile.read(path: path, projectDirectory: "/dev/shm") {
    _ = try? file.checkImages()
    _ = try? file.checkHalfSets()
  }
}

/// Any TOML, whatever its keys.
func readTOML(_ bytes: [UInt8]) {
  guard let table = try? parseTOML(String(decoding: bytes, as: UTF8.self)) else { return }
  _ = table.debugDescription
}

func readJob(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  guard let (job, _) = try? Job.parsed(toml: text, file: "job.toml") else { return }
  _ = job.findings
  let valid = try? job.validated()
  _ = job.commandLine(jobFile: "job.toml")
  // What is written is read back as the same job.
  let again = try? Job.parsed(toml: job.toml(), file: "job.toml")
  precondition(valid == nil || again?.job.values == job.values, "a job is not read as written")
}

func readTheme(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  _ = try? Theme(text: text, identifier: "fuzz", file: "fuzz.toml") { _ in nil }
  _ = try? Theme(btop: text, identifier: "fuzz", file: "fuzz.theme")
  _ = try? Theme(base16: text, identifier: "fuzz", file: "fuzz.yaml")
}

/// The settings as the application reads them when it starts.
func readSettings(_ bytes: [UInt8]) {
  let folder = FilePath.folder(of: file(bytes, "settings/config.toml"))
  let settings = SettingsFile(folder: folder)
  for context in Command.Context.allCases {
    _ = settings.keyMap.keyName(of: .open, in: context)
    _ = settings.keyMap.command(for: "o", in: context)
  }
  for conflict in settings.keyMap.conflicts.prefix(100) { _ = conflict.plainLine }
}

/// A run folder of which the first byte of the input chooses the file.
func readRun(_ bytes: [UInt8]) {
  let folder = RunFolder("/dev/shm/fulcrum-fuzz-\(getpid())-run")
  let iteration = folder.iterationPath(1)
  try? makeFolder(iteration)
  try? makeFolder(folder.finalPath)
  let paths = [
    folder.manifestPath, iteration + "/metrics.json", folder.summaryPath, folder.eventsPath,
    folder.notePath, folder.jobPath,
  ]
  let chosen = paths[Int(bytes.first ?? 0) % paths.count]
  if let stream = fopen(chosen, "wb") {
    let content = Array(bytes.dropFirst())
    fwrite(content, 1, content.count, stream)
    fclose(stream)
  }
  let entry = RunCatalogue.entry(of: folder)
  if let manifest = entry.manifest {
    _ = Format.duration(manifest.duration) + Format.count(manifest.particles)
    _ = manifest.progress?.fraction
    _ = manifest.progress?.secondsLeft.map(Format.duration)
  }
  for metrics in folder.metrics() { _ = metrics.line }
  if let summary = try? folder.summary() { _ = Format.fixed(summary.medianShift, 6) }
  for event in folder.events().events { _ = event.text.plainLine }
  _ = folder.note().plainText
  _ = try? folder.job()
  unlink(chosen)
}
