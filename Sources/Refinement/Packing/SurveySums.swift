/// Sums per shell over the images of a half-set and optics group that a survey looks at.
struct SurveySums: Sendable, SumsByShell {
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

  static var curves: [(name: String, path: WritableKeyPath<SurveySums, [Double]>)] {
    [
      ("count", \.count), ("power", \.power), ("ctfPower", \.ctfPower),
      ("crossOutside", \.crossOutside), ("powerOutside", \.powerOutside),
      ("crossOwn", \.crossOwn), ("crossMap", \.crossMap), ("powerMap", \.powerMap),
    ]
  }
}

/// What the sums say.
extension SurveySums {
  /// The regression of the images on the map.
  static func greyscale(_ sums: ArraySlice<SurveySums>) -> Double {
    let cross = sums.reduce(0.0) { $0 + $1.crossMap.reduce(0, +) }
    let power = sums.reduce(0.0) { $0 + $1.powerMap.reduce(0, +) }
    return power > 0 ? cross / power : 1
  }

  /// The same of one group, with its error: the variance is Σ σ²ₛ |P|² / (Σ |P|²)².
  func contrast(noise: [Double]) -> GroupContrasts.Measured {
    let power = powerMap.reduce(0, +)
    guard power > 0 else { return GroupContrasts.Measured(value: 0, error: .infinity, weight: 0) }
    let variance = zip(noise, powerMap).reduce(0) { $0 + $1.0 * $1.1 }
    return GroupContrasts.Measured(
      value: crossMap.reduce(0, +) / power, error: variance.squareRoot() / power, weight: power)
  }

  /// The regression of the images on the outside model, shell by shell.
  static func outsideShares(_ sums: [SurveySums], shells: Int) -> [Double] {
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
  func noise(
    outsideShare: [Double], isPremultiplied: Bool, noiseShare: Double,
    model: RefinementSettings.NoiseModel
  ) -> [Double] {
    let spectrum = count.indices.map { s -> Double in
      guard count[s] > 0 else { return 0 }
      var power = power[s]
      if !outsideShare.isEmpty {
        power += outsideShare[s] * (outsideShare[s] * powerOutside[s] - 2 * crossOwn[s])
      }
      let components = isPremultiplied ? ctfPower[s] : count[s]
      return components > 0 ? max(power, 0) / (2 * components * noiseShare) : 0
    }
    guard model == .white else { return spectrum }
    let total = zip(spectrum, count).reduce(0.0) { $0 + $1.0 * $1.1 }
    let mean = total / max(count.reduce(0, +), 1)
    return spectrum.map { _ in mean }
  }
}
