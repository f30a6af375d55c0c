import Glibc
import Testing

@testable import Ground
@testable import Refinement

struct MemoryPlanTests {
  private let geometry = Geometry(
    box: 64, pixelSize: 3, window: 48, period: 60, centre: .zero, fulcrum: .zero,
    maskDiameter: 30)

  private func plan(
    count: Int = 10_000, limit: Int? = nil, folder: String? = nil, resolution: Double? = nil
  ) -> MemoryPlan {
    var settings = RefinementSettings()
    settings.memoryLimit = limit
    settings.cacheDirectory = folder
    return MemoryPlan(
      particles: count, geometry: geometry, settings: settings, hasHalfMaps: true,
      resolution: resolution)
  }

  /// Packed images are what the packer allocates: three floats a point, in whole lanes.
  @Test func packedImagesAreCounted() {
    let points = SamplingPoints(window: 48, maximumShell: 23)
    #expect(
      SamplingPoints.paddedCount(window: 48, maximumShell: 23) == points.paddedCount)
    #expect(plan().packed == 12 * points.paddedCount * 10_000)
    #expect(plan(count: 20_000).packed == 2 * plan().packed)
  }

  /// In memory where the limit leaves room, then in the folder that was named, then in another; and
  /// refused with both figures.
  @Test func theLimitDecidesWhereImagesGo() throws {
    let whole = plan().peak(packedInFile: false)
    let least = plan().peak(packedInFile: true)
    #expect(whole > least)
    #expect(try plan().place(otherwise: nil).folder == nil)
    #expect(try plan(limit: whole, folder: "/a").place(otherwise: "/b").folder == nil)
    #expect(try plan(limit: whole - 1, folder: "/a").place(otherwise: "/b").folder == "/a")
    let other = try plan(limit: least).place(otherwise: "/b")
    #expect(other.folder == "/b" && other.reason?.contains("/b") == true)
    for (limit, folder) in [(least - 1, "/b"), (least, nil)] as [(Int, String?)] {
      let problem = #expect(throws: Problem.self) {
        _ = try plan(limit: limit).place(otherwise: folder)
      }
      #expect(problem?.what.contains(MemoryPlan.gibibytes(least)) == true)
      #expect(problem?.what.contains(MemoryPlan.gibibytes(limit)) == true)
    }
  }

  /// What was planned for a resolution does not exceed the limit that it was planned for; all shells
  /// take more.
  @Test func aBetterResolutionTakesMore() {
    let coarse = plan(resolution: 20)
    #expect(coarse.iteration < plan().iteration)
    #expect(plan(resolution: 1).iteration == plan().iteration)
    let tight = plan(limit: coarse.peak(packedInFile: false), resolution: 20)
    #expect(!tight.exceeds(inserted: 4, packedInFile: false))
    #expect(
      tight.exceeds(inserted: 23, packedInFile: false) == (plan().iteration > coarse.iteration))
    #expect(!plan().exceeds(inserted: 23, packedInFile: false), "without a limit nothing exceeds")
    // What is told in the middle of a run is never less than what was told before.
    for inserted in 1...23 {
      let grown = coarse.peak(packedInFile: false, inserted: inserted)
      #expect(grown >= coarse.peak(packedInFile: false))
      #expect(inserted > coarse.plannedShell || grown == coarse.peak(packedInFile: false))
    }
    #expect(coarse.peak(packedInFile: false, inserted: 23) > coarse.peak(packedInFile: false))
  }

  /// Images that move to a file are the same there.
  @Test func imagesMoveIntoAFile() throws {
    let points = SamplingPoints(window: 16, maximumShell: 6)
    let images = PackedImages(points: points, count: 5)
    for index in 0..<5 {
      for float in 0..<3 * points.paddedCount {
        images.planes(index).real[float] = Float(index * 1000 + float)
      }
    }
    let folder = "/tmp/fulcrum-moved-\(getpid())"
    mkdir(folder, 0o700)
    defer { rmdir(folder) }
    let moved = try images.moved(toFileIn: folder)
    #expect(moved.isInFile && !images.isInFile)
    for index in 0..<5 {
      moved.release(index)
      for float in 0..<3 * points.paddedCount {
        #expect(moved.planes(index).real[float] == Float(index * 1000 + float))
      }
    }
  }
}
