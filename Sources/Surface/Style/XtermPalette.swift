import Glibc

/// The 256 colours of xterm, and which is nearest to a given one.
enum XtermPalette {
  /// xterm's defaults for the 16 that users change.
  private static let basic: [UInt32] = [
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
  ]

  static func components(of index: UInt8) -> (red: UInt8, green: UInt8, blue: UInt8) {
    switch index {
    case 0..<16:
      let value = basic[Int(index)]
      return (UInt8(value >> 16), UInt8(value >> 8 & 255), UInt8(value & 255))
    case 16..<232:
      func level(_ step: UInt8) -> UInt8 { step == 0 ? 0 : 55 + 40 * step }
      let cube = index - 16
      return (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
    default:
      let grey = 8 + 10 * (index - 232)
      return (grey, grey, grey)
    }
  }

  private static let perceived: [Oklab] = (0...255).map {
    let (red, green, blue) = components(of: UInt8($0))
    return Oklab(red: red, green: green, blue: blue)
  }

  static func nearest(to colour: Colour, in range: ClosedRange<UInt8>) -> UInt8 {
    guard let (red, green, blue) = colour.components else { return range.lowerBound }
    let wanted = Oklab(red: red, green: green, blue: blue)
    return range.min {
      perceived[Int($0)].distance(to: wanted) < perceived[Int($1)].distance(to: wanted)
    } ?? range.lowerBound
  }
}

/// A colour where distance follows what the eye sees (Ottosson 2020, "A perceptual color space for
/// image processing").
struct Oklab: Sendable {
  let lightness: Double
  let a: Double
  let b: Double

  init(red: UInt8, green: UInt8, blue: UInt8) {
    let r = Oklab.linear(red)
    let g = Oklab.linear(green)
    let b = Oklab.linear(blue)
    let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    self.b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
  }

  /// Squared distance.
  func distance(to other: Oklab) -> Double {
    let l = lightness - other.lightness
    let a = a - other.a
    let b = b - other.b
    return l * l + a * a + b * b
  }

  /// The sRGB transfer function undone: 0…255 to 0…1.
  static func linear(_ value: UInt8) -> Double {
    let v = Double(value) / 255
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
  }
}
