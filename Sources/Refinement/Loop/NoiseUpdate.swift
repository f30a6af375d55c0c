import CryoEM
import Fourier

/// What the images say of the references after a search: the noise left over, and the grey scale.
struct NoiseUpdate: Sendable {
  let context: RunContext
  let references: [ReferenceGrid]
  /// Band of the references, shell of the window.
  let band: Int

  /// Noise relative to packing per noise slot and shell of the window, and the grey scale of each half.
  struct Result: Sendable {
    var noiseFactors: [[Double]]
    var greyscale: [Double]
  }

  /// At most `size` particles of each half and optics group that can be used, evenly spaced.
  static func sample(_ context: RunContext, size: Int) -> [Int] {
    var slots = [[Int]](repeating: [], count: 2 * max(1, context.particles.optics.count))
    for particle in 0..<context.particles.count where !context.skipped.contains(particle) {
      slots[context.noiseSlot(of: particle)].append(particle)
    }
    return slots.flatMap { members -> [Int] in
      let step = max(1, (members.count + size - 1) / size)
      return stride(from: 0, to: members.count, by: step).map { members[$0] }
    }
  }

  /// Measures on some particles.
  ///
  /// The residual's expectation is 2 w per pixel: w = C²/σ² is the variance of each component of z = C
  /// Y/σ², less what the images' soft window takes. Shells beyond the band keep the factor of the last iteration.
  func measure(_ state: RefinementState, on chosen: [Int]) -> Result {
    let slots = 2 * max(1, context.particles.optics.count)
    let chunk = 32
    let partial = Collected<[Sums]>(count: (chosen.count + chunk - 1) / chunk)
    let factors = context.factors(state.noiseFactors, band: band)
    parallelFor(count: chosen.count, chunk: chunk, threads: context.settings.threads) { range, _ in
      var sums = [Sums](repeating: Sums(shells: band + 1), count: slots)
      let count = context.points.paddedCount
      let buffers = (
        FFTBuffer<Float>(count: count), FFTBuffer<Float>(count: count),
        FFTBuffer<Float>(count: count)
      )
      for index in range {
        add(chosen[index], state, factors, buffers, to: &sums[context.noiseSlot(of: chosen[index])])
        context.images.release(chosen[index])
      }
      partial[range.lowerBound / chunk] = sums
    }
    var sums = [Sums](repeating: Sums(shells: band + 1), count: slots)
    for block in (try? partial.values()) ?? [] {
      for slot in 0..<slots { sums[slot].add(block[slot]) }
    }
    return result(sums, state)
  }

  /// Sums per shell.
  private struct Sums: Sendable {
    var residual: [Double]
    var weight: [Double]
    var cross: [Double]
    var power: [Double]

    init(shells: Int) {
      residual = [Double](repeating: 0, count: shells)
      weight = residual
      cross = residual
      power = residual
    }

    mutating func add(_ other: Sums) {
      for s in residual.indices {
        residual[s] += other.residual[s]
        weight[s] += other.weight[s]
        cross[s] += other.cross[s]
        power[s] += other.power[s]
      }
    }
  }

  private func add(
    _ particle: Int, _ state: RefinementState, _ factors: [FFTBuffer<Float>],
    _ buffers: (FFTBuffer<Float>, FFTBuffer<Float>, FFTBuffer<Float>), to sums: inout Sums
  ) {
    let half = context.particles.halfSets[particle].rawValue
    let image = context.images.image(particle)
    let scorer = PoseScorer(
      reference: references[half * context.foldCount + Int(context.folds[particle])], image: image,
      points: context.points, factor: factors[context.noiseSlot(of: particle)],
      geometry: context.geometry, magnification: context.magnification(of: particle),
      prior: context.prior(of: particle, state),
      scale: state.greyscale[half] * Double(state.scales[particle]))
    scorer.terms(state.poses[particle], band: band, into: buffers)
    var index = 0
    for shell in 1...band {
      var (cross, power, residual, weight) = (Float(0), Float(0), Float(0), Float(0))
      while index < context.points.shellEnds[shell] {
        cross += buffers.0.pointer[index]
        power += buffers.1.pointer[index]
        residual += buffers.2.pointer[index]
        weight += image.weight[index]
        index += 1
      }
      sums.cross[shell] += Double(cross)
      sums.power[shell] += Double(power)
      sums.residual[shell] += Double(residual)
      sums.weight[shell] += Double(weight)
    }
  }

  private func result(_ sums: [Sums], _ state: RefinementState) -> Result {
    let groups = max(1, context.particles.optics.count)
    var result = Result(noiseFactors: state.noiseFactors, greyscale: state.greyscale)
    for slot in sums.indices {
      for shell in 1...band where sums[slot].weight[shell] > 0 {
        let ratio =
          sums[slot].residual[shell]
          / (2 * sums[slot].weight[shell] * context.noiseShare)
        if ratio > 0, ratio.isFinite { result.noiseFactors[slot][shell] = ratio }
      }
      if context.settings.noiseModel == .white {
        flatten(&result.noiseFactors[slot], sums[slot])
      }
    }
    for half in 0..<2 {
      var (cross, power) = (0.0, 0.0)
      for group in 0..<groups {
        let slot = half * groups + group
        for shell in 1...band {
          let noise = result.noiseFactors[slot][shell]
          guard noise > 0 else { continue }
          cross += sums[slot].cross[shell] / noise
          power += sums[slot].power[shell] / noise
        }
      }
      if power > 0, cross > 0 { result.greyscale[half] = cross / power }
    }
    return result
  }

  /// One factor for all shells: white noise.
  private func flatten(_ factors: inout [Double], _ sums: Sums) {
    let weight = sums.weight.reduce(0, +)
    guard weight > 0 else { return }
    let ratio = sums.residual.reduce(0, +) / (2 * weight * context.noiseShare)
    for shell in factors.indices { factors[shell] = ratio }
  }
}
