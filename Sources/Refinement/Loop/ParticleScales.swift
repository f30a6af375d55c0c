import Particles

/// A scale for each particle: how much of the reference its image holds, relative to its half-set.
///
/// The likelihood of an image is s · X − ½ s² · W at a pose, with X = Re Σ conj(P) z and W = Σ w |P|²
/// of the reference on its half-set's grey scale, and has its maximum at s = X / W. Prior and position
/// do not come into it.
struct ParticleScales: Sendable {
  /// The half-set of each particle.
  let halfSets: [HalfSet]

  /// What a scale may be against the mean: beyond, it is the image's noise that is fitted.
  static let range = 0.2...3.0

  /// The scale at the maximum of the likelihood, without bounds; 1 where the reference is empty.
  ///
  /// - Parameters:
  ///   - cross: X of the reference as it is.
  ///   - power: W of it.
  ///   - greyscale: of the reference in the images of the half-set.
  static func scale(cross: Double, power: Double, greyscale: Double) -> Float {
    let denominator = greyscale * power
    guard denominator > 0, cross.isFinite, denominator.isFinite else { return 1 }
    return Float(cross / denominator)
  }

  /// The scales within the range and with a mean of 1 over the particles of each half: what they have
  /// in common is the grey scale of the reference, and says nothing of single particles.
  ///
  /// - Parameter used: the particles that count, by index; the others keep what they have.
  func normalised(_ scales: [Float], used: [Int]) -> [Float] {
    var result = scales
    divideByMeans(&result, used: used)
    let bounds = Float(Self.range.lowerBound)...Float(Self.range.upperBound)
    for particle in used {
      result[particle] = min(max(result[particle], bounds.lowerBound), bounds.upperBound)
    }
    divideByMeans(&result, used: used)
    return result
  }

  private func divideByMeans(_ scales: inout [Float], used: [Int]) {
    var sums = [0.0, 0.0]
    var counts = [0.0, 0.0]
    for block in ParticleBlocks.grouped(used) {
      var part = [0.0, 0.0]
      for particle in block {
        part[halfSets[particle].rawValue] += Double(scales[particle])
        counts[halfSets[particle].rawValue] += 1
      }
      for half in 0..<2 { sums[half] += part[half] }
    }
    for particle in used {
      let half = halfSets[particle].rawValue
      if sums[half] > 0 { scales[particle] *= Float(counts[half] / sums[half]) }
    }
  }
}
