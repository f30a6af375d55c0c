import CryoEM
import Ground

extension Simulation {
  /// The true density of one body at rest, in the frame of the poses.
  public func map(of body: Phantom) -> Volume {
    body.map(size: settings.boxSize, pixelSize: settings.pixelSize)
  }

  /// What a consensus refinement sees: the object blurred by the starting poses' errors and the small
  /// bodies by their motions too.
  ///
  /// A blob at r from the hinge moves by about angle · r across its direction; the blur is taken to
  /// be round, with the variance per axis that the motion has on average.
  public var consensusMap: Volume {
    let (angle, shift) = (settings.motionAngle, settings.motionShift)
    func blur(_ angle: Double, _ offset: Vector3, _ shiftVariance: Double) -> Double {
      // Rotation vectors with variance angle²/3 per axis move a point at r by 2·r²·angle²/3 in all.
      2 * (offset * offset).sum() * angle * angle / 9 + shiftVariance
    }
    let errors = { (point: Vector3) in
      blur(settings.errorAngle, point, settings.errorShift * settings.errorShift / 2)
    }
    let arms = phantom.arms.enumerated().map { index, arm in
      let belt = index == 0 ? belt?.mean(seed: settings.seed) : nil
      return (belt.map { arm.body + $0 } ?? arm.body).blurred {
        blur(angle, $0 - arm.hinge, shift * shift / 3) + errors($0)
      }
    }
    return map(of: arms.reduce(phantom.large.blurred(byVariance: errors), +))
  }

  /// The half-maps of the consensus refinement: its map with independent white noise, so strong that
  /// their FSC falls below 0.143 at about `resolution` (Å).
  public func consensusHalfMaps(resolution: Double) -> [Volume] {
    let map = consensusMap
    let spectrum = map.spectrum
    let extent = map.edge
    let shell = min(max(Int((extent / resolution).rounded()), 1), spectrum.shellCount - 1)
    // FSC = S/(S + N) = 1/7 where the noise has six times the signal's power; the power of white
    // noise is its variance times the number of voxels.
    let power = 6 * spectrum.shellPower[shell]
    let deviation = (power / Double(map.voxels.count)).squareRoot()
    return (0..<2).map { half in
      var generator = SeededGenerator(seed: settings.seed, stream: .max - 1 - UInt64(half))
      return map.map { $0 + Float(deviation * generator.normal()) }
    }
  }

  /// A soft mask of the small body and its belt.
  public var smallMask: Volume {
    let mask = mask(of: phantom.small)
    guard let belt else { return mask }
    return mask.combined(with: self.mask(of: belt.mean(seed: settings.seed))) { max($0, $1) }
  }

  /// A soft mask of a body.
  ///
  /// - Parameters:
  ///   - near: distance from the body up to which the mask is 1, Å.
  ///   - far: distance from which it is 0, Å.
  public func mask(of body: Phantom, near: Double = 6, far: Double = 24) -> Volume {
    let smooth = map(of: body.blurred { _ in 36 })
    return smooth.softMask(threshold: 0.15 * smooth.maximum, near: near, far: far)
  }
}
