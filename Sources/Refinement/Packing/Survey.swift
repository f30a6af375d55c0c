import CryoEM
import Fourier
import Ground
import Particles

/// What a sample of the images says before they are packed: the noise of each half-set and optics
/// group, the sign and grey scale of the data, and how much of the density outside the mask to
/// subtract.
struct Survey: Sendable {
  /// Noise variance per real component of the images' transforms, per shell 0…N/2, indexed
  /// [half · groups + group].
  var noise: [[Double]]
  /// How the noise depends on direction, in the same order; empty unless it is coloured.
  var noiseDirections: [NoiseDirections]
  /// Grey scale of the data over the input map, negative where the contrast is inverted.
  var greyscale: Double
  /// The same from the images of each half-set alone.
  var greyscales: [Double]
  /// The same of each half-set and optics group.
  private(set) var contrasts: [GroupContrasts.Measured]
  /// Each image's background as it came, by half-set.
  private(set) var backgrounds: [[ImageTransformer.Background]]
  /// Share of the outside model to subtract per shell; empty when nothing is subtracted.
  var outsideShare: [Double]
  /// What that is multiplied by for the data of each half-set.
  private(set) var outsideFactors = [1.0, 1.0]
  /// The median over the sample of an image's power within its window.
  private(set) var typicalPower: Double

  /// Sums per shell over images.
  private struct Sums: Sendable, Codable {
    var count: [Double]
    var power: [Double]
    var ctfPower: [Double]
    var crossOutside: [Double]
    var powerOutside: [Double]
    var crossOwn: [Double]
    var crossMap: [Double]
    var powerMap: [Double]
    var directions: NoiseDirections.Sums

    /// - Parameter isDirected: whether directions are told apart.
    init(shells: Int, isDirected: Bool) {
      let zeros = [Double](repeating: 0, count: shells)
      count = zeros
      power = zeros
      ctfPower = zeros
      crossOutside = zeros
      powerOutside = zeros
      crossOwn = zeros
      crossMap = zeros
      powerMap = zeros
      directions = NoiseDirections.Sums(shells: isDirected ? shells : 0)
    }
  }

  /// Surveys at most `sampleSize` images of each half-set and optics group.
  ///
  /// - Parameters:
  ///   - map: projections of the whole input map, for sign and grey scale.
  ///   - outside: the outside density of half a and half b; empty to subtract nothing. The share is
  ///     fitted with the other half's map, whose noise the image does not share.
  ///   - bad: gets the images that cannot be used; the survey goes on without them.
  init(
    transformer: ImageTransformer, map: BoxModel, outside: [BoxModel], threads: Int,
    sampleSize: Int, model: RefinementSettings.NoiseModel, bad: BadImages, shard: Shard? = nil,
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws {
    let particles = transformer.particles
    let shard = shard ?? Shard(of: particles.count)
    let groups = max(1, particles.optics.count)
    let shells = transformer.box / 2 + 1
    let samples = Self.sample(particles, groups: groups, size: sampleSize)
    let whole = ParticleBlocks.grouped(samples)
    let blocks = whole.count
    let empty = Sums(shells: shells, isDirected: model == .coloured)
    let measured = Collected<Block>(count: blocks)
    let workers = WorkspacePool {
      Worker(transformer: transformer, map: map, outside: outside)
    }
    let counter = Counter()
    // Each rank reads its own, and knows what the others have measured.
    func measure(_ blocks: [Int]) throws {
      let own = blocks.filter { shard.particles.contains(whole[$0][0]) }
      parallelFor(count: own.count, chunk: 1, threads: threads) { range, _ in
        let worker = workers.take()
        defer { workers.giveBack(worker) }
        for block in range.map({ own[$0] }) {
          measured[block] = Block(
            whole[block], groups: groups, empty: empty, bad: bad, worker: worker)
          progress(min(1, Double(counter.add(1)) / Double(own.count)))
        }
      }
      for part in try shard.gather(own.map { Measured(index: $0, block: measured[$0]) }).joined() {
        measured[part.index] = part.block
      }
      try shard.share(bad)
      try bad.throwIfOverLimit()
    }
    try measure(Array(0..<blocks))
    let powers = try measured.values().flatMap(\.powers)
    let typical = Self.median(powers.map(\.power))
    typicalPower = typical
    // An image that outshines the others is no measure of their noise: its block is done again.
    let excessive = powers.filter { $0.power > ImageTransformer.largestExcess * typical }
    for found in excessive {
      bad.add(
        found.particle, transformer.excess(of: found.particle, found.power / typical), in: .packing)
    }
    if !excessive.isEmpty {
      let particles = Set(excessive.map(\.particle))
      try measure((0..<blocks).filter { !particles.isDisjoint(with: whole[$0]) })
    }
    try bad.throwIfOverLimit()
    var sums = [Sums](repeating: empty, count: 2 * groups)
    for block in try measured.values() {
      for (slot, part) in block.sums { Self.add(part, to: &sums[slot]) }
    }
    outsideShare = outside.isEmpty ? [] : Self.shares(sums, shells: shells)
    greyscale = Self.greyscale(sums[...])
    greyscales = [Self.greyscale(sums[..<groups]), Self.greyscale(sums[groups...])]
    let share = outsideShare
    noise = zip(sums, particles.optics.isEmpty ? [] : (0..<2 * groups).map { $0 % groups }).map {
      sums, group in
      Self.spectrum(
        sums, share: share, isPremultiplied: particles.optics[group].isPremultiplied,
        noiseShare: transformer.noiseShare, model: model)
    }
    noiseDirections =
      model == .coloured
      ? sums.map {
        var directions = NoiseDirections(shells: shells)
        $0.directions.measured(into: &directions)
        return directions
      } : []
    contrasts = []
    backgrounds = HalfSet.allCases.map { half in
      powers.filter { particles.halfSets[$0.particle] == half }.map(\.background)
    }
    fillEmptySlots(groups: groups)
    contrasts = zip(sums, noise).map { Self.measured($0, noise: $1) }
    silenceEmptyShells()
  }

  /// A block with its place among all; nil where too many images were bad.
  private struct Measured: Codable {
    var index: Int
    var block: Block?
  }

  /// What a block of the sample adds up to. It has members of few groups, and there may be thousands of
  /// groups: only those take memory.
  private struct Block: Sendable, Codable {
    var sums: [Int: Sums] = [:]
    var powers: [Power] = []

    /// A particle's power within its window, and its background.
    struct Power: Sendable, PlainData {
      var particle: Int
      var power: Double
      var background: ImageTransformer.Background
    }

    init(
      _ members: [Int], groups: Int, empty: Sums, bad: BadImages, worker: Worker
    ) {
      let particles = worker.particles
      for particle in members where !bad.contains(particle) {
        if bad.isOverLimit { return }
        let half = particles.halfSets[particle].rawValue
        let slot = half * groups + Int(particles.opticsIndices[particle])
        do throws(Problem) {
          let (power, background) = try worker.add(
            particle, half: half, to: &sums[slot, default: empty])
          powers.append(Power(particle: particle, power: power, background: background))
        } catch { bad.add(particle, error, in: .packing) }
      }
    }
  }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }

  /// Shells that a filter emptied hold rounding errors and nothing else: as noise they would outweigh
  /// all others. They are left out.
  private mutating func silenceEmptyShells() {
    for slot in noise.indices {
      let least = 1e-7 * Self.median(noise[slot].filter { $0 > 0 })
      for shell in noise[slot].indices where noise[slot][shell] < least { noise[slot][shell] = 0 }
    }
  }

  /// Whether noise is four orders of magnitude lower in half of the shells than where it is highest: no
  /// microscope does that.
  var isFiltered: Bool {
    noise.contains { spectrum in
      let inner = Array(spectrum.dropFirst().dropLast())
      return Self.median(inner) < 1e-4 * (inner.max() ?? 0)
    }
  }

  /// Whether each half-set and group has noise in a quarter of the shells at least; with less there is
  /// nothing to weigh the data with.
  var hasNoise: Bool {
    noise.allSatisfy { spectrum in
      let inner = spectrum.dropFirst().dropLast()
      return 4 * inner.count { $0 > 0 } >= inner.count
    }
  }

  /// Evenly spaced particles of each half-set and group.
  private static func sample(_ particles: ParticleSet, groups: Int, size: Int) -> [Int] {
    var slots = [[Int]](repeating: [], count: 2 * groups)
    for index in 0..<particles.count {
      slots[particles.halfSets[index].rawValue * groups + Int(particles.opticsIndices[index])]
        .append(index)
    }
    return slots.flatMap { slot in
      let step = max(1, (slot.count + size - 1) / size)
      return stride(from: 0, to: slot.count, by: step).map { slot[$0] }
    }
  }

  private static func add(_ other: Sums, to sums: inout Sums) {
    for s in sums.count.indices {
      sums.count[s] += other.count[s]
      sums.power[s] += other.power[s]
      sums.ctfPower[s] += other.ctfPower[s]
      sums.crossOutside[s] += other.crossOutside[s]
      sums.powerOutside[s] += other.powerOutside[s]
      sums.crossOwn[s] += other.crossOwn[s]
      sums.crossMap[s] += other.crossMap[s]
      sums.powerMap[s] += other.powerMap[s]
    }
    sums.directions.add(other.directions)
  }

  /// The regression of the images on the map.
  private static func greyscale(_ sums: ArraySlice<Sums>) -> Double {
    let cross = sums.reduce(0.0) { $0 + $1.crossMap.reduce(0, +) }
    let power = sums.reduce(0.0) { $0 + $1.powerMap.reduce(0, +) }
    return power > 0 ? cross / power : 1
  }

  /// The regression of a group's images on the map. Its variance is Σ σ²ₛ |P|² / (Σ |P|²)².
  private static func measured(_ sums: Sums, noise: [Double]) -> GroupContrasts.Measured {
    let power = sums.powerMap.reduce(0, +)
    guard power > 0 else { return GroupContrasts.Measured(value: 0, error: .infinity, weight: 0) }
    let variance = zip(noise, sums.powerMap).reduce(0) { $0 + $1.0 * $1.1 }
    return GroupContrasts.Measured(
      value: sums.crossMap.reduce(0, +) / power, error: variance.squareRoot() / power,
      weight: power)
  }

  /// The survey of the same images with those of each half-set multiplied by a factor.
  func multiplied(by factors: [Double]) -> Survey {
    var survey = self
    let groups = noise.count / 2
    survey.greyscale *= (factors[0] + factors[1]) / 2
    survey.greyscales = zip(greyscales, factors).map { $0 * $1 }
    survey.outsideFactors = zip(outsideFactors, factors).map { $0 * $1 }
    for slot in noise.indices {
      let factor = factors[slot / groups]
      survey.noise[slot] = noise[slot].map { $0 * factor * factor }
      survey.contrasts[slot].value *= factor
      survey.contrasts[slot].error *= abs(factor)
    }
    return survey
  }

  /// The regression of the images on the outside model, shell by shell.
  private static func shares(_ sums: [Sums], shells: Int) -> [Double] {
    let cross = (0..<shells).map { s in sums.reduce(0.0) { $0 + $1.crossOutside[s] } }
    let power = (0..<shells).map { s in sums.reduce(0.0) { $0 + $1.powerOutside[s] } }
    let whole = power.reduce(0, +) > 0 ? cross.reduce(0, +) / power.reduce(0, +) : 0
    let sign: Double = whole < 0 ? -1 : 1
    return (0..<shells).map { s in
      guard power[s] > 0 else { return 0 }
      return sign * min(max(sign * cross[s] / power[s], 0), 1.2 * abs(whole))
    }
  }

  /// The noise variance per shell, as it is where the images' window is 1.
  private static func spectrum(
    _ sums: Sums, share: [Double], isPremultiplied: Bool, noiseShare: Double,
    model: RefinementSettings.NoiseModel
  ) -> [Double] {
    var spectrum = sums.count.indices.map { s -> Double in
      guard sums.count[s] > 0 else { return 0 }
      var power = sums.power[s]
      if !share.isEmpty {
        power += share[s] * (share[s] * sums.powerOutside[s] - 2 * sums.crossOwn[s])
      }
      let components = isPremultiplied ? sums.ctfPower[s] : sums.count[s]
      return components > 0 ? max(power, 0) / (2 * components * noiseShare) : 0
    }
    if model == .white {
      let total = zip(spectrum, sums.count).reduce(0.0) { $0 + $1.0 * $1.1 }
      let mean = total / max(sums.count.reduce(0, +), 1)
      spectrum = spectrum.map { _ in mean }
    }
    return spectrum
  }

  /// A group without images of a half has the other half's noise, or any other group's.
  private mutating func fillEmptySlots(groups: Int) {
    for slot in noise.indices where noise[slot].allSatisfy({ $0 == 0 }) {
      let mate = (slot + groups) % noise.count
      let lender =
        noise[mate].contains { $0 > 0 }
        ? mate : noise.firstIndex { $0.contains { $0 > 0 } } ?? mate
      noise[slot] = noise[lender]
      if !noiseDirections.isEmpty { noiseDirections[slot] = noiseDirections[lender] }
    }
  }

  /// Adds single images to sums; one for each thread.
  private final class Worker: @unchecked Sendable {
    private let transformer: ImageTransformer
    var particles: ParticleSet { transformer.particles }
    private let map: BoxModel
    private let outside: [BoxModel]
    private let workspace: ImageTransformer.Workspace
    private let real: FFTBuffer<Float>
    private let imaginary: FFTBuffer<Float>

    init(transformer: ImageTransformer, map: BoxModel, outside: [BoxModel]) {
      self.transformer = transformer
      self.map = map
      self.outside = outside
      workspace = ImageTransformer.Workspace(box: transformer.box)
      let count = max(map.points.paddedCount, outside.first?.points.paddedCount ?? 0)
      real = FFTBuffer(count: count)
      imaginary = FFTBuffer(count: count)
    }

    /// Adds an image; returns its power within its window, and its background.
    func add(
      _ particle: Int, half: Int, to sums: inout Sums
    ) throws(Problem) -> (power: Double, background: ImageTransformer.Background) {
      try transformer.load(particle, into: workspace)
      let group = transformer.optics(of: particle)
      let box = transformer.box
      let width = box / 2 + 1
      for y in 0..<box {
        let ky = signedFrequency(y, size: box)
        for x in 0..<width where x > 0 || ky > 0 {
          let shell = Int(Double(x * x + ky * ky).squareRoot().rounded())
          guard shell < width else { continue }
          let value = workspace.spectrum[y * width + x]
          let ctf = Double(workspace.ctf[y * width + x])
          sums.count[shell] += 1
          sums.power[shell] += Double(value.squaredModulus)
          sums.ctfPower[shell] += ctf * ctf
          if sums.directions.isUsed {
            sums.directions.add(
              shell: shell, position: NoiseDirections.position(Double(x), Double(ky)),
              power: Double(value.squaredModulus), expected: group.isPremultiplied ? ctf * ctf : 1)
          }
        }
      }
      let pose = transformer.particles.poses[particle]
      forEachModelPixel(of: map, pose: pose, group: group) { shell, cross, power in
        sums.crossMap[shell] += cross
        sums.powerMap[shell] += power
      }
      let measured = (workspace.power, workspace.background)
      guard outside.count == 2 else { return measured }
      forEachModelPixel(of: outside[1 - half], pose: pose, group: group) { shell, cross, power in
        sums.crossOutside[shell] += cross
        sums.powerOutside[shell] += power
      }
      forEachModelPixel(of: outside[half], pose: pose, group: group) { shell, cross, _ in
        sums.crossOwn[shell] += cross
      }
      return measured
    }

    private func forEachModelPixel(
      of model: BoxModel, pose: Pose, group: OpticsGroup,
      _ body: (_ shell: Int, _ cross: Double, _ power: Double) -> Void
    ) {
      let magnification =
        transformer.switches.magnification ? group.magnification : [1, 0, 0, 1]
      model.project(pose, magnification: magnification, real: real, imaginary: imaginary)
      for index in 0..<model.points.count {
        let pixel = Int(model.points.spectrumIndices[index])
        var ctf = workspace.ctf[pixel]
        if group.isPremultiplied { ctf *= ctf }
        let value = ComplexFloat(real[index] * ctf, imaginary[index] * ctf)
        let data = workspace.spectrum[pixel]
        body(
          Int(model.points.shells[index]), Double((value * data).sum()),
          Double(value.squaredModulus))
      }
    }
  }
}
