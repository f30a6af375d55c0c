/// A few numbers as one line of bars.
public struct Sparkline: Widget, Hashable {
  public var values: [Double]
  /// The range of the bars; that of the values without it.
  public var range: ClosedRange<Double>?
  public var role: Role

  public init(_ values: [Double], range: ClosedRange<Double>? = nil, role: Role = .series1) {
    self.values = values
    self.range = range
    self.role = role
  }

  private static let bars: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let consoleBars: [Unicode.Scalar] = ["_", "▄", "█"]
  private static let asciiBars: [Unicode.Scalar] = ["_", ".", "-", "=", "*", "#"]

  /// The last values that fit; one that is not finite leaves a gap.
  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let shown = values.suffix(rect.width)
    let finite = shown.filter(\.isFinite)
    guard !rect.isEmpty, let least = finite.min(), let most = finite.max() else { return }
    let range = self.range ?? least...most
    let bars: [Unicode.Scalar]
    switch appearance.glyphs {
    case .ascii: bars = Sparkline.asciiBars
    case .basic: bars = Sparkline.consoleBars
    case .unicode: bars = Sparkline.bars
    }
    for (index, value) in shown.enumerated() where value.isFinite {
      let extent = range.upperBound - range.lowerBound
      let share =
        extent > 0 && extent.isFinite ? (value - range.lowerBound) / extent : 0.5
      let step = Int((min(max(share, 0), 1) * Double(bars.count - 1)).rounded())
      grid.put(bars[step], x: rect.x + index, y: rect.bottom - 1, style: appearance[role])
    }
  }
}
