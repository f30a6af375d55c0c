import CryoEM

/// The contrast and the grey scale of each optics group against the map: data sets that were joined
/// need not have been normalised, nor their contrast turned, alike.
struct GroupContrasts: Sendable, Equatable {
  /// What the images of a group say of their grey scale: the regression on the map, and its standard
  /// error.
  struct Measured: Sendable, Equatable {
    var value: Double
    var error: Double
    /// Its weight among the groups: the power of the map's projections in its images.
    var weight: Double
  }

  /// What the data of each half-set and group are multiplied by, [half · groups + group]: −1 where the
  /// contrast is opposite to the map's, times what brings the group to the grey scale of its half.
  let factors: [Float]

  /// - Parameters:
  ///   - measured: of each half-set and group; the grey scales of a half are found from it alone.
  ///   - sign: how the contrast is known.
  ///   - scalesApart: whether grey scales are told apart, or only contrasts.
  init(
    _ measured: [Measured], sign: RefinementSettings.DataSign, scalesApart: Bool
  ) {
    let groups = measured.count / 2
    let signs = Self.signs(
      (0..<groups).map { Measured(measured[$0], measured[groups + $0]) }, sign)
    factors = (0..<2).flatMap { half -> [Float] in
      let own = measured[half * groups..<(half + 1) * groups]
      let scales =
        scalesApart ? Self.scales(Array(own), signs: signs) : signs.map { _ in 1 }
      return zip(signs, scales).map { Float($0 / $1) }
    }
  }

  /// Grey scales over the mean of all.
  ///
  /// One that is not known well is drawn to the mean, g + (gₖ − g) τ²/(τ² + eₖ²), with τ² the variance
  /// between groups beyond what the errors eₖ explain (Efron & Morris, J. Am. Stat. Assoc. 70, 311,
  /// 1975).
  private static func scales(_ measured: [Measured], signs: [Double]) -> [Double] {
    let ones = signs.map { _ in 1.0 }
    let total = measured.reduce(0) { $0 + $1.weight }
    guard measured.count > 1, total > 0 else { return ones }
    let values = zip(measured, signs).map { $0.value * $1 }
    let mean = zip(values, measured).reduce(0) { $0 + $1.0 * $1.1.weight } / total
    guard mean > 0 else { return ones }
    let spread = zip(values, measured).reduce(0) { sum, pair in
      guard pair.1.weight > 0 else { return sum }
      let (difference, error) = (pair.0 - mean, pair.1.error)
      return sum + pair.1.weight * (difference * difference - error * error)
    }
    let between = max(0, spread / total)
    let scales = zip(values, measured).map { value, measured in
      let error = measured.error
      let trust = between > 0 && error.isFinite ? between / (between + error * error) : 0
      return min(max(1 + (value / mean - 1) * trust, 0.1), 10)
    }
    // Differences of a few per cent are none.
    return scales.allSatisfy { abs($0 - 1) < 0.03 } ? ones : scales
  }

  /// Whether all groups of a half are multiplied alike.
  var areAlike: Bool { Set(factors).count <= 1 }

  /// A contrast that is not known to three errors is that of the others.
  private static func signs(
    _ measured: [Measured], _ sign: RefinementSettings.DataSign
  ) -> [Double] {
    switch sign {
    case .as_is: return measured.map { _ in 1 }
    case .inverted: return measured.map { _ in -1 }
    case .auto:
      let sure = measured.map { abs($0.value) > 3 * $0.error }
      let sum = zip(measured, sure).reduce(0) { $0 + ($1.1 ? $1.0.value * $1.0.weight : 0) }
      let all = measured.reduce(0) { $0 + $1.value * $1.weight }
      let common: Double = (sum == 0 ? all : sum) < 0 ? -1 : 1
      return zip(measured, sure).map { $1 ? ($0.value < 0 ? -1 : 1) : common }
    }
  }
}

extension GroupContrasts.Measured {
  /// Both halves together.
  fileprivate init(_ a: Self, _ b: Self) {
    let total = a.weight + b.weight
    guard total > 0 else {
      self = a
      return
    }
    func square(_ value: Double) -> Double { value * value }
    let errors = [a, b].reduce(0) {
      $0 + ($1.weight > 0 ? square($1.weight * $1.error) : 0)
    }
    self.init(
      value: (a.value * a.weight + b.value * b.weight) / total,
      error: errors.squareRoot() / total, weight: total)
  }
}
