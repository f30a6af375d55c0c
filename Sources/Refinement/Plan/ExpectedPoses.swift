import CryoEM
import Fourier
import Glibc
import Ground

/// How well one image alone can know a particle's pose: what its half-maps say before any image is read.
///
/// A Fourier voxel of a half-map of n particles in shell s averages n / 2s of their pixels, so that a
/// pixel's own signal-to-noise ratio inside a mask that holds the share f of the box is
/// q = FSC / (1 − FSC) · f · 2s / n. With weights that give the slices of the masked map this ratio,
/// shell by shell, the Fisher information of the five parameters is what a search of the map itself
/// would find in noise-free images, for the map's own shape: a round body says little of its rotation,
/// and what shifts and rotations explain alike is nobody's. The log likelihood of the true pose against
/// none is Σ πs q.
/// The reference is a half-map with noise of its own, of which the share FSC is signal: it takes as much of
/// the information.
public struct ExpectedPoses: Sendable, Equatable {
  /// Standard deviation of a rotation about an axis, radians, and of a shift along an axis, Å.
  public var rotation: Double
  public var shift: Double
  /// Expected log likelihood ratio of the true pose over an empty image.
  public var logLikelihood: Double

  /// Nil where the half-maps show nothing inside the mask.
  ///
  /// - Parameters:
  ///   - geometry: the boxes of the refinement.
  ///   - isBlurred: whether the half-maps blur what will be refined, as those of a consensus do where
  ///     motion is expected.
  public init?(
    halfMaps: (a: Volume, b: Volume), mask: Volume, particles: Int, geometry: Geometry,
    isBlurred: Bool
  ) {
    guard particles > 1 else { return nil }
    let fsc = fourierShellCorrelation(halfMaps.a, halfMaps.b, mask: mask)
    let share =
      mask.voxels.reduce(0.0) { $0 + Double($1 * $1) } / Double(mask.voxels.count)
    var ratios = RadialCurve([0], edge: mask.edge)
    var reliabilities = ratios
    for shell in fsc.indices.dropFirst() {
      guard fsc[shell] > 0.143 else { break }
      let value = min(fsc[shell], 0.999)
      reliabilities.values.append(value)
      ratios.values.append(
        value / (1 - value) * share * 2 * Double(shell) / (0.5 * Double(particles)))
    }
    guard ratios.count > 1 else { return nil }
    logLikelihood = ratios.enumerated().reduce(0) { $0 + .pi * Double($1.offset) * $1.element }
    let band = geometry.shell(
      atResolution: ratios.resolution(ofShell: ratios.count - 1))
    guard
      let widths = Self.widths(
        maps: [halfMaps.a, halfMaps.b], mask: mask, geometry: geometry, band: band,
        ratio: { shell in
          let own = Double(shell * geometry.box) / Double(geometry.window)
          return ratios.value(nearest: own) * reliabilities.value(nearest: own)
        })
    else { return nil }
    let sharpening = isBlurred ? Self.sharpening : 1
    (rotation, shift) = (sharpening * widths.rotation, sharpening * widths.shift)
    // Wider than half a turn is nothing known.
    guard medianAngle < .pi else { return nil }
  }

  /// What became of the widths that blurred half-maps tell, when the blur was refined away; measured on
  /// three simulated sets, 0.60 to 0.72.
  private static let sharpening = 0.67

  /// Views in which the information is computed.
  private static let views = 24

  /// Medians over views of the deviations about and along an axis, of the inverse of the information.
  ///
  /// - Parameter ratio: signal over noise of a pixel of the box by the window's shell.
  private static func widths(
    maps: [Volume], mask: Volume, geometry: Geometry, band: Int, ratio: (Int) -> Double
  ) -> (rotation: Double, shift: Double)? {
    let reference = InitialReference(
      geometry: geometry, interpolation: .cubic,
      resolution: geometry.resolution(ofShell: band)
    ).references(
      maps: maps, mask: CentredMask(mask, geometry: geometry), boxMask: mask, folds: 1,
      band: band)[0]
    let points = SamplingPoints(window: geometry.window, maximumShell: band)
    let images = PackedImages(points: points, count: 1)
    let planes = images.planes(0)
    for index in 0..<points.count {
      (planes.real[index], planes.imaginary[index], planes.weight[index]) = (0, 0, 1)
    }
    let ones = points.factorsOfOne(upTo: band)
    var generator = SeededGenerator(seed: 1)
    let poses = (0..<views).map { _ in
      Alignment(rotation: .random(using: &generator), position: .zero)
    }
    func scorer() -> PoseScorer {
      PoseScorer(
        reference: reference, image: images.image(0), points: points, factor: ones,
        geometry: geometry, magnification: .identity,
        prior: PosePrior(
          centre: poses[0], fulcrum: .zero,
          rotationExtent: .pi, shiftExtent: .infinity), scale: 1)
    }
    var power = [Double](repeating: 0, count: band + 1)
    for pose in poses { add(scorer(), at: pose, band: band, points, to: &power) }
    let crop = Double(geometry.box * geometry.box) / Double(geometry.window * geometry.window)
    for index in 0..<points.count {
      let shell = Int(points.shells[index])
      let members = points.shellEnds[shell] - (shell > 0 ? points.shellEnds[shell - 1] : 0)
      let mean = power[shell] / Double(views * max(1, members))
      // Two real components a pixel.
      planes.weight[index] = mean > 0 ? Float(2 * ratio(shell) * crop / mean) : 0
    }
    var (rotations, shifts): ([Double], [Double]) = ([], [])
    var weighted = scorer()
    for pose in poses {
      guard let covariance = weighted.evaluate(pose, band: band).curvature.inverse else { continue }
      rotations.append(
        ((covariance[0, 0] + covariance[1, 1] + covariance[2, 2]) / 3).squareRoot())
      shifts.append(((covariance[3, 3] + covariance[4, 4]) / 2).squareRoot())
    }
    guard 2 * rotations.count > views else { return nil }
    return (rotations.sorted()[rotations.count / 2], shifts.sorted()[shifts.count / 2])
  }

  /// Adds the power of the reference's slice, shell by shell: what the weights make the signal of.
  private static func add(
    _ scorer: PoseScorer, at pose: Alignment, band: Int, _ points: SamplingPoints,
    to power: inout [Double]
  ) {
    let buffers = (
      FFTBuffer<Float>(count: points.paddedCount), FFTBuffer<Float>(count: points.paddedCount),
      FFTBuffer<Float>(count: points.paddedCount)
    )
    scorer.terms(pose, band: band, into: buffers)
    for index in 0..<points.count {
      power[Int(points.shells[index])] += Double(buffers.1[index])
    }
  }

  /// The median angle of rotations whose deviation about each of three axes is this, and the median
  /// distance of shifts along two: √ of the medians of χ² with three and two degrees of freedom.
  public var medianAngle: Double { 2.365974.squareRoot() * rotation }
  public var medianDistance: Double { 1.386294.squareRoot() * shift }

  /// ln of the number of distinguishable poses within extents, or within a prior where that is
  /// narrower: the volume over that of one posterior.
  public func logHypotheses(_ settings: RefinementSettings) -> Double {
    /// ln (volume of a ball of the radius in so many dimensions / volume of the posterior).
    func ratio(_ extent: Double, _ prior: Double?, _ width: Double, dimensions: Double) -> Double {
      guard extent > 0 else { return 0 }
      let gaussian = dimensions / 2 * log(2 * Double.pi)
      let ball = dimensions == 3 ? log(4 * Double.pi / 3) : log(Double.pi)
      let wide = ball + dimensions * log(extent)
      let soft = prior.map { gaussian + dimensions * log($0) } ?? .infinity
      return max(0, min(wide, soft) - gaussian - dimensions * log(width))
    }
    let isPriorOn = settings.priorEnabled
    return ratio(
      settings.rotationExtent, isPriorOn ? settings.priorRotation : nil, rotation, dimensions: 3)
      + ratio(settings.shiftExtent, isPriorOn ? settings.priorShift : nil, shift, dimensions: 2)
  }
}
