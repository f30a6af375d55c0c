/// How far something is.
public struct ProgressBar: Widget, Hashable {
  /// Share done, 0…1; nil where it is not known.
  public var share: Double?
  /// At the right of the bar; without it the percentage.
  public var label: String?

  public init(share: Double?, label: String? = nil) {
    self.share = share
    self.label = label
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    guard !rect.isEmpty else { return }
    let known = share.flatMap { $0.isFinite ? min(max($0, 0), 1) : nil }
    let text = label ?? known.map { "\(Int($0 * 100))%".padded(toColumns: 4, alignment: .right) }
    let labelWidth = text.map { $0.columns + 1 } ?? 0
    let width = rect.width - labelWidth >= 4 ? rect.width - labelWidth : rect.width
    if let text, width < rect.width {
      grid.write(
        text, x: rect.x + width + 1, y: rect.y, style: appearance[.text], width: labelWidth - 1)
    }
    switch appearance.glyphs {
    case .ascii:
      drawASCII(known, Rect(x: rect.x, y: rect.y, width: width, height: 1), &grid, appearance)
    case .basic, .unicode:
      drawBlocks(known, Rect(x: rect.x, y: rect.y, width: width, height: 1), &grid, appearance)
    }
  }

  private func drawASCII(
    _ share: Double?, _ rect: Rect, _ grid: inout Grid, _ appearance: Appearance
  ) {
    guard rect.width > 2 else { return }
    grid.put("[", x: rect.x, y: rect.y, style: appearance[.progressRest])
    grid.put("]", x: rect.right - 1, y: rect.y, style: appearance[.progressRest])
    let room = rect.width - 2
    let done = Int((Double(room) * (share ?? 0)).rounded(.down))
    for index in 0..<room {
      let isDone = index < done
      grid.put(
        share == nil ? "-" : isDone ? "#" : ".", x: rect.x + 1 + index, y: rect.y,
        style: appearance[isDone ? .progress : .progressRest])
    }
  }

  private func drawBlocks(
    _ share: Double?, _ rect: Rect, _ grid: inout Grid, _ appearance: Appearance
  ) {
    let halves = appearance.glyphs == .basic
    let steps = halves ? 2 : 8
    let filled = Int((Double(rect.width * steps) * (share ?? 0)).rounded(.down))
    let parts: [Unicode.Scalar] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    for index in 0..<rect.width {
      let part = filled - index * steps
      let x = rect.x + index
      if part >= steps {
        grid.put("█", x: x, y: rect.y, style: appearance[.progress])
      } else if part > 0 {
        grid.put(halves ? "▌" : parts[part - 1], x: x, y: rect.y, style: appearance[.progress])
      } else {
        grid.put(share == nil ? "·" : "░", x: x, y: rect.y, style: appearance[.progressRest])
      }
    }
  }
}
