import Glibc

/// How noise depends on direction: for each shell its variance in sectors of half a turn, relative to
/// that of the whole shell. Between the sectors' centres it is interpolated, and as a power spectrum
/// it is the same at k and −k.
struct NoiseDirections: Sendable, Equatable, Columned {
  /// Sectors of half a turn: one every 10 degrees.
  static let sectors = 18
  /// Relative variances, indexed [shell · sectors + sector]; 1 where nothing is known.
  private(set) var ratios: [Double]

  mutating func move(_ columns: inout Columns) { columns.move("ratios", &ratios) }

  /// The same in all directions, for shells 0..<`shells`.
  init(shells: Int) { ratios = [Double](repeating: 1, count: shells * Self.sectors) }

  /// Number of shells.
  var shells: Int { ratios.count / Self.sectors }

  /// Where a frequency lies between the sectors' centres: 0..<`sectors`, from the direction of x.
  static func position(_ x: Double, _ y: Double) -> Float {
    var turn = atan2(y, x) / .pi
    if turn < 0 { turn += 1 }
    // A hair under half a turn rounds up to the whole.
    let position = Float(turn * Double(sectors))
    return position >= Float(sectors) ? 0 : position
  }

  /// The relative variance in a shell at a position between sectors.
  func ratio(shell: Int, position: Float) -> Double {
    let shell = min(shell, shells - 1)
    let low = Int(position)
    let part = Double(position) - Double(low)
    let row = shell * Self.sectors
    return (1 - part) * ratios[row + low] + part * ratios[row + (low + 1) % Self.sectors]
  }

  /// Both dependences at once, the other's shells `scale` times as wide.
  func times(_ other: NoiseDirections, shellScale scale: Double) -> NoiseDirections {
    var product = self
    for shell in 0..<shells {
      let row = min(Int((Double(shell) * scale).rounded()), other.shells - 1) * Self.sectors
      for sector in 0..<Self.sectors {
        product.ratios[shell * Self.sectors + sector] *= other.ratios[row + sector]
      }
    }
    return product
  }

  /// What is summed up to measure the dependence.
  struct Sums: Sendable, Columned {
    private var power: [Double]
    private var expected: [Double]
    private var count: [Double]

    mutating func move(_ columns: inout Columns) {
      columns.move("power", &power)
      columns.move("expected", &expected)
      columns.move("count", &count)
    }

    /// Sums for shells 0..<`shells`; none for zero, which then takes nothing.
    init(shells: Int) {
      power = [Double](repeating: 0, count: shells * sectors)
      expected = power
      count = power
    }

    /// Whether there is anything to be summed.
    var isUsed: Bool { !power.isEmpty }

    /// Adds a pixel's power and what the noise of the shell would let expect.
    mutating func add(shell: Int, position: Float, power value: Double, expected share: Double) {
      let low = Int(position)
      let part = Double(position) - Double(low)
      let row = shell * sectors
      for (sector, weight) in [(low, 1 - part), ((low + 1) % sectors, part)] {
        power[row + sector] += weight * value
        expected[row + sector] += weight * share
        count[row + sector] += weight
      }
    }

    mutating func add(_ other: Sums) {
      for index in power.indices {
        power[index] += other.power[index]
        expected[index] += other.expected[index]
        count[index] += other.count[index]
      }
    }

    /// Puts what was measured into a dependence, for the shells that were.
    ///
    /// A sector of n pixels tells its variance to 1/√n. What the sectors of a shell differ by beyond that,
    /// τ², says how much to believe: each is drawn towards the mean by the factor τ²/(τ² + 1/n).
    func measured(into directions: inout NoiseDirections) {
      for shell in 0..<min(power.count / sectors, directions.shells) {
        let row = shell * sectors
        let all = power[row..<row + sectors].reduce(0, +)
        let whole = expected[row..<row + sectors].reduce(0, +)
        guard all > 0, whole > 0 else { continue }
        let seen = (row..<row + sectors).filter { expected[$0] > 0 && count[$0] > 0 }
        let excess = seen.map { power[$0] / expected[$0] * whole / all - 1 }
        let chance = seen.reduce(0) { $0 + 1 / count[$1] }
        let real = max(0, excess.reduce(0) { $0 + $1 * $1 } - chance) / Double(seen.count)
        for (sector, excess) in zip(seen, excess) {
          let trust = real / (real + 1 / count[sector])
          directions.ratios[sector] = min(max(1 + trust * excess, 0.01), 100)
        }
      }
    }
  }
}
