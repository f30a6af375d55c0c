import CryoEM
import Ground

extension MotionReport {
  /// Where each region is at an amplitude along a mode, in the frame of the first: the new frame in which the
  /// region's map, as refined, is to be read. As `MotionAnalysis.arrangement` has it: the mean motion, and
  /// the mode's on top.
  ///
  /// A region's part in a mode is a screw, a turn ω about the axis through its hinge h and a slide along it,
  /// which moves the fulcrum f by slide + ω × (f − h). Reports of earlier versions tell no mean: of those the
  /// region is seen from where it is on average.
  ///
  /// - Parameters:
  ///   - mode: from 0.
  ///   - amplitude: standard deviations.
  public func arrangement(mode: Int, amplitude: Double) -> [FrameChange] {
    regions.map { name in
      guard modes.indices.contains(mode),
        let part = modes[mode].parts.first(where: { $0.region == name }),
        let axis = Self.vector(part.axis), let hinge = Self.vector(part.hinge.map(\.value)),
        let translation = Self.vector(part.translation)
      else { return FrameChange() }
      let turn = axis * (amplitude * radians(part.rotation.value))
      let slide =
        part.rotation.value > 0 ? axis * (amplitude * part.slide) : translation * amplitude
      guard let mean = means?.first(where: { $0.region == name }),
        let rotation = Self.vector(mean.rotation), let shift = Self.vector(mean.translation),
        let fulcrum = Self.vector(mean.fulcrum)
      else {
        return MotionAnalysis.frame(rotation: turn, translation: slide, fulcrum: hinge)
      }
      return MotionAnalysis.frame(
        rotation: rotation * radians(1) + turn,
        translation: shift + slide + cross(turn, fulcrum - hinge), fulcrum: fulcrum)
    }
  }

  private static func vector(_ values: [Double]) -> Vector3? {
    values.count == 3 ? Vector3(values[0], values[1], values[2]) : nil
  }

  /// About how many particles have an amplitude between two along a mode, by its histogram.
  public func count(mode: Int, from lower: Double, to upper: Double) -> Int {
    guard modes.indices.contains(mode) else { return 0 }
    let (range, histogram) = (Self.histogramRange, modes[mode].histogram)
    let width = (range.upperBound - range.lowerBound) / Double(max(1, histogram.count))
    var sum = 0.0
    for (bin, particles) in histogram.enumerated() {
      let start = range.lowerBound + Double(bin) * width
      let share = (min(start + width, upper) - max(start, lower)) / width
      sum += Double(particles) * min(max(share, 0), 1)
    }
    return Int(sum.rounded())
  }
}
