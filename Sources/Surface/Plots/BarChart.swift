/// Named amounts as horizontal bars.
public struct BarChart: Widget, Hashable {
  /// One bar.
  public struct Bar: Sendable, Hashable {
    public var name: String
    public var value: Double
    /// What is written after the bar; without it the value.
    public var label: String

    public init(_ name: String, _ value: Double, label: String? = nil) {
      self.name = name
      self.value = value
      self.label = label ?? NumberText.short(value)
    }
  }

  public var bars: [Bar]
  public var role: Role

  public init(_ bars: [Bar], role: Role = .series1) {
    self.bars = bars
    self.role = role
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let names = min(bars.map(\.name.columns).max() ?? 0, rect.width / 3)
    let labels = min(bars.map(\.label.columns).max() ?? 0, rect.width / 4)
    let room = rect.width - names - labels - 2
    let most = bars.map(\.value).filter(\.isFinite).max() ?? 0
    for (row, bar) in bars.prefix(rect.height).enumerated() {
      let y = rect.y + row
      grid.write(bar.name, x: rect.x, y: y, style: appearance[.text], width: names)
      var end = rect.x + names + 1
      if room > 0, most > 0, bar.value.isFinite, bar.value > 0 {
        let steps = appearance.glyphs == .unicode ? 8 : 1
        let filled = max(1, Int((bar.value / most * Double(room * steps)).rounded()))
        let parts: [Unicode.Scalar] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        for column in 0..<filled / steps {
          grid.put(
            appearance.glyph("█", "#"), x: end + column, y: y, style: appearance[role])
        }
        end += filled / steps
        if filled % steps > 0 {
          grid.put(parts[filled % steps - 1], x: end, y: y, style: appearance[role])
          end += 1
        }
        end += 1
      }
      grid.write(bar.label, x: end, y: y, style: appearance[.dim], width: rect.right - end)
    }
  }
}
