import CryoEM
import Fourier
import Ground
import Particles
import Phantoms
import TestSupport
import Testing

@testable import Refinement

/// Each particle's defocus is found again where what is stated of it is wrong.
struct DefocusRefinementTests {
  /// At 1.5 kV, where errors of 60 Å blur as much as those of 1,000 Å at 300 kV.
  private func set(count: Int = 120) -> TwoBodyRefinement {
    let optics = OpticsGroup(
      voltage: 1.5, sphericalAberration: 0.01, amplitudeContrast: 0.1, pixelSize: 4, imageSize: 48)
    var set = TwoBodyRefinement(
      count: count, optics: [optics], motion: 4, defocus: 400...800, defocusError: 60)
    set.settings.initialResolution = 16
    set.settings.maximumIterations = 3
    set.settings.subtractOutside = true
    set.settings.bodyDefocus = .off
    (set.settings.refineDefocus, set.settings.defocusDeviation) = (true, 60)
    return set
  }

  /// Root of the mean square error of defoci, Å.
  private func error(_ set: TwoBodyRefinement, _ defoci: [Defocus]) -> Double {
    let squares = zip(defoci, set.simulation.defoci).map { ($0.u - $1.u) * ($0.u - $1.u) }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  @Test func aSpreadIsRegained() throws {
    var set = set()
    let result = try set.refined()
    let defoci = try #require(result.refinedDefoci)
    let (before, after) = (error(set, set.particles.defoci), error(set, defoci))
    #expect(before > 50 && after < 0.4 * before, "\(before), \(after)")
    let unlike = zip(defoci, set.particles.defoci).contains {
      abs(($0.u - $0.v) - ($1.u - $1.v)) > 1e-9
    }
    #expect(!unlike, "the astigmatism stays")
    set.settings.refineDefocus = false
    let without = try set.refined()
    let isLeft = without.refinedDefoci == nil
    #expect(isLeft)
    func agreement(_ result: RefinementResult) -> Double {
      result.fsc.corrected[10...18].reduce(0, +)
    }
    #expect(agreement(result) > agreement(without) + 0.2)
  }

  /// Images that were flipped or multiplied by the CTF of the stated defocus tell the same.
  @Test(arguments: [false, true])
  func workedUpImagesTellTheSame(premultiplied: Bool) throws {
    var set = set()
    let plain = try #require(try set.refined().refinedDefoci)
    let transform = RealTransform(shape: [48, 48])
    for particle in set.particles.poses.indices {
      let optics = set.particles.optics[0]
      var ctf: [Float] = []
      ContrastTransferFunction(optics: optics, defocus: set.particles.defoci[particle])
        .fill(values: &ctf, boxSize: 48, pixelSize: 4)
      var spectrum = transform.forward(Array(set.pixels[set.range(of: particle)]))
      for index in spectrum.indices {
        spectrum[index] *= premultiplied ? ctf[index] : ctf[index] < 0 ? -1 : 1
      }
      set.pixels.replaceSubrange(set.range(of: particle), with: transform.inverse(spectrum))
    }
    set.particles.optics[0].isPremultiplied = premultiplied
    set.particles.optics[0].isPhaseFlipped = !premultiplied
    let worked = try #require(try set.refined().refinedDefoci)
    let before = error(set, set.particles.defoci)
    let (found, own) = (error(set, worked), error(set, plain))
    #expect(found < 0.45 * before, "\(found)")
    #expect(abs(found - own) < 0.1 * before, "\(found), \(own)")
  }

  /// Stopped anywhere and gone on with, and on two ranks: the same bytes.
  @Test(arguments: [20, 45]) func aStopChangesNothing(events: Int) throws {
    let input = set(count: 60).input
    let whole = try refine(input) { _ in }
    let store = MemoryStore()
    var stops = 0
    while stops < 20 {
      let control = RefinementControl()
      let count = Counter()
      let limit = stops < 6 ? events : .max
      do {
        let result = try refine(input, control: control, checkpoints: store) { _ in
          if count.add(1) == limit { control.requestStop() }
        }
        expectSame(result, whole)
        break
      } catch is RefinementStopped { stops += 1 }
    }
    #expect(stops > 0)
  }

  @Test func ranksFindTheSame() throws {
    let input = set(count: 60).input
    let one = try refine(input) { _ in }
    let results = onRanks(2) { ranks -> RefinementResult? in
      guard ranks.rank == 0 else {
        try takePart(in: [input], ranks: ranks)
        return nil
      }
      return try refine(input, ranks: ranks) { _ in }
    }
    expectSame(try #require(try results[0].get()), one)
  }

  private func expectSame(_ a: RefinementResult, _ b: RefinementResult) {
    let isSame =
      a.refinedDefoci == b.refinedDefoci && a.poses == b.poses && a.halfMapA == b.halfMapA
      && a.halfMapB == b.halfMapB
    #expect(isSame)
    let isRefined = a.refinedDefoci != nil
    #expect(isRefined)
  }
}
