import Ground
import Particles
import Refinement

/// The particles of a job, read and checked as far as headers tell.
struct CheckedParticles {
  var file: ParticleFile
  /// The particles with the half-sets that will be used.
  var particles: ParticleSet
  /// What part of the file they are; nil for all.
  private(set) var part: ParticlePart?

  /// Reads the particles that `inputs` names; nil, with the problems collected, where they cannot be
  /// used.
  init?(inputs: JobInputs, settings: RefinementSettings, findings: inout FindingList) {
    guard let path = inputs.particles.first else { return nil }
    let input = Parameter.input
    let key = input.particles
    if inputs.particles.count > 1 {
      findings.error(
        [key.key],
        "\(key): \(inputs.particles.count) files; one is supported in this version",
        "Join them first: relion_star_handler --combine, or Particle Sets in cryoSPARC.")
      return nil
    }
    let passthrough = inputs.passthrough.map { [$0] } ?? []
    guard
      let file = findings.catching(
        [key.key, input.projectFolder.key],
        {
          try ParticleFile.read(
            path: path, passthrough: passthrough, projectDirectory: inputs.projectFolder,
            needsCTF: settings.correctCTF)
        })
    else { return nil }
    self.file = file
    particles = file.particles
    let before = findings.errors.count
    checkSampling(&findings)
    // What images are of the same particle is known of names that are in order.
    if findings.catching([key.key, input.projectFolder.key], { try file.checkImages() }) != nil {
      checkHalfSets(inputs: inputs, seed: settings.randomSeed, &findings)
    }
    if settings.correctCTF, !file.hasCTF {
      findings.error(
        [key.key, input.passthrough.key, Parameter.ctf.correct.key],
        "\(file.path): no CTF values",
        "Give the file that has them (\(input.passthrough)), or set \(Parameter.ctf.correct) = false "
          + "for images without a CTF.")
    }
    if settings.symmetry != "C1", Set(particles.sources).count < particles.count {
      findings.warning(
        [Parameter.refinement.symmetry.key, key.key],
        "\(Parameter.refinement.symmetry) = \(settings.symmetry) with symmetry-expanded particles",
        "Leave the symmetry C1: the copies are there already.")
    }
    if particles.count == 0 {
      findings.error([key.key], "\(file.path): no particles", "Give a file with particles.")
    }
    guard findings.errors.count == before else { return nil }
    for line in file.log { findings.note(line) }
  }

  /// Box and pixel size of all images.
  var boxSize: Int { particles.optics.first?.imageSize ?? 0 }
  var pixelSize: Double { particles.optics.first?.pixelSize ?? 0 }

  /// The same with the scales of the particles taken over into their CTF; says so, or that they are not
  /// used.
  func scaled(_ isUsed: Bool, _ findings: inout FindingList) -> CheckedParticles {
    guard let scales = particles.relativeScales else { return self }
    let sorted = scales.sorted()
    let (low, high) = (sorted[sorted.count / 20], sorted[sorted.count - 1 - sorted.count / 20])
    let range =
      "\(Format.rounded(low, digits: 2)) to \(Format.rounded(high, digits: 2))"
    guard isUsed else {
      findings.note(
        "Scales of the particles (alignments3D/alpha): \(range) times their mean, not used: "
          + "\(Parameter.image.particleScales) is off.")
      return self
    }
    let empty = particles.scales.count { !($0 > 0) }
    findings.note(
      "Scales of the particles (alignments3D/alpha): \(range) times their mean, used as a factor "
        + "of the CTF." + (empty > 0 ? " \(empty) are not above zero and count as the least." : ""))
    var checked = self
    checked.particles.applyScales()
    return checked
  }

  private func checkSampling(_ findings: inout FindingList) {
    guard let first = particles.optics.first else { return }
    for other in particles.optics.dropFirst()
    where other.imageSize != first.imageSize || abs(other.pixelSize / first.pixelSize - 1) > 1e-4 {
      findings.error(
        [key.key],
        "\(file.path): the optics groups \(first.name) (box \(first.imageSize), "
          + "\(first.pixelSize) Å) and \(other.name) (box \(other.imageSize), "
          + "\(other.pixelSize) Å) have different samplings, which is not supported",
        "Extract all particles in one box and pixel size, or refine the groups one by one.")
    }
    if first.imageSize % 2 != 0 || first.imageSize < 16 {
      findings.error(
        [key.key],
        "\(file.path): the images have \(first.imageSize) pixels along an edge",
        "Extract them in an even box of at least 16 pixels.")
    }
    if !(first.pixelSize > 0 && first.pixelSize.isFinite) {
      findings.error(
        [key.key],
        "\(file.path): the pixel size is \(first.pixelSize) Å", "Correct it in the particle file.")
    }
  }

  private var key: ParameterKey<[String]> { Parameter.input.particles }

  private mutating func checkHalfSets(
    inputs: JobInputs, seed: UInt64, _ findings: inout FindingList
  ) {
    let separation = inputs.minimumSeparation
    particles.families = particles.families(separation: separation)
    let resplit = Parameter.refinement.resplit
    if inputs.resplit {
      split(seed: seed, separation: separation, &findings)
    } else {
      findings.catching([key.key, resplit.key]) { try file.checkHalfSets() }
      for warning in file.halfSetWarnings(separation: separation) {
        findings.add(JobFinding([resplit.key, key.key], warning))
      }
    }
    take(inputs.fraction, seed: seed, &findings)
    let inA = particles.halfSets.count { $0 == .a }
    let inB = particles.halfSets.count - inA
    let least = 5
    if min(inA, inB) > 0, min(inA, inB) < least {
      findings.error(
        [key.key, resplit.key],
        "\(file.path): half-set A has \(inA) particles and B has \(inB)",
        "Each needs \(least) at least, and hundreds to be of use: "
          + (part != nil
            ? "set \(Parameter.input.fraction) larger."
            : inputs.resplit ? "give more particles." : "set \(resplit) = true."))
    } else if max(inA, inB) > 2 * min(inA, inB), min(inA, inB) > 0 {
      findings.warning(
        [key.key, resplit.key],
        "\(file.path): the half-sets are unequal, \(inA) and \(inB) particles",
        inputs.resplit
          ? "The FSC follows the smaller one: one filament, or one chain of near picks, is that large."
          : "The FSC follows the smaller one: set \(resplit) = true to split them evenly.")
    }
  }

  /// Leaves an even part of the particles, where not all are asked for.
  private mutating func take(_ fraction: Double, seed: UInt64, _ findings: inout FindingList) {
    guard fraction < 1, fraction > 0 else { return }
    let all = particles.count
    let rows = particles.rows(fraction: fraction, families: particles.families, seed: seed)
    let part = ParticlePart(fraction: fraction, all: all)
    self.part = part
    let key = Parameter.input.fraction
    guard particles.halfSets.count == all, Set(rows.map { particles.halfSets[Int($0)] }).count == 2
    else {
      findings.error(
        [key.key],
        "\(key) = \(Format.shortest(fraction)): of \(Format.counted(all, "particle")) that leaves no two halves",
        "Give a larger part.")
      return
    }
    particles = particles.selecting(rows: rows)
    file = file.selecting(rows: rows)
    findings.note(
      "Refined is \(part.text): \(part.counted(rows.count)), evenly of both halves and of every optics "
        + "group (\(key)).")
  }

  /// Draws new half-sets.
  private mutating func split(seed: UInt64, separation: Double, _ findings: inout FindingList) {
    let families = Set(particles.families).count
    particles.halfSets = particles.resplit(seed: seed, families: particles.families)
    findings.note(
      "New half-sets were drawn; copies, segments of a filament, and picks within "
        + "\(Format.shortest(separation)) Å stay together (\(families) families of "
        + "\(particles.count) particles).")
    guard families == 1, particles.count > 1 else { return }
    let isByPicks = Set(particles.families(separation: 0)).count > 1
    let separationKey = Parameter.refinement.minimumSeparation
    findings.error(
      [key.key, separationKey.key],
      "\(file.path): all \(particles.count) particles belong together, so there are no halves of them",
      isByPicks
        ? "Set \(separationKey) = 0 if they are not picks of one particle."
        : "Give particles of more than one source: two filaments at least, or images of their own.")
  }
}
