import CryoEM
import Images

/// What colours a surface.
public enum SurfaceColours: Sendable {
  /// One colour.
  case plain
  /// By the values of another map where the surface is, between the ends of the colour map.
  case values(ViewedMap, ClosedRange<Double>)
  /// The same by how large they are, whatever their sign.
  case magnitudes(ViewedMap, ClosedRange<Double>)
  /// By the first of some masks that holds a point.
  case regions([ViewedMap])
  /// By how far a rigid body that turns about a point and moves goes at a place (root mean square, Å),
  /// inside a mask.
  case motion(BodySway, ViewedMap?, ClosedRange<Double>)
}

extension SurfaceColours {
  /// The number of the hue at a point: a step of the colour map, or of regions 0 for what is in none.
  ///
  /// - Parameter count: how many hues there are.
  func hue(at point: () -> Vector3, count: Int) -> Int {
    func step(_ value: Double, _ range: ClosedRange<Double>) -> Int {
      let width = range.upperBound - range.lowerBound
      let share = width > 0 ? (value - range.lowerBound) / width : 0
      return min(max(0, Int((share.isFinite ? share : 0) * Double(count))), count - 1)
    }
    switch self {
    case .plain: return 0
    case .values(let other, let range):
      return step(other.density(at: point()).map(Double.init) ?? range.lowerBound, range)
    case .magnitudes(let other, let range):
      return step(abs(Double(other.density(at: point()) ?? 0)), range)
    case .regions(let masks):
      let place = point()
      let region = masks.firstIndex { ($0.density(at: place) ?? 0) >= 0.5 }
      return min(count - 1, region.map { $0 + 1 } ?? 0)
    case .motion(let sway, let mask, let range):
      let place = point()
      if let mask, (mask.density(at: place) ?? 0) < 0.5 { return 0 }
      return step(sway.distance(at: place), range)
    }
  }

  /// The hue at a point of a slice, which surfaces have there, too; nil where nothing is told of it: outside
  /// of the mask, or in no region.
  ///
  /// - Parameter mask: where values are told; nil for everywhere.
  public func hue(inSliceAt point: Vector3, mask: ViewedMap?, count: Int) -> Int? {
    switch self {
    case .plain: return nil
    case .regions:
      let hue = hue(at: { point }, count: count)
      return hue == 0 ? nil : hue
    case .values(let other, _), .magnitudes(let other, _):
      guard other.density(at: point) != nil else { return nil }
    case .motion: break
    }
    if let mask, (mask.density(at: point) ?? 0) < 0.5 { return nil }
    return hue(at: { point }, count: count)
  }
}

/// How far the points of a body go that turns about a fulcrum and moves, on average.
public struct BodySway: Sendable, Hashable {
  /// Å in the shared frame.
  public var fulcrum: Vector3
  /// Standard deviation of the turn about each axis, degrees.
  public var rotation: Double
  /// Standard deviation of the shift along each axis, Å.
  public var shift: Double

  public init(fulcrum: Vector3, rotation: Double, shift: Double) {
    (self.fulcrum, self.rotation, self.shift) = (fulcrum, rotation, shift)
  }

  /// Root mean square of how far a point goes, Å: a turn ω moves it by ω × r, of which the mean square is
  /// 2σ²r² for turns that are as likely about each axis.
  public func distance(at point: Vector3) -> Double {
    let arm = point - fulcrum
    let angle = rotation * .pi / 180
    return (2 * angle * angle * (arm * arm).sum() + 3 * shift * shift).squareRoot()
  }
}

/// The colours of a shaded picture: some hues, each in a number of shades, and one for what is cut.
public struct SurfaceInk: Sendable, Hashable {
  /// Of surfaces: one for `plain`, the steps of a colour map, or one for each region after one for what
  /// is in none.
  public var hues: [IndexedImage.RGB]
  /// What the clip plane has cut through.
  public var cut: IndexedImage.RGB
  /// What is behind everything.
  public var ground: IndexedImage.RGB
  /// Of a veil, and how much of it covers what is behind.
  public var veil: IndexedImage.RGB
  /// Shades of each hue, 2 to 64; hues × shades + 2 are 256 at most.
  public var shades: Int

  public init(
    hues: [IndexedImage.RGB], cut: IndexedImage.RGB, ground: IndexedImage.RGB,
    veil: IndexedImage.RGB, shades: Int
  ) {
    (self.hues, self.cut, self.ground, self.veil) = (hues, cut, ground, veil)
    self.shades = max(2, min(shades, 252 / max(1, 2 * hues.count)))
  }

  /// The light of a shade, 0…1: none is black, which would look like a hole, and the dark ones are
  /// closer together, as the eye tells them better apart.
  func light(_ shade: Int) -> Double {
    let share = Double(shade) / Double(shades - 1)
    return 0.04 + 0.96 * share * share.squareRoot()
  }

  /// The number of a hue's shade; those under a veil follow all others.
  func index(hue: Int, shade: Int, isVeiled: Bool) -> UInt8 {
    UInt8(4 + (isVeiled ? hues.count * shades : 0) + hue * shades + shade)
  }

  /// Ground, cut, ground and cut under the veil, then the shades.
  var palette: [IndexedImage.RGB] {
    let shown = hues.flatMap { hue in (0..<shades).map { hue.lit(light($0)) } }
    let plain = [ground, cut] + shown
    let veiled = plain.map { $0.mixed(with: veil, 0.35) }
    return [ground, cut, veiled[0], veiled[1]] + shown + veiled.dropFirst(2)
  }
}
