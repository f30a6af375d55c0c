import CryoEM
import EMFiles
import Fourier
import Ground
import Synchronization
import TestSupport
import Testing

@testable import Refinement

/// The half-maps of an iteration hold what images say, and nothing where they say nothing.
struct HalfMapTests {
  /// Slices of weight 1 at random: the mean weight of a shell, times its radius, is level up to the last
  /// filled shell and gone three shells farther out.
  @Test(arguments: [
    (Interpolation.trilinear, 1.0), (.cubic, 1.0), (.trilinear, 1.4), (.cubic, 0.93),
  ])
  func filledShellsHaveRealWeight(interpolation: Interpolation, magnification: Double) {
    let body = SmallBody()
    let images = PackedImages(points: body.points, count: 1)
    for index in 0..<body.points.count { images.planes(0).weight[index] = 1 }
    let radius = body.geometry.clampedGridRadius(ofShell: 14)
    let inserted = ExactSums(radius: radius, interpolation: interpolation)
    let band = magnification > 1 ? 8 : 12
    let factors = body.points.factors(perShell: [Double](repeating: 1, count: 16), band: band)
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<400 {
      inserted.insert(
        images.image(0), points: body.points.points(factor: factors, band: band),
        at: ExactSums.Placement(
          matrix: SliceMatrix(
            rotation: .random(using: &generator), oversampling: body.geometry.oversampling,
            magnification: [magnification, 0, 0, magnification]),
          shift: .zero), scale: 1)
    }
    let accumulator = inserted.completed
    let means = accumulator.shellMeans(oversampling: 1, shells: radius)
    let levels = means.enumerated().map { Double($0.offset) * $0.element }
    let last = body.geometry.filledShell(upTo: band, shrinkage: magnification)
    let plateau = levels[last / 2]
    for shell in (last / 2)...last {
      #expect(levels[shell] > 0.5 * plateau, "shell \(shell): \(levels[shell] / plateau)")
    }
    #expect(last + 3 > radius || levels[last + 3] < 0.05 * plateau, "\(levels[last + 3] / plateau)")
  }

  /// Half-maps of noisy images at the true poses: the mean power of no shell stands out of those before
  /// it, none is beyond the data, and the curves end there.
  @Test(arguments: [Interpolation.trilinear, .cubic], [7, 12, 23])
  func halfMapsEndWithTheData(insertion: Interpolation, shell: Int) throws {
    let body = OffCentreBody(count: 60, sigma: 60)
    let prepared = try body.prepared()
    var context = prepared.context
    context.insertion = insertion
    let inserted = min(shell, context.frame.geometry.maximumShell)
    let accumulators = try context.accumulation(band: inserted)
      .accumulate(prepared.state) { _, _ in }
    let product = context.referenceMaker(masks: CubeMasks(fine: prepared.mask)).make(
      accumulators, inserted: inserted, bandLimit: inserted)
    // Nyquist's shell of the images, in shells of the reference.
    let nyquist = Double(context.frame.geometry.period) / 2
    let last = product.fsc.corrected.count - 1
    #expect(Double(last) < nyquist && product.guinier.count == last + 1)
    let reach = Double(inserted) * context.frame.geometry.oversampling
    #expect(abs(Double(last) - reach) < 1.5)
    for map in product.halfMaps {
      let power = map.spectrum.shellPower
      let typical = power[(last / 2)..<last].sorted()[(last - last / 2) / 2]
      for shell in last / 2..<power.count - 1 {
        #expect(power[shell] < 10 * typical, "shell \(shell) of \(last): \(power[shell] / typical)")
        // The division by the kernel's envelope spreads the last shells a little.
        if shell > last + 3 {
          #expect(power[shell] < 0.02 * typical, "shell \(shell): \(power[shell] / typical)")
        }
      }
    }
  }

  /// Iterations and the final pass, which have no code in common up to the sums, make half-maps of one
  /// deviation inside the mask; and every curve goes on until it has fallen, or to the data's end.
  @Test func halfMapsOfIterationsAreAsCalmAsTheFinalOnes() throws {
    var set = TwoBodyRefinement(count: 120, signalToNoise: 0.3)
    set.settings.extraPasses = 2
    set.settings.maximumIterations = 3
    let found = Mutex<[(deviation: Double, metrics: IterationMetrics?)]>([])
    let result = try set.refined { event in
      switch event {
      case .artifacts(let artifacts):
        let maps = [artifacts.halfMapA, artifacts.halfMapB]
        found.withLock { $0.append((deviation(of: maps[0], inside: artifacts.mask), nil)) }
      case .iteration(let metrics):
        found.withLock { $0[$0.count - 1].metrics = metrics }
      default: break
      }
    }
    let final = deviation(of: result.halfMapA, inside: set.input.mask)
    for (deviation, metrics) in found.withLock({ $0 }).dropFirst() {
      #expect(deviation < 2 * final && deviation > 0.4 * final, "\(deviation / final)")
      let metrics = try #require(metrics)
      let step = 1 / (Double(metrics.boxSize) * metrics.pixelSize)
      let end = Double(metrics.fsc.corrected.count - 1) * step
      #expect(end < 0.5 / set.simulation.settings.pixelSize)
      #expect(!metrics.fsc.isCut || end > 0.44 / set.simulation.settings.pixelSize)
    }
  }
}

/// The root of the mean square of a map, weighted by a mask.
private func deviation(of map: Volume, inside mask: Volume) -> Double {
  var (sum, weight) = (0.0, 0.0)
  for (value, share) in zip(map.voxels, mask.voxels) {
    sum += Double(value * value * share)
    weight += Double(share)
  }
  return (sum / weight).squareRoot()
}
