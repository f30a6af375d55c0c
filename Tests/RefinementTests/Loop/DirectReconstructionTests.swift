import CryoEM
import Ground
import Particles
import TestSupport
import Testing

@testable import Refinement

/// Particles at their poses, beside the final pass of a refinement that has moved nothing.
struct DirectReconstructionTests {
  private func direct(_ set: TwoBodyRefinement, _ input: RefinementInput) throws
    -> DirectReconstruction
  {
    try DirectReconstruction(
      settings: set.settings, particles: input.particles, images: input.images)
  }

  private func halfMaps(_ set: TwoBodyRefinement) throws -> (a: Volume, b: Volume) {
    var made = try direct(set, set.input)
    return made.takeHalfMaps()
  }

  /// The same bytes, whole images or windows, with any number of threads.
  @Test func itIsTheFinalPass() throws {
    var set = TwoBodyRefinement(count: 60, box: 32)
    set.settings.maximumIterations = 0
    let run = try set.refined()
    #expect(run.poses == set.particles.poses)
    for threads in [1, 3] {
      set.settings.threads = threads
      var made = try direct(set, set.input)
      let halves = made.takeHalfMaps()
      #expect(halves.a == run.halfMapA && halves.b == run.halfMapB)
      #expect(made.combined(fsc: run.fsc.corrected) == run.map)
    }
  }

  /// With symmetry, too; and what is symmetric is so to rounding.
  @Test func symmetryIsThatOfTheFinalPass() throws {
    var set = TwoBodyRefinement(count: 40, box: 32)
    set.settings.maximumIterations = 0
    set.settings.symmetry = "C2"
    let run = try set.refined()
    let halves = try halfMaps(set)
    #expect(halves.a == run.halfMapA && halves.b == run.halfMapB)
  }

  /// The opposite contrast is the negative map.
  @Test func contrastIsTurned() throws {
    var set = TwoBodyRefinement(count: 30, box: 32)
    let plain = try halfMaps(set)
    set.settings.dataSign = .inverted
    let turned = try halfMaps(set)
    #expect(turned.a == plain.a.map { -$0 })
  }

  /// Where the maps do not fit, nothing is begun, and it is said what is missing.
  @Test func memoryThatIsMissingIsSaid() throws {
    var set = TwoBodyRefinement(count: 10, box: 32)
    set.settings.memoryLimit = 40 << 20
    let problem = #expect(throws: Problem.self) { _ = try direct(set, set.input) }
    #expect(problem?.what.contains("this machine has 0.04 GiB") == true, "\(problem?.what ?? "")")
    set.settings.memoryLimit = 400 << 20
    #expect(try direct(set, set.input).badImages.isEmpty)
  }
}
