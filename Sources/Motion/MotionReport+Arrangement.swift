import CryoEM
import Ground

extension MotionReport {
  /// Where each region is at an amplitude along a mode, in the frame of the first, seen from where it is on
  /// average: the new frame in which the region's map, as refined, is to be read.
  ///
  /// A region's part in a mode is a screw: a turn about the axis through its hinge, and a slide along it.
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
      let angle = amplitude * radians(part.rotation.value)
      return MotionAnalysis.frame(
        rotation: axis * angle,
        translation: part.rotation.value > 0
          ? axis * (amplitude * part.slide) : translation * amplitude,
        fulcrum: hinge)
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
