import CryoEM
import EMFiles
import Glibc
import Testing

@testable import Jobs
@testable import Refinement

/// What a form knows of the files while it is filled in.
struct FileFactsTests {
  private static func write(_ volume: Volume, _ name: String) throws -> String {
    let path = "/tmp/fulcrum-facts-\(getpid())-\(name).mrc"
    try MRCVolume.write(
      volume.voxels, size: SIMD3(repeating: volume.size), voxelSize: volume.pixelSize, to: path)
    return path
  }

  private static func ball(size: Int, pixelSize: Double, radius: Double) -> Volume {
    Volume.sphere(
      size: size, pixelSize: pixelSize, radius: radius, outerRadius: radius + 2 * pixelSize)
  }

  @Test func headersAndTheMaskTellBoxPixelSizeAndRadius() throws {
    let map = try Self.write(Self.ball(size: 32, pixelSize: 7, radius: 70), "map")
    let mask = try Self.write(Self.ball(size: 32, pixelSize: 7, radius: 50), "mask")
    defer { for path in [map, mask] { unlink(path) } }
    var job = Job()
    job["input.map"] = .text(map)
    job["input.mask"] = .text(mask)
    let facts = FileFacts(of: job)
    #expect(facts.findings.isEmpty)
    let data = try #require(facts.data)
    #expect(data.box == 32 && abs(data.pixelSize - 7) < 1e-5)
    // Up to where the soft edge falls below a hundredth.
    #expect(try abs(#require(data.maskRadius) - 60) < 7)
    let centre = try #require(data.maskCentre)
    #expect((centre * centre).sum() < 0.01)
    #expect(facts.answer(job))
    let initial = try #require(Parameter.named("refinement.initial_resolution"))
    #expect(job.derived(initial, given: data)?.reason == "two pixels")
    job["search.rotation_extent"] = .number(5)
    #expect(facts.answer(job), "the files are the same")
    // A corner of the box, more than twice the radius away.
    job["fulcrum.coordinates"] = .coordinates([1, 1, 1])
    let far = job.findings(given: data).filter { $0.keys == ["fulcrum.coordinates"] }
    #expect(far.map(\.problem.severity) == [.warning])
    job["fulcrum.coordinates"] = .coordinates([20, 16, 16])
    #expect(job.findings(given: data).allSatisfy { $0.keys != ["fulcrum.coordinates"] })
    job["input.mask"] = .text("/elsewhere")
    #expect(!facts.answer(job))
  }

  /// Each region's mask is read, and what is wrong with one is told at the region.
  @Test func regionsHaveMasksOfTheirOwn() throws {
    let map = try Self.write(Self.ball(size: 32, pixelSize: 7, radius: 70), "rmap")
    let mask = try Self.write(Self.ball(size: 32, pixelSize: 7, radius: 50), "rmask")
    defer { for path in [map, mask] { unlink(path) } }
    var job = Job()
    job["input.map"] = .text(map)
    job.regions = [JobRegion(name: "a"), JobRegion(name: "b"), JobRegion(name: "c")]
    job.regions[0][Parameter.input.mask] = mask
    job.regions[1][Parameter.input.mask] = "/nonexistent/mask.mrc"
    let facts = FileFacts(of: job)
    #expect(facts.findings.map(\.keys) == [["region.b.mask"]])
    let data = try #require(facts.data)
    #expect(data.maskRadius == nil && data.regions.count == 3)
    #expect(try abs(#require(data.ofRegion(0).maskRadius) - 60) < 7)
    #expect(data.ofRegion(1).maskRadius == nil && data.ofRegion(2).maskRadius == nil)
    #expect(facts.answer(job))
    job.regions[2][Parameter.input.mask] = mask
    #expect(!facts.answer(job))
  }

  /// Maps and masks are brought into the particles' box, so no box is wrong, and the fulcrum counts in
  /// the voxels of the map.
  @Test func boxesMayDifferAndTheFulcrumIsAVoxelOfTheMap() throws {
    let map = try Self.write(Self.ball(size: 48, pixelSize: 2, radius: 40), "m48")
    let ball = Volume.sphere(
      size: 32, pixelSize: 4, radius: 20, outerRadius: 28, centre: Vector3(8, -4, 12))
    let mask = try Self.write(ball, "m32-4")
    defer { for path in [map, mask] { unlink(path) } }
    var job = Job()
    job["input.map"] = .text(map)
    job["input.mask"] = .text(mask)
    let facts = FileFacts(of: job)
    let data = try #require(facts.data)
    #expect(facts.findings.isEmpty)
    #expect(data.maps == Sampling(size: 48, pixelSize: 2) && data.box == 48)
    let centre = try #require(data.maskCentre)
    #expect(abs(centre.x - 8) < 0.2 && abs(centre.y + 4) < 0.2 && abs(centre.z - 12) < 0.2)
    func isRefused(_ voxel: Vector3) -> Bool {
      job["fulcrum.coordinates"] = .coordinates(voxel)
      return job.findings(given: data).contains {
        $0.keys == ["fulcrum.coordinates"] && $0.problem.severity == .error
      }
    }
    #expect(!isRefused([28, 22, 30]) && isRefused([60, 24, 24]))
  }

  @Test func whatIsWrongWithAFileIsToldWithItsParameter() throws {
    let map = try Self.write(Self.ball(size: 32, pixelSize: 4, radius: 40), "m32")
    let mask = try Self.write(Self.ball(size: 24, pixelSize: 4, radius: 30).map { 2 * $0 }, "m24")
    defer { for path in [map, mask] { unlink(path) } }
    var job = Job()
    job["input.map"] = .text(map)
    job["input.mask"] = .text(mask)
    #expect(FileFacts(of: job).findings.first?.keys.first == "input.mask")
    job["input.mask"] = .text("/nonexistent/mask.mrc")
    #expect(FileFacts(of: job).findings.map(\.keys) == [["input.mask"]])
    job["input.mask"] = nil
    job["input.particles"] = .paths(["/nonexistent/p.star"])
    let facts = FileFacts(of: job)
    #expect(facts.findings.first?.keys.first == "input.particles")
    #expect(facts.data?.box == 32, "the map tells it")
  }
}
