import EMFiles
import Glibc
import Ground

extension ParticleReading {
  /// Replaces the names of the stacks by paths that exist, and fills in box sizes that the particle
  /// file leaves out.
  mutating func resolveImages(
    path: String, projectDirectory: String, problems: inout ProblemList
  ) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    for index in particles.stacks.indices {
      let name = particles.stacks[index]
      let candidates = imagePathCandidates(
        name, folders: [projectDirectory, folder.isEmpty ? "/" : folder])
      if let found = candidates.first(where: exists) {
        particles.stacks[index] = found
      } else {
        problems.add(
          Problem(
            "\(path): the image stack \(name) is not found; tried \(candidates.joined(separator: ", "))",
            whatToDo: "Give the folder that image paths are relative to with --project-dir."))
      }
    }
    if problems.isEmpty { fillImageSizes(problems: &problems) }
  }

  /// Older files do not say how large the images are; the first stack of a group does.
  private mutating func fillImageSizes(problems: inout ProblemList) {
    for group in particles.optics.indices where particles.optics[group].imageSize == 0 {
      guard let row = particles.opticsIndices.firstIndex(of: Int32(group)) else { continue }
      let stack = particles.stacks[Int(particles.images[row].stack)]
      let header = problems.catching { () throws(Problem) in try MRCHeader(path: stack) }
      particles.optics[group].imageSize = header?.columns ?? 0
    }
  }
}

/// The paths that an image's name can mean, in the order in which they are tried.
///
/// cryoSPARC writes '>' before names that are relative to its project folder. RELION takes the format
/// behind a colon, "stack.mrc:mrcs", which is no part of the file's name.
func imagePathCandidates(_ name: String, folders: [String]) -> [String] {
  let bare = name.hasPrefix(">") ? String(name.dropFirst()) : name
  var names = [bare]
  if let colon = bare.lastIndex(of: ":"),
    ["mrcs", "mrc", "map"].contains(bare[colon...].dropFirst())
  {
    names.append(String(bare[..<colon]))
  }
  var candidates: [String] = []
  for name in names {
    for folder in name.hasPrefix("/") ? [""] : folders {
      let trimmed = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
      let candidate =
        trimmed.isEmpty || trimmed == "."
        ? name : trimmed == "/" ? "/" + name : trimmed + "/" + name
      if !candidates.contains(candidate) { candidates.append(candidate) }
    }
  }
  return candidates
}

extension ParticleFile {
  /// The folder from which the names of the images start, where that is not the project's: the file's own,
  /// beside which they were found. Nil where it makes no difference, or some start elsewhere.
  ///
  /// - Parameter projectDirectory: that with which the file was read.
  public func imageFolder(otherThan projectDirectory: String) -> String? {
    let folder = FilePath.folder(of: path)
    let isBeside = zip(stackNames, particles.stacks).allSatisfy { name, found in
      imagePathCandidates(name, folders: [folder]).contains(found)
    }
    let isInProject = zip(stackNames, particles.stacks).allSatisfy { name, found in
      imagePathCandidates(name, folders: [projectDirectory]).contains(found)
    }
    return isBeside && !isInProject ? folder : nil
  }
}

private func exists(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0
}

extension ParticleOutput {
  /// The size of the images of an optics group, pixels: as the file says, or the first image that is found;
  /// 0 where neither does.
  func imageSize(ofGroup group: Int, options: ParticleConversion) -> Int {
    let stated = particles.optics[group].imageSize
    guard stated == 0, let row = particles.opticsIndices.firstIndex(of: Int32(group)) else {
      return stated
    }
    let name = file.stackNames[Int(particles.images[row].stack)]
    return header(of: name, options: options)?.columns ?? 0
  }

  /// The header of an image or micrograph that a file names; nil where it is not found, or is no MRC.
  func header(of name: String, options: ParticleConversion) -> MRCHeader? {
    let folders = [options.projectDirectory, FilePath.folder(of: file.path)]
    let found = imagePathCandidates(name, folders: folders).first(where: exists)
    return found.flatMap { path in try? MRCHeader(path: path) }
  }
}
