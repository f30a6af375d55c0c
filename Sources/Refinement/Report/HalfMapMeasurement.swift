import CryoEM
import Glibc
import Ground

/// What two half-maps in the images' box say of their resolution: the one measurement of the input and
/// of the result, so that the two compare. The half-maps of iterations are measured alike, inside the
/// same mask, on smaller cubes.
///
/// The resolution is where the FSC inside the mask of the job, corrected for the mask by random phases,
/// falls under 0.143.
public struct HalfMapMeasurement: Sendable {
  /// The curves, in shells of the box: without a mask, in the sphere, in the mask grown to 25/40 Å, and in
  /// the mask as it is.
  public let fsc: FSCReport
  /// ln of the mean squared amplitude of the masked mean map per shell.
  let guinier: RadialCurve
  /// Voxels along the box's edge, and their size, Å.
  let size: Int
  let pixelSize: Double

  /// The corrected curve with its axis.
  var corrected: RadialCurve { RadialCurve(fsc.corrected, edge: guinier.edge) }

  /// - Parameter mask: of the job, in the half-maps' box.
  public init(halfA: Volume, halfB: Volume, mask: Volume, settings: RefinementSettings) {
    (size, pixelSize) = (halfA.size, halfA.pixelSize)
    let measurement = FSCMeasurement(
      halfA: halfA, halfB: halfB, mask: mask, tight: mask, seed: settings.randomSeed &+ 1,
      scheduler: scheduler(threads: settings.threads))
    fsc = measurement.report
    let mean = halfA.combined(with: halfB) { 0.5 * ($0 + $1) }
    guinier = RadialCurve(
      (mean * mask).spectrum.shellPower.prefix(fsc.corrected.count).map {
        $0 > 0 ? log($0) : -50
      }, edge: halfA.edge)
  }
}

extension RefinementInput {
  /// The measurement of the input's half-maps; nil where there are none.
  func measuredHalfMaps() -> HalfMapMeasurement? {
    halfMaps.map {
      HalfMapMeasurement(halfA: $0.a, halfB: $0.b, mask: mask, settings: settings)
    }
  }
}
