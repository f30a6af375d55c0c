import CryoEM
import Glibc
import Ground
import Refinement

/// How regions move against the first of them: what is reported, where each particle is along the
/// modes, and where the regions are at any place of a mode.
public struct MotionAnalysis: Sendable {
  public let report: MotionReport
  public let regions: [MovingRegion]
  /// Amplitude of each particle along each claimed mode, standard deviations of the motion: what its
  /// image and the motion say together, and how sure that is. 0 ± 1 where the image says nothing.
  public let amplitudes: [[Double]]
  public let deviations: [[Double]]
  /// The motion's mean, and its modes.
  let mean: [Double]
  let modes: MotionModes

  /// Particles from which the motion is learnt, at most; all of them are told of it.
  static let sampleSize = 5000
  /// Parts of the particles that are left out in turn to see how far the result may be trusted.
  static let leftOut = 10
  /// Fewer say nothing of a motion.
  public static let fewest = 20

  /// Learns the motion.
  ///
  /// - Parameters:
  ///   - regions: two or more, with the same particles in the same order.
  ///   - box, pixelSize: of the maps.
  /// - Throws: `Problem` where too few images say anything.
  public init(
    _ regions: [MovingRegion], box: Int, pixelSize: Double, threads: Int,
    progress: (String, Double) -> Void = { _, _ in }
  ) throws(Problem) {
    precondition(regions.count >= 2, "there is a motion between two regions, or more")
    let count = regions[0].poses.count
    precondition(regions.allSatisfy { $0.poses.count == count }, "the regions share particles")
    self.regions = regions
    progress("what the images say", 0)
    let step = max(1, (count + Self.sampleSize - 1) / Self.sampleSize)
    let sample = Array(stride(from: 0, to: count, by: step))
    let observed = Self.evidence(regions, of: sample, threads: threads)
    guard observed.said.count >= Self.fewest else {
      throw Problem(
        "only \(Format.counted(observed.said.count, "particle")) have a pose in every region",
        whatToDo: "Give finished runs of one set, of \(Self.fewest) particles or more.")
    }
    let learning = JointLearning(observed: observed.said, threads: threads)
    progress("learning the motion", 0.1)
    let size = 6 * (regions.count - 1)
    let learnt = learning.learnt(from: JointMotion(found: observed.found, size: size))
    mean = learnt.motion.mean
    let modes = MotionModes(learnt.motion.covariance, regions: regions)
    self.modes = modes
    let gains = Self.gains(learning, learnt.motion, modes)
    let leastGain = Double(size) * log(Double(observed.said.count))
    let errors = ModeErrors(
      (0..<Self.leftOut).map { part in
        progress("errors", 0.5 + 0.4 * Double(part) / Double(Self.leftOut))
        let again = learning.learnt(from: learnt.motion, cycles: 25) {
          $0 % Self.leftOut == part
        }
        return MotionModes(again.motion.covariance, regions: regions).like(modes)
      }, of: modes)
    progress("where the particles are", 0.9)
    let claimed = gains.prefix { $0 > leastGain }.count
    (amplitudes, deviations) = Self.places(
      regions, mean: mean, modes: modes, count: claimed, threads: threads)
    let amplitudes = amplitudes
    report = MotionReport(
      regions: regions.map(\.name), particles: count, learntFrom: observed.said.count,
      told: learnt.told, outliers: learnt.motion.outliers,
      modes: modes.squares.indices.map { mode in
        MotionReport.Mode(
          share: errors.measured { $0.share(mode) },
          displacement: errors.measured { $0.squares[mode].squareRoot() },
          gain: gains[mode], leastGain: leastGain, isClaimed: mode < claimed,
          parts: regions.indices.dropFirst().map {
            errors.part(mode, region: $0, regions[$0], box: box, pixelSize: pixelSize)
          },
          histogram: mode < claimed ? Self.histogram(amplitudes[mode]) : [])
      },
      motions: Self.motions(
        learnt.motion, told: learnt.told, of: regions, box: box, pixelSize: pixelSize),
      means: Self.means(learnt.motion.mean, of: regions))
  }

  /// Where each region is at an amplitude along a mode, in the frame of the first: the new frame in
  /// which the region's map, as refined, is to be read.
  ///
  /// - Parameter mode: from 0.
  public func arrangement(mode: Int, amplitude: Double) -> [FrameChange] {
    regions.indices.map { index in
      guard index > 0 else { return FrameChange() }
      let first = 6 * (index - 1)
      let x = (0..<6).map { mean[first + $0] + amplitude * modes.columns[first + $0, mode] }
      return Self.frame(
        rotation: Vector3(x[0], x[1], x[2]), translation: Vector3(x[3], x[4], x[5]),
        fulcrum: regions[index].fulcrum)
    }
  }

  /// How each region but the first moves by itself.
  private static func motions(
    _ motion: JointMotion, told: Double, of regions: [MovingRegion], box: Int, pixelSize: Double
  ) -> [MotionReport.Region] {
    regions.indices.dropFirst().compactMap { index in
      let first = 6 * (index - 1)
      return BodyMotion(
        covariance: motion.covariance.block(first, first, rows: 6, columns: 6).elements,
        particles: told, outliers: motion.outliers, fulcrum: regions[index].fulcrum, box: box,
        pixelSize: pixelSize
      ).map { MotionReport.Region(name: regions[index].name, motion: $0) }
    }
  }

  /// The mean motion of each region but the first.
  private static func means(
    _ mean: [Double], of regions: [MovingRegion]
  ) -> [MotionReport.Mean] {
    regions.indices.dropFirst().map { index in
      let x = mean[6 * (index - 1)..<6 * index].map { $0 }
      let place = regions[index].fulcrum
      return MotionReport.Mean(
        region: regions[index].name, rotation: x.prefix(3).map(degrees),
        translation: Array(x.suffix(3)), fulcrum: [place.x, place.y, place.z])
    }
  }

  /// Of p → exp(w)(p − f) + f + d.
  static func frame(rotation: Vector3, translation: Vector3, fulcrum: Vector3) -> FrameChange {
    let turn = Rotation(rotationVector: rotation)
    return FrameChange(
      rotation: turn,
      centre: fulcrum - turn.transposed.applied(to: fulcrum + translation))
  }

  /// What the images of some particles say, without those that say nothing, and the motions found.
  private static func evidence(
    _ regions: [MovingRegion], of particles: [Int], threads: Int
  ) -> (said: [MotionEvidence], found: [[Double]]) {
    let blocks = (particles.count + block - 1) / block
    let parts = Collected<[(MotionEvidence, [Double])]>(count: blocks)
    parallelFor(count: blocks, chunk: 1, threads: threads) { range, _ in
      for index in range {
        let members = particles[index * block..<min(particles.count, (index + 1) * block)]
        parts[index] = members.compactMap { particle in
          guard
            regions.allSatisfy({ !$0.evidence[particle].isNothing }),
            let said = MotionEvidence(regions, particle: particle)
          else { return nil }
          let found = regions.dropFirst().flatMap {
            RelativeView(
              of: $0, against: regions[0].poses[particle], regions[0].fulcrum, particle: particle
            ).found
          }
          return (said, found)
        }
      }
    }
    let all = ((try? parts.values()) ?? []).flatMap { $0 }
    return (all.map(\.0), all.map(\.1))
  }

  private static let block = 64

  /// Twice the gain in log likelihood by each mode.
  private static func gains(
    _ learning: JointLearning, _ motion: JointMotion, _ modes: MotionModes
  ) -> [Double] {
    let whole = learning.evidence(mean: motion.mean, factor: modes.columns, outliers: motion)
    return (0..<modes.count).map { mode in
      2
        * (whole
          - learning.evidence(
            mean: motion.mean, factor: modes.columns(without: mode), outliers: motion))
    }
  }

  /// Amplitudes of all particles along the first modes, with their deviations.
  private static func places(
    _ regions: [MovingRegion], mean: [Double], modes: MotionModes, count: Int, threads: Int
  ) -> (amplitudes: [[Double]], deviations: [[Double]]) {
    let total = regions[0].poses.count
    let motion = Whitened(mean: mean, factor: modes.columns)
    let blocks = (total + block - 1) / block
    let parts = Collected<[[(Double, Double)]]>(count: blocks)
    parallelFor(count: blocks, chunk: 1, threads: threads) { range, _ in
      for index in range {
        var meeting = Whitened.Meeting(size: modes.count)
        var block: [[(Double, Double)]] = []
        for particle in index * Self.block..<min(total, (index + 1) * Self.block) {
          guard let said = MotionEvidence(regions, particle: particle),
            meeting.evidence(said, motion) != nil
          else {
            block.append((0..<count).map { _ in (0, 1) })
            continue
          }
          meeting.spread()
          block.append(
            (0..<count).map {
              (meeting.mean[$0], max(meeting.covariance[$0 * modes.count + $0], 0).squareRoot())
            })
        }
        parts[index] = block
      }
    }
    let all = ((try? parts.values()) ?? []).flatMap { $0 }
    return (
      (0..<count).map { mode in all.map { $0[mode].0 } },
      (0..<count).map { mode in all.map { $0[mode].1 } }
    )
  }

  private static func histogram(_ amplitudes: [Double]) -> [Int] {
    let (range, bins) = (MotionReport.histogramRange, MotionReport.histogramBins)
    var counts = [Int](repeating: 0, count: bins)
    for amplitude in amplitudes where range.contains(amplitude) {
      let place = (amplitude - range.lowerBound) / (range.upperBound - range.lowerBound)
      counts[min(Int(place * Double(bins)), bins - 1)] += 1
    }
    return counts
  }
}

/// Errors by leaving out parts of the particles in turn (the delete-a-group jackknife; Kott, 2001).
struct ModeErrors: Sendable {
  private let replicas: [MotionModes]
  private let modes: MotionModes

  init(_ replicas: [MotionModes], of modes: MotionModes) {
    (self.replicas, self.modes) = (replicas, modes)
  }

  func measured(_ value: (MotionModes) -> Double) -> BodyMotion.Measured {
    let middle = value(modes)
    return BodyMotion.Measured(
      value: middle, error: spread { (value($0) - middle) * (value($0) - middle) })
  }

  /// The error of which each replica says how far off it is, squared.
  private func spread(_ square: (MotionModes) -> Double) -> Double {
    let count = Double(max(replicas.count, 1))
    return ((count - 1) / count * replicas.reduce(0) { $0 + square($1) }).squareRoot()
  }

  func part(
    _ mode: Int, region index: Int, _ region: MovingRegion, box: Int, pixelSize: Double
  ) -> MotionReport.Part {
    func part(_ modes: MotionModes) -> ModePart {
      ModePart(modes, mode: mode, region: index, region)
    }
    let middle = part(modes)
    let hinge = (0..<3).map { axis in measured { part($0).hinge[axis] } }
    let axisError = spread { replica in
      let angle = acos(min(abs((part(replica).axis * middle.axis).sum()), 1))
      return angle * angle
    }
    return MotionReport.Part(
      region: region.name, rotation: measured { degrees(part($0).angle) },
      axis: [middle.axis.x, middle.axis.y, middle.axis.z], axisError: min(degrees(axisError), 90),
      translation: [middle.translation.x, middle.translation.y, middle.translation.z],
      displacement: middle.displacement, hinge: hinge,
      hingeVoxel: hinge.map { Double(box / 2) + $0.value / pixelSize }, slide: middle.slide)
  }
}
