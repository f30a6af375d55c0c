import EMFiles

extension MaskReport {
  /// What hinders the use of the mask, and the advice of the field about it: one list for whoever
  /// checks a mask or shows it.
  ///
  /// - Parameters:
  ///   - resolution: that is expected, Å; nil where it is unknown, which is taken for Nyquist.
  ///   - pixelSize: of the mask, Å.
  /// - Returns: errors and warnings that begin with "the mask …".
  public func advice(resolution: Double?, pixelSize: Double) -> [Problem] {
    var list: [Problem] = []
    func add(_ what: String, _ whatToDo: String, _ severity: Problem.Severity) {
      list.append(Problem(what, whatToDo: whatToDo, severity: severity))
    }
    if hasInvalidValues {
      add("the mask has values that are not numbers", "Make it anew.", .error)
    }
    if hasNegativeValues || exceedsOne {
      add(
        "the mask has values from \(Self.short(Double(minimum))) to \(Self.short(Double(maximum)))",
        "A mask goes from 0 (outside) to 1 (inside): make one of this map (relion_mask_create).",
        .error)
    } else if isEmpty {
      add(
        "the mask is empty: no voxel reaches 0.5", "Give a mask that is 1 inside the region.",
        .error)
    }
    guard list.isEmpty else { return list }
    let expected = resolution.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } ?? 2 * pixelSize
    let advised = Self.advisedSoftness(resolution: expected, pixelSize: pixelSize)
    if isBinary {
      add(
        "the mask is binary, it has no soft edge",
        "Give it a soft edge of about \(Int(advised.rounded(.up))) voxels (relion_mask_create "
          + "--width_soft_edge): a hard one over-fits.", .warning)
    } else if softness < 0.9 * advised {
      add(
        "the mask's soft edge is \(Self.short(softness)) voxels wide",
        "Advised are \(Int(advised.rounded(.up))) or more: five times the resolution of "
          + "\(Self.short(expected)) Å.", .warning)
    }
    if enclosedMass < Self.advisedMass {
      add(
        "the mask encloses about \(Int(enclosedMass.rounded())) kDa",
        "Under \(Int(Self.advisedMass)) kDa poses are hard to find: use the prior, and look for "
          + "streaks and shells in the map.", .warning)
    }
    if touchesSphere {
      add(
        "the mask reaches the edge of the sphere in the box",
        "Density there is outside the images at some orientations: use a larger box.", .warning)
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
