import Ground
import Runs
import Surface

/// A run of several regions: a region at a time is shown, whose folder is that of a run; what is asked
/// of the refinement is asked of the run as a whole.
extension RunView {
  /// The region that is so many after the one that is shown; nil where there are none.
  func region(after step: Int) -> String? {
    guard !regions.isEmpty else { return nil }
    let count = regions.count
    return regions[shownRegion.map { ($0 + step + count) % count } ?? 0].name
  }

  /// One line of the regions: each with its resolution, and how far it has moved; the one that is shown
  /// is marked. Those after it that have no room are counted.
  func drawRegions(in rect: Rect, of frame: inout Frame) {
    let shown = shownRegion ?? 0
    let texts = regions.indices.map { text(of: regions[$0], isShown: $0 == shown) }
    var x = rect.x + 1
    // From the first that leaves room for the one that is shown.
    var first = 0
    while first < shown,
      texts[first...shown].reduce(0, { $0 + $1.columns + 2 }) > rect.width - 8
    { first += 1 }
    if first > 0 { x += frame.write("\(first) ‹ ", x: x, y: rect.y, .dim) }
    for index in first..<texts.count {
      let left = texts.count - index
      let mark = index + 1 < texts.count ? 6 : 0
      guard x + texts[index].columns + mark <= rect.right || index == first else {
        frame.write("› \(left)", x: x, y: rect.y, .dim, width: max(0, rect.right - x))
        return
      }
      x += frame.write(
        texts[index], x: x, y: rect.y, index == shown ? .accent : .text,
        width: max(0, rect.right - x))
      x += 2
    }
  }

  private func text(of region: RunManifest.Region, isShown: Bool) -> String {
    var words = [region.resolution.map { Format.resolution($0) } ?? "…"]
    if let rotation = region.rotation, let shift = region.shift, region.iteration > 0 {
      words.append("\(Format.fixed(rotation, 2))° \(Format.fixed(shift, 2)) Å")
    }
    if let share = region.shareAtLimit, share >= 0.01 {
      words.append("\(Format.percent(share)) at limit")
    }
    let text = region.name + " " + words.joined(separator: " ")
    return isShown ? "[\(text)]" : text
  }
}
