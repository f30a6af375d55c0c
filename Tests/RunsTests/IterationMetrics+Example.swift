import CryoEM

@testable import Refinement

extension IterationMetrics {
  /// Metrics that differ from iteration to iteration, an infinite resolution in iteration 1.
  static func example(_ iteration: Int) -> IterationMetrics {
    let histogram = Histogram(
      lower: 0, upper: 20, counts: [3, 4, iteration], median: 2.25, percentile95: 9, mean: 2.5)
    return IterationMetrics(
      iteration: iteration, boxSize: 64, pixelSize: 2.5, bandShell: 10,
      fsc: FSCReport(
        noMask: [1, 0.9], corrected: [1, 0.8, 0.1],
        resolution143: iteration == 1 ? .infinity : 20 - Double(iteration)),
      rotationFromStart: histogram, rotationFromPrevious: histogram, shiftFromStart: histogram,
      shiftFromPrevious: histogram, shareAtLimit: 0.004, posteriorRotation: 1,
      posteriorShift: 0.5, driftRotation: [0, 0], driftShift: [0, 0], greyscale: [1, 1],
      orientationAzimuths: 1, orientationCounts: [7], noise: [[1, 2], [1, 2]], guinier: [1],
      scale: histogram, effectiveSampleSize: histogram, scoreGain: histogram,
      evaluationsPerParticle: 6, particles: 7, skipped: 0, seconds: ["search": 1.5],
      cpuSeconds: 3)
  }
}
