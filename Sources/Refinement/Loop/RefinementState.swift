import CryoEM
import Fourier
import Particles

/// What changes from iteration to iteration: a value that a checkpoint can hold.
struct RefinementState: Sendable, Codable {
  /// Number of iterations done.
  var iteration = 0
  /// Where each particle started, relative to its window.
  var start: [Alignment]
  /// Where each particle is.
  var poses: [Alignment]
  /// What is known of each pose.
  var posteriors: [PosePosterior]
  /// How the body of each half moves, where that is learnt; empty before.
  var motions: [MotionModel] = []
  /// Scale of each particle; 1 unless it is estimated.
  var scales: [Float]
  /// Noise relative to that of packing, per half-set and optics group, per shell of the window.
  var noiseFactors: [[Double]]
  /// How that depends on direction, per half-set and optics group; empty unless noise is coloured.
  var noiseDirections: [NoiseDirections] = []
  /// Grey scale of each half's reference in its images.
  var greyscale: [Double]
  /// Band of the next search, shell of the window, and the share with which its last shell counts.
  var band: Int
  var edge = 1.0
  /// What the height of the body does to its defocus, and how that is known.
  var bodyDefocus = BodyDefocusFinding()
  /// What the images say of each particle's own defocus; empty as long as that is not refined.
  var defocusChanges: [DefocusChange] = []
  /// The band at which they were last asked, shell of the window.
  var defocusBand = 0
  /// What of the density in the mask moves with the body.
  var movingShare = MovingShare.all
  /// Whether a map was fine enough for a dynamic mask: from then on every mask is made of the map.
  var isMaskDynamic = false

  /// The largest scale of a particle of a half-set.
  func largestScale(in half: HalfSet, _ halfSets: [HalfSet]) -> Double {
    zip(scales, halfSets).reduce(0) { $1.1 == half ? max($0, Double(abs($1.0))) : $0 }
  }

  /// Pixels' factors for each noise slot up to a band, whose last shell counts by a share.
  func factors(of points: SamplingPoints, band: Int, edge: Double = 1) -> [FFTBuffer<Float>] {
    noiseFactors.indices.map { slot in
      var perShell = noiseFactors[slot].map { $0 > 0 ? 1 / $0 : 0 }
      if edge < 1 { perShell[band] *= edge }
      guard slot < noiseDirections.count else {
        return points.factors(perShell: perShell, band: band)
      }
      return points.factors(perShell: perShell, directions: noiseDirections[slot], band: band)
    }
  }
}
