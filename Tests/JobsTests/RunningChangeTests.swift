import CryoEM
import Glibc
import Jobs
import Phantoms
import Testing

@testable import Ground
@testable import Refinement

/// Settings that change between iterations, and packed images in a scratch file.
struct RunningChangeTests {
  /// A small two-body set with poses that leave something to refine.
  private func input() -> RefinementInput {
    var simulated = SimulationSettings()
    simulated.count = 60
    simulated.boxSize = 32
    simulated.pixelSize = 6
    simulated.signalToNoise = 0.5
    let simulation = Simulation(simulated)
    let mask = simulation.mask(of: simulation.phantom.small)
    var settings = RefinementSettings()
    settings.priorEnabled = true
    settings.priorRotation = radians(5)
    settings.priorShift = 3
    settings.rotationExtent = radians(15)
    settings.shiftExtent = 9
    settings.initialResolution = 20
    settings.splitResolution = 40
    settings.threads = 2
    let map = simulation.consensusMap
    return RefinementInput(
      settings: settings, particles: simulation.particleSet(stack: "simulated.mrcs"),
      images: ArraySource(boxSize: 32, pixels: simulation.images(of: 0..<60)), map: map,
      halfMaps: nil, mask: mask, fulcrum: mask.centreOfMass ?? .zero)
  }

  @Test func aNewLimitOfIterationsEndsTheRun() throws {
    let control = RefinementControl()
    var input = input()
    input.settings.maximumIterations = 5
    input.settings.extraPasses = 5
    let result = try refine(input, control: control) { event in
      guard case .iteration(let metrics) = event, metrics.iteration == 1 else { return }
      control.changeSettings { settings in
        var settings = settings
        settings.maximumIterations = 2
        return settings
      }
    }
    #expect(result.metrics.last?.iteration == 2)
  }

  @Test func whatImagesWerePackedWithStays() {
    var other = RefinementSettings()
    other.rotationExtent = 0.5
    other.referenceFolds = 7
    other.subtractOutside = true
    other.windowInner = 0.1
    let settings = RefinementSettings().takingOver(other)
    #expect(settings.rotationExtent == 0.5)
    #expect(settings.referenceFolds == RefinementSettings().referenceFolds)
    #expect(!settings.subtractOutside && settings.windowInner == RefinementSettings().windowInner)
  }

  /// The same poses from a scratch file as from memory, and no file left behind.
  @Test func aScratchFileGivesTheSamePoses() throws {
    let folder = "/tmp/fulcrum-scratch-\(getpid())"
    mkdir(folder, 0o700)
    defer { rmdir(folder) }
    var input = input()
    input.settings.maximumIterations = 1
    let inMemory = try refine(input) { _ in }
    input.settings.cacheDirectory = folder
    let inFile = try refine(input) { _ in }
    #expect(inMemory.poses == inFile.poses)
    #expect(rmdir(folder) == 0, "the scratch file has no name")
  }

  @Test func aMissingScratchFolderIsNamed() {
    var input = input()
    input.settings.cacheDirectory = "/nonexistent/scratch"
    let problem = #expect(throws: Problem.self) { _ = try refine(input) { _ in } }
    #expect(problem?.what.contains("/nonexistent/scratch") == true)
    #expect(problem?.whatToDo.contains("compute.cache_dir") == true)
  }
}
