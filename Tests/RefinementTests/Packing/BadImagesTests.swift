import CryoEM
import Fourier
import Synchronization
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// Images that go bad while a refinement runs. In these small sets every image is read for the survey, to
/// be packed, and for the final maps.
struct BadImagesTests {
  private func set(share: Double = 0.1) -> TwoBodyRefinement {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    set.settings.maximumIterations = 1
    set.settings.badImageShare = share
    return set
  }

  private func refined(
    _ set: TwoBodyRefinement, failures: [Int: Set<Int>]
  ) throws -> (result: RefinementResult, source: FailingSource) {
    var input = set.input
    let source = FailingSource(ArraySource(boxSize: 24, pixels: set.pixels), failures: failures)
    input.images = source
    return (try refine(input) { source.take($0) }, source)
  }

  /// Whichever read fails, the image is named and counted once, and no later pass uses it.
  @Test func everyPassLeavesOutWhatAnyFound() throws {
    let set = set()
    let always: Set = [1, 2, 3]
    let (result, source) = try refined(set, failures: [5: always, 7: [1], 11: [2], 13: [0]])
    #expect(result.badImages.map(\.particle) == [5, 7, 11, 13])
    #expect(result.badImages.map(\.stage) == [.packing, .packing, .packing, .final])
    #expect(result.badImages.allSatisfy { $0.reason.contains("Input/output error") })
    // What could not be read is not asked for again.
    #expect([5, 7, 11].map(source.readCount(of:)) == [1, 1, 2])
    #expect(source.readCount(of: 13) >= 3)
    for particle in [5, 7, 11] {
      #expect(result.poses[particle] == set.simulation.startPoses[particle])
    }
    // Its pose is known from before it went bad.
    #expect(result.poses[13] != set.simulation.startPoses[13])
    #expect(result.metrics.allSatisfy { $0.particles == 57 && $0.skipped == 3 })
    #expect(result.halfMapA.voxels.allSatisfy { $0.isFinite })
  }

  /// An image that cannot be read and one that is not numbers are left out alike, to the last byte, by
  /// any number of threads.
  @Test func theKindOfFaultDoesNotMatter() throws {
    var set = set()
    set.settings.threads = 3
    let failing = try refined(set, failures: [5: [1, 2, 3], 30: [1]]).result
    for particle in [5, 30] { set.pixels[set.range(of: particle).lowerBound + 3] = .nan }
    set.settings.threads = 1
    let holes = try set.refined()
    #expect(failing.badImages.map(\.particle) == holes.badImages.map(\.particle))
    #expect(failing.poses == holes.poses)
    #expect(failing.halfMapA == holes.halfMapA && failing.halfMapB == holes.halfMapB)
    #expect(failing.sharpened == holes.sharpened)
  }

  /// More than may be left out is an error that names some and the parameter, whichever pass finds it;
  /// and not every image of a file server that is gone is waited for.
  @Test(arguments: [1, 2, 0])
  func tooManyEndTheRefinement(read: Int) throws {
    var set = set(share: 0.05)
    set.settings.threads = 1
    let failures = Dictionary(uniqueKeysWithValues: (20..<40).map { ($0, Set([read])) })
    let problem = #expect(throws: Problem.self) { _ = try refined(set, failures: failures) }
    let what = problem?.what ?? ""
    #expect(what.hasPrefix("at least ") && what.contains(" of 60 images"), "\(what)")
    #expect(problem?.what.contains("image of particle 2") == true)
    #expect(problem?.whatToDo.contains("input.bad_images") == true)
  }

  /// Values that no detector gives, and images without content, do not reach the noise of the others.
  @Test(arguments: [Float(1e30), -1e30, .greatestFiniteMagnitude])
  func absurdPixelsAreLeftOut(value: Float) throws {
    var set = set()
    set.pixels[set.range(of: 4).lowerBound + 40] = value
    for index in set.range(of: 9) { set.pixels[index] = 3 }
    for index in set.range(of: 10) { set.pixels[index] = value }
    let result = try set.refined()
    #expect(result.badImages.map(\.particle) == [4, 9, 10])
    #expect(result.badImages[1].reason.contains("every pixel is 3.0"))
    for index in set.range(of: 4) { set.pixels[index] = .nan }
    for index in set.range(of: 9) { set.pixels[index] = .nan }
    for index in set.range(of: 10) { set.pixels[index] = .nan }
    #expect(try set.refined().poses == result.poses)
  }

  /// An image a million times as strong as the others is no measure of their noise.
  @Test func imagesThatOutshineTheOthersAreLeftOut() throws {
    var set = set()
    let spoilt = set.range(of: 20).lowerBound + 300
    set.pixels[spoilt] = 1e6
    let strong = try set.refined()
    #expect(strong.badImages.map(\.particle) == [20])
    #expect(strong.badImages.first?.reason.contains("times as strong") == true)
    set.pixels[spoilt] = .nan
    let hole = try set.refined()
    #expect(strong.poses == hole.poses && strong.halfMapA == hole.halfMapA)
  }

  /// The same image under two names in both half-sets makes the FSC too good.
  @Test func imagesInBothHalvesAreTold() throws {
    var set = set()
    let halves = set.simulation.halfSets
    let a = try #require(halves.firstIndex(of: .a))
    let b = try #require(halves.firstIndex(of: .b))
    for warned in [false, true] {
      if warned { set.pixels.replaceSubrange(set.range(of: b), with: set.pixels[set.range(of: a)]) }
      let warnings = Mutex<[String]>([])
      _ = try set.refined { event in
        if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
      }
      let told = warnings.withLock { $0.contains { $0.hasPrefix("2 of 60 images are in both") } }
      #expect(told == warned)
    }
  }

  /// Shells that a filter emptied have no weight; images without any are refused.
  @Test func emptyShellsHaveNoWeight() throws {
    var set = set()
    let transform = RealTransform(shape: [24, 24])
    for particle in 0..<60 {
      let range = set.range(of: particle)
      var spectrum = transform.forward(Array(set.pixels[range]))
      for index in spectrum.indices {
        let (x, y) = (index % 13, signedFrequency(index / 13, size: 24))
        if x * x + y * y > 49 { spectrum[index] = .zero }
      }
      set.pixels.replaceSubrange(range, with: transform.inverse(spectrum))
    }
    set.settings.windowInner = 2
    set.settings.windowOuter = 3
    let prepared = try Preparation(
      set.input, control: RefinementControl(), events: { _ in }
    ).prepare()
    for noise in prepared.context.noise.survey.noise {
      #expect(noise[2...6].allSatisfy { $0 > 0 } && noise[9..<12].allSatisfy { $0 == 0 })
    }
    #expect(try set.refined().halfMapA.voxels.allSatisfy { $0.isFinite })
  }

  @Test func theLimitIsAShareRoundedUp() {
    #expect(BadImages(share: 0.01, total: 60).limit == 1)
    #expect(BadImages(share: 0.01, total: 1000).limit == 10)
    #expect(BadImages(share: 0, total: 1000).limit == 0)
    #expect(BadImages(share: 7, total: 10).limit == 10)
  }
}
