import Glibc

/// One axis of a plot.
public struct PlotAxis: Sendable, Hashable {
  /// How values lie along an axis.
  public enum Scale: Sendable, Hashable {
    case linear
    /// Powers of ten; values of 0 or less are left out.
    case logarithmic
  }

  /// What is measured, with its unit.
  public var title: String
  /// What is shown, as after zooming; that of the data without it.
  public var range: ClosedRange<Double>?
  public var scale: Scale
  /// Whether values are spatial frequencies in 1/Å: labels say Å too.
  public var isSpatialFrequency: Bool
  /// Whether values are degrees: ticks are at halves and thirds of right angles.
  public var isAngle: Bool
  /// Whether values are whole: ticks have no fractions.
  public var isWhole: Bool

  public init(
    title: String = "", range: ClosedRange<Double>? = nil, scale: Scale = .linear,
    isSpatialFrequency: Bool = false, isAngle: Bool = false, isWhole: Bool = false
  ) {
    self.isWhole = isWhole
    self.title = title
    self.range = range
    self.scale = scale
    self.isSpatialFrequency = isSpatialFrequency
    self.isAngle = isAngle
  }

  /// Spatial frequency in 1/Å.
  public static func spatialFrequency(range: ClosedRange<Double>? = nil) -> PlotAxis {
    PlotAxis(title: "1/Å", range: range, isSpatialFrequency: true)
  }
}

/// A range of values laid on a line of some length.
struct AxisMapping: Sendable {
  let lower: Double
  let upper: Double
  let scale: PlotAxis.Scale
  private let isAngle: Bool
  private let isWhole: Bool

  /// A range that can be drawn: finite, not empty, and positive where the scale asks for that.
  init(_ axis: PlotAxis, values: some Sequence<Double>) {
    scale = axis.scale
    isAngle = axis.isAngle
    isWhole = axis.isWhole
    let isUsable: (Double) -> Bool = { [scale] value in
      value.isFinite && abs(value) < 1e300 && (scale == .linear || value > 0)
    }
    var low = Double.infinity
    var high = -Double.infinity
    if let range = axis.range, isUsable(range.lowerBound), isUsable(range.upperBound) {
      (low, high) = (range.lowerBound, range.upperBound)
    } else {
      for value in values where isUsable(value) {
        low = min(low, value)
        high = max(high, value)
      }
    }
    if !low.isFinite || !high.isFinite { (low, high) = scale == .linear ? (0, 1) : (1, 10) }
    if high <= low || !((high - low) / max(abs(high), abs(low)) > 1e-12) {
      switch scale {
      case .linear:
        let margin = max(abs(low) * 0.05, 1e-12)
        (low, high) = low == 0 ? (0, 1) : (low - margin, low + margin)
      case .logarithmic: (low, high) = (low / 2, low * 2)
      }
    }
    lower = low
    upper = high
  }

  /// Where a value lies: 0 at the lower end, 1 at the upper; NaN where the scale has no place.
  func share(of value: Double) -> Double {
    switch scale {
    case .linear: return (value - lower) / (upper - lower)
    case .logarithmic:
      return value > 0 ? log(value / lower) / log(upper / lower) : .nan
    }
  }

  /// The value at a place.
  func value(at share: Double) -> Double {
    switch scale {
    case .linear: return lower + (upper - lower) * share
    case .logarithmic: return lower * pow(upper / lower, share)
    }
  }

  /// Round values, at most about `count`, from low to high.
  func ticks(_ count: Int) -> [Double] {
    guard count > 0 else { return [] }
    if scale == .logarithmic, upper / lower >= 10 {
      let first = Int(log10(lower * 0.9999).rounded(.up))
      let last = Int(log10(upper * 1.0001).rounded(.down))
      guard first <= last else { return [] }
      let step = max(1, (last - first + count) / max(1, count))
      return stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
    }
    // An axis with n ticks has n − 1 steps between them.
    let least = (upper - lower) / Double(max(1, isAngle ? count - 1 : count))
    let angle = isAngle ? [15, 30, 45, 60, 90, 180, 360].first { $0 >= least * 0.999 } : nil
    let round = AxisMapping.step(for: isWhole ? max(1, least) : least)
    let step = isAngle && least > 7 ? angle ?? 360 : round
    let first = (lower / step - 1e-6).rounded(.up)
    let last = (upper / step + 1e-6).rounded(.down)
    guard first <= last, last - first < 1000 else { return [] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// The round step that is not smaller: 1, 2 or 5 times a power of ten.
  static func step(for least: Double) -> Double {
    guard least > 0, least.isFinite else { return 1 }
    let power = pow(10, log10(least).rounded(.down))
    for factor in [1.0, 2.0, 5.0] where factor * power >= least * 0.999999 { return factor * power }
    return 10 * power
  }

  /// The label of a tick, with as many decimals as the step needs.
  static func label(_ value: Double, step: Double) -> String {
    if abs(value) < step * 1e-6 { return "0" }
    let size = max(abs(value), step)
    if size >= 1e4 || step < 1e-4 { return NumberText.short(value, digits: 4) }
    return NumberText.fixed(value, decimals: max(0, -Int((log10(step) + 1e-9).rounded(.down))))
  }

  /// A resolution in Å for a spatial frequency in 1/Å.
  static func resolutionLabel(_ frequency: Double, digits: Int = 2) -> String {
    guard frequency > 1e-9 else { return "DC" }
    let resolution = 1 / frequency
    return NumberText.short(resolution, digits: max(digits, resolution >= 100 ? 3 : 2))
  }
}
