import Ground

/// Numbers as the screens write them.
enum Numbers {
  /// A number in few digits: 20, 2.5, 0.125.
  static func short(_ value: Double) -> String { Format.short(value) }

  /// A position in voxels: 31,29,47.5.
  static func voxels(_ position: SIMD3<Double>) -> String {
    (0..<3).map { short((position[$0] * 10).rounded() / 10) }.joined(separator: ",")
  }

  /// A resolution without its unit; a dash for none.
  static func resolution(_ angstroms: Double) -> String {
    angstroms.isFinite && angstroms > 0 ? Format.fixed(angstroms, 2) : "–"
  }
}
