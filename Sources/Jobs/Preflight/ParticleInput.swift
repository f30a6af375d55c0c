import Ground
import Particles
import Refinement

/// Particles with their images for a tool: read and checked as those of a job are.
public struct ParticleInput: Sendable {
  /// The file, to be written back.
  public let file: ParticleFile
  /// The particles, with half-sets and with their scales taken over.
  public let particles: ParticleSet
  public let images: StackSource
  /// What was found and assumed.
  public let notes: [String]
  /// What stops nothing.
  public let warnings: [Problem]

  /// - Parameters:
  ///   - path: of a .star, .cs or .csg file.
  ///   - passthrough: a .cs file with its other fields.
  ///   - projectFolder: the folder from which image paths start.
  ///   - settings: of which the CTF's correction, the scales, the symmetry and the seed count.
  ///   - resplit: whether half-sets are drawn anew.
  /// - Throws: everything that is wrong.
  public init(
    _ path: String, passthrough: String?, projectFolder: String, settings: RefinementSettings,
    resplit: Bool
  ) throws(Problems) {
    var inputs = JobInputs()
    inputs.particles = [path]
    inputs.passthrough = passthrough
    inputs.projectFolder = projectFolder
    inputs.resplit = resplit
    var findings = FindingList()
    let checked = CheckedParticles(inputs: inputs, settings: settings, findings: &findings)?
      .scaled(settings.useScales, &findings)
    let source = checked.flatMap { checked in
      findings.catching([]) {
        try StackSource(particles: checked.particles, paths: checked.particles.stacks)
      }
    }
    guard findings.errors.isEmpty, let checked, let source else {
      throw Problems(findings.errors.map(Self.problem))
    }
    (file, particles, images) = (checked.file, checked.particles, source)
    notes = findings.notes
    warnings = findings.warnings.map(Self.problem)
  }

  /// A finding in the words of a command line, which has no parameters to set.
  private static func problem(_ finding: JobFinding) -> Problem {
    guard finding.keys.contains(Parameter.refinement.resplit.key) else { return finding.problem }
    return Problem(
      finding.problem.what,
      whatToDo: "Give particles with a gold-standard split, or draw one with --resplit.",
      severity: finding.problem.severity)
  }
}
