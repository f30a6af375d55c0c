import CryoEM
import Ground
import Jobs
import Refinement

/// What `fulcrum reconstruct` makes of particles: half-maps and the map at their poses, and what the end
/// of a refinement makes of those.
public struct ParticleReconstruction: Sendable {
  public let pair: HalfMapPair
  public let post: PostProcessing
  /// The images that could not be used, by particle.
  public let badImages: [BadImage]

  /// - Parameters:
  ///   - mask: of the curves; with the volume of a file.
  ///   - tell: gets warnings.
  ///   - progress: told the step and which share of the work is done.
  /// - Throws: `Problem` where images cannot be used.
  public init(
    _ input: ParticleInput, mask: (choice: MeasuringMask.Choice, volume: Volume?),
    settings: RefinementSettings, options: PostProcessing.Options,
    tell: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (String, Double) -> Void
  ) throws {
    var made = try DirectReconstruction(
      settings: settings, particles: input.particles, images: input.images,
      thickness: mask.volume.flatMap(MaskThickness.init),
      tell: { event in if case .warning(let text) = event { tell(text) } }
    ) { step, share in
      let (start, width) =
        switch step {
        case .survey: (0.0, 0.05)
        case .measuring: (0.05, 0.3)
        case .inserting: (0.35, 0.45)
        }
      progress(step.rawValue, start + width * share)
    }
    progress("Half-maps", 0.8)
    let halves = made.takeHalfMaps()
    let sums = made
    pair = HalfMapPair(a: halves.a, b: halves.b, mask: mask.volume)
    post = PostProcessing(
      pair, mask: MeasuringMask(mask.choice, of: pair), options: options,
      combined: { sums.combined(fsc: $0.corrected) },
      progress: { progress($0, 0.85 + 0.15 * $1) })
    badImages = made.badImages
  }

  /// Writes the half-maps and everything else.
  public func write(into folder: ToolFolder) throws(Problem) {
    try pair.a.write(to: try folder.file("half_map_a.mrc"))
    try pair.b.write(to: try folder.file("half_map_b.mrc"))
    try post.write(into: folder)
  }
}
