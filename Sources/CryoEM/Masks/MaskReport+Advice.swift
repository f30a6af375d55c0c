import Ground

extension MaskReport {
  /// The advice of the field about a mask that can be used: one list for whoever checks a mask or shows
  /// it.
  ///
  /// - Parameters:
  ///   - resolution: that is expected, Å; nil where it is unknown, which is taken for Nyquist.
  ///   - pixelSize: of the mask, Å.
  /// - Returns: warnings that begin with "the mask …".
  public func advice(resolution: Double?, pixelSize: Double) -> [Problem] {
    var list: [Problem] = []
    func add(_ what: String, _ whatToDo: String) {
      list.append(Problem(what, whatToDo: whatToDo, severity: .warning))
    }
    let expected = resolution.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } ?? 2 * pixelSize
    let advised = Self.advisedSoftness(resolution: expected, pixelSize: pixelSize)
    if isBinary {
      add(
        "the mask is binary, it has no soft edge",
        "Give it a soft edge of about \(Int(advised.rounded(.up))) voxels (fulcrum mask MASK -o NEW "
          + "--edge \(Self.short(advised * pixelSize))): a hard one over-fits.")
    } else if softness < 0.9 * advised {
      add(
        "the mask's soft edge is \(Self.short(softness)) voxels wide",
        "Advised are \(Int(advised.rounded(.up))) or more: five times the resolution of "
          + "\(Self.short(expected)) Å.")
    }
    if enclosedMass < Self.advisedMass {
      add(
        "the mask encloses about \(Int(enclosedMass.rounded())) kDa",
        "Under \(Int(Self.advisedMass)) kDa poses are hard to find: use the prior, and look for "
          + "streaks and shells in the map.")
    }
    if touchesSphere {
      add(
        "the mask reaches the edge of the sphere in the box",
        "Density there is outside the images at some orientations: use a larger box.")
    }
    return list
  }

  /// Size, mass and edge in a line.
  public var summary: String {
    "\(Int(diameter.rounded())) Å across, about \(Int(enclosedMass.rounded())) kDa, edge "
      + "\(Self.short(softness)) voxels"
  }

  /// Two decimals at most, without zeros at the end.
  private static func short(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
