import CryoEM
import FoundationEssentials
@testable import Refinement
import Testing

/// A folder that is gone when the test is.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/fulcrum-runs-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: self(name), atomically: false, encoding: .utf8)
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: self(name), encoding: .utf8)
  }

  func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: self(folder))) ?? []).sorted()
  }
}

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
