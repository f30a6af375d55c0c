import CKernels
import CryoEM
import Fourier
import Ground
import Particles

/// What the images say of the references after a search: the noise left over, and the grey scale.
struct NoiseUpdate: Sendable {
  let frame: ParticleFrame
  let usable: UsableImages
  let images: BodyImages
  let settings: RefinementSettings
  /// Share of the noise's power that the images' soft window leaves in the particles' windows.
  let noiseShare: Double
  let references: [ReferenceGrid]
  /// Band of the references, shell of the window.
  let band: Int
  /// Particles of each half and optics group that are enough.
  static let sampleSize = 1000

  /// Noise relative to packing per noise slot and shell of the window, and the grey scale of each half.
  struct Result: Sendable {
    var noiseFactors: [[Double]]
    /// How they depend on direction; empty unless noise is coloured.
    var noiseDirections: [NoiseDirections]
    var greyscale: [Double]
  }

  /// Measures on some particles.
  ///
  /// The residual's expectation is 2 w per pixel: w = C²/σ² is the variance of each component of z = C
  /// Y/σ², less what the images' soft window takes. Shells beyond the band keep the factor of the last iteration.
  func measure(_ state: RefinementState, on chosen: [Int]) throws -> Result {
    let own = sums(state, over: usable.shard.own(chosen))
    return result(try usable.shard.gather(own).flatMap { $0 }, state)
  }

  /// The sums of each block of some particles by slot: a block has members of few groups, and there may be
  /// thousands, so that only those take memory.
  private func sums(_ state: RefinementState, over chosen: [Int]) -> [[Int: Sums]] {
    let factors = state.factors(of: images.points, band: band)
    let count = images.points.paddedCount
    let workspaces = WorkspacePool {
      (
        FFTBuffer<Float>(count: count), FFTBuffer<Float>(count: count),
        FFTBuffer<Float>(count: count), images.room()
      )
    }
    return ParticleBlocks.map(chosen, threads: settings.threads) { block in
      let workspace = workspaces.take()
      defer { workspaces.giveBack(workspace) }
      let buffers = (workspace.0, workspace.1, workspace.2)
      var sums: [Int: Sums] = [:]
      for particle in block {
        add(
          particle, images.image(particle, centre: frame.windowCentres[particle], workspace.3),
          state, factors, buffers,
          to: &sums[frame.particles.slot(of: particle), default: emptySums])
        images.release(particle)
      }
      return sums
    }
  }

  private var emptySums: Sums {
    Sums(
      shells: band + 1, directed: settings.noiseModel == .coloured ? band + 1 : 0)
  }

  /// Sums per shell.
  private struct Sums: Sendable, SumsByShell {
    var residual: [Double]
    var weight: [Double]
    var cross: [Double]
    var power: [Double]
    var directions: NoiseDirections.Sums

    /// - Parameter directed: shells of which directions are summed, too; none or all.
    init(shells: Int, directed: Int) {
      residual = [Double](repeating: 0, count: shells)
      weight = residual
      cross = residual
      power = residual
      directions = NoiseDirections.Sums(shells: directed)
    }

    static var curves: [(name: String, path: WritableKeyPath<Sums, [Double]>)] {
      [("residual", \.residual), ("weight", \.weight), ("cross", \.cross), ("power", \.power)]
    }
  }

  private func add(
    _ particle: Int, _ image: fulcrum_image, _ state: RefinementState,
    _ factors: [FFTBuffer<Float>],
    _ buffers: (FFTBuffer<Float>, FFTBuffer<Float>, FFTBuffer<Float>), to sums: inout Sums
  ) {
    let scorer = frame.scorer(
      of: particle, image, at: images.points, against: references, factors: factors,
      prior: frame.prior(of: particle, state, settings), state)
    scorer.terms(state.poses[particle], band: band, into: buffers)
    let own = Double(state.scales[particle])
    var index = 0
    for shell in 1...band {
      var (cross, power, residual, weight) = (Float(0), Float(0), Float(0), Float(0))
      while index < images.points.shellEnds[shell] {
        cross += buffers.0.pointer[index]
        power += buffers.1.pointer[index]
        residual += buffers.2.pointer[index]
        weight += image.weight[index]
        if sums.directions.isUsed {
          sums.directions.add(
            shell: shell, position: images.points.sectorPositions[index],
            power: Double(buffers.2.pointer[index]), expected: Double(image.weight[index]))
        }
        index += 1
      }
      // The grey scale is that of the reference times the particle's own scale.
      sums.cross[shell] += own * Double(cross)
      sums.power[shell] += own * own * Double(power)
      sums.residual[shell] += Double(residual)
      sums.weight[shell] += Double(weight)
    }
  }

  private func result(_ blocks: [[Int: Sums]], _ state: RefinementState) -> Result {
    var sums = [Sums](
      repeating: emptySums, count: frame.particles.slotCount)
    for block in blocks {
      for (slot, part) in block { sums[slot].add(part) }
    }
    var result = Result(
      noiseFactors: state.noiseFactors, noiseDirections: state.noiseDirections,
      greyscale: state.greyscale)
    for slot in sums.indices {
      if slot < result.noiseDirections.count {
        sums[slot].directions.measured(into: &result.noiseDirections[slot])
      }
      for shell in 1...band where sums[slot].weight[shell] > 0 {
        let ratio =
          sums[slot].residual[shell]
          / (2 * sums[slot].weight[shell] * noiseShare)
        if ratio > 0, ratio.isFinite { result.noiseFactors[slot][shell] = ratio }
      }
      if settings.noiseModel == .white {
        flatten(&result.noiseFactors[slot], sums[slot])
      }
    }
    for half in HalfSet.allCases {
      var (cross, power) = (0.0, 0.0)
      for slot in frame.particles.slots(of: half) {
        for shell in 1...band {
          let noise = result.noiseFactors[slot][shell]
          guard noise > 0 else { continue }
          cross += sums[slot].cross[shell] / noise
          power += sums[slot].power[shell] / noise
        }
      }
      if power > 0, cross > 0 { result.greyscale[half.rawValue] = cross / power }
    }
    return result
  }

  /// One factor for all shells: white noise.
  private func flatten(_ factors: inout [Double], _ sums: Sums) {
    let weight = sums.weight.reduce(0, +)
    guard weight > 0 else { return }
    let ratio = sums.residual.reduce(0, +) / (2 * weight * noiseShare)
    for shell in factors.indices { factors[shell] = ratio }
  }
}
