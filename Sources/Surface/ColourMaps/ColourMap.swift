/// Colours for heat maps: even steps look even, and lightness grows with the value, so that they
/// serve without colour vision and in print.
public enum ColourMap: String, Sendable, Hashable, CaseIterable {
  /// Smith and van der Walt 2015, from dark violet over green to yellow.
  case viridis
  /// Nuñez, Anderton and Renslow 2018, from dark blue over grey to yellow: the same to people with
  /// and without red-green deficiency.
  case cividis
  /// Black to white.
  case grey

  /// Steps of a map. Terminals keep few pairs of colours: with 64 steps two heat maps cannot use
  /// them up.
  public static let levels = 64

  /// The step for a share of 0…1; shares beyond are the ends, and so is NaN.
  public static func level(of share: Double) -> Int {
    guard share.isFinite else { return share == .infinity ? levels - 1 : 0 }
    return Int((min(max(share, 0), 1) * Double(levels - 1)).rounded())
  }

  /// The colour for a share of 0…1, at truecolour.
  public func colour(at share: Double) -> Colour { colour(level: ColourMap.level(of: share)) }

  /// The colour for a share of 0…1, as a terminal has it.
  public func colour(at share: Double, _ colours: ColourLevel) -> Colour {
    let level = ColourMap.level(of: share)
    switch (self, colours) {
    case (.viridis, .c256): return ColourMap.viridis256[level]
    case (.cividis, .c256): return ColourMap.cividis256[level]
    case (.grey, .c256): return ColourMap.grey256[level]
    default: return colour(level: level).reduced(to: colours)
    }
  }

  private func colour(level: Int) -> Colour {
    switch self {
    case .viridis: return Colour(hex: ColourMap.viridisTable[level])
    case .cividis: return Colour(hex: ColourMap.cividisTable[level])
    case .grey:
      let value = UInt8((Double(level) * 255 / Double(ColourMap.levels - 1)).rounded())
      return .rgb(value, value, value)
    }
  }

  private static let viridis256 = viridisTable.map { Colour(hex: $0).reduced(to: .c256) }
  private static let cividis256 = cividisTable.map { Colour(hex: $0).reduced(to: .c256) }
  // The grey ramp alone, with black and white from the cube: its steps are finer than the cube's.
  private static let grey256: [Colour] = (0..<levels).map {
    let step = Int((Double($0) * 25 / Double(levels - 1)).rounded())
    return .indexed(step == 0 ? 16 : step == 25 ? 231 : UInt8(231 + step))
  }

  /// The published 256 steps at every 255/63th.
  private static let viridisTable: [UInt32] = [
    0x440154, 0x46075A, 0x470D60, 0x471365, 0x48186A, 0x481D6F, 0x482374, 0x482878, 0x472D7B,
    0x46327E, 0x453781, 0x433D84, 0x424186, 0x404688, 0x3E4A89, 0x3C4F8A, 0x3A538B, 0x38588C,
    0x365C8D, 0x34608D, 0x32648E, 0x31688E, 0x2F6C8E, 0x2D708E, 0x2C738E, 0x2A778E, 0x297B8E,
    0x277F8E, 0x26828E, 0x24868E, 0x238A8D, 0x218E8D, 0x20928C, 0x1F968B, 0x1F9A8A, 0x1F9E89,
    0x1FA187, 0x21A585, 0x23A983, 0x26AD81, 0x2AB07F, 0x2FB47C, 0x35B779, 0x3BBB75, 0x42BE71,
    0x4AC16D, 0x52C569, 0x5AC864, 0x63CB5F, 0x6CCD5A, 0x75D054, 0x7FD34E, 0x89D548, 0x95D840,
    0xA0DA39, 0xAADC32, 0xB5DE2B, 0xC0DF25, 0xCAE11F, 0xD5E21A, 0xDFE318, 0xEAE51A, 0xF4E61E,
    0xFDE725,
  ]

  private static let cividisTable: [UInt32] = [
    0x00224E, 0x002554, 0x00285B, 0x002B62, 0x002E6A, 0x003070, 0x053371, 0x123570, 0x1A386F,
    0x213B6E, 0x273E6E, 0x2E416D, 0x33446D, 0x38476C, 0x3C4A6C, 0x404C6C, 0x444F6C, 0x48526C,
    0x4C556C, 0x50576C, 0x545A6D, 0x575D6D, 0x5B606E, 0x5E636F, 0x62656F, 0x656870, 0x696B71,
    0x6C6E72, 0x707173, 0x737475, 0x777776, 0x7A7A78, 0x7E7D78, 0x828079, 0x868379, 0x8A8678,
    0x8E8978, 0x928C78, 0x958F77, 0x999277, 0x9D9576, 0xA19975, 0xA59C74, 0xA99F73, 0xADA272,
    0xB1A570, 0xB6A96F, 0xBAAC6D, 0xBEAF6B, 0xC2B369, 0xC6B667, 0xCBB965, 0xCFBD62, 0xD4C15F,
    0xD9C55C, 0xDDC858, 0xE1CC55, 0xE6D051, 0xEAD34C, 0xEFD748, 0xF3DB42, 0xF8DF3C, 0xFDE334,
    0xFEE838,
  ]
}
