import CryoEM
import Glibc
import Ground

/// What is made of final half-maps: the curves, the B factor, the sharpened map, the resolution of each
/// voxel. One way for the half-maps of a refinement's last pass and for those that come from elsewhere.
public struct FinalMeasures: Sendable {
  /// The curves, with the Guinier plot of the mean.
  public let measurement: HalfMapMeasurement
  /// The B factor of the sharpened map, Å².
  public let bFactor: Double
  /// The line of which it comes, where it could be fitted.
  public let guinier: GuinierFit?
  private let halves: [Volume]
  private let mask: Volume
  private let settings: RefinementSettings

  /// Measures unfiltered half-maps.
  ///
  /// - Parameters:
  ///   - mask: of the curves and of the local resolution, in the half-maps' box.
  ///   - settings: of which the seed, the threads, the B factor and the non-uniform filter count.
  ///   - progress: told when the curves are there.
  public init(
    halfA: Volume, halfB: Volume, mask: Volume, settings: RefinementSettings,
    progress: () -> Void = {}
  ) {
    (halves, self.mask, self.settings) = ([halfA, halfB], mask, settings)
    measurement = HalfMapMeasurement(halfA: halfA, halfB: halfB, mask: mask, settings: settings)
    progress()
    let sharpened = SharpenedMap(
      map: halfA.combined(with: halfB) { 0.5 * ($0 + $1) }, curve: measurement.corrected,
      resolution: measurement.fsc.resolution143,
      bFactor: settings.sharpenBFactor)
    (bFactor, guinier) = (sharpened.bFactor, sharpened.guinier)
  }

  /// The mean of the half-maps.
  public var mean: Volume { halves[0].combined(with: halves[1]) { 0.5 * ($0 + $1) } }

  /// The curves.
  public var fsc: FSCReport { measurement.fsc }

  /// The mean weighted by shell with 2 FSC/(1 + FSC), the Wiener filter of the whole data (Rosenthal &
  /// Henderson, J. Mol. Biol. 333, 721, 2003). The last pass of a refinement, which has its sums, weights
  /// by voxel instead.
  public var filteredMean: Volume {
    mean.filtered(
      byShells: fsc.corrected.enumerated().map { shell, value in
        let bounded = min(max(shell < 2 ? 1 : value, 1e-3), 0.999)
        return 2 * bounded / (1 + bounded)
      })
  }

  /// A map that is weighted by the FSC already, with the B factor and cut at the resolution.
  public func sharpened(_ map: Volume) -> Volume {
    let ones = RadialCurve(fsc.corrected.map { _ in 1 }, edge: map.edge)
    return SharpenedMap(
      map: map, curve: ones, resolution: fsc.resolution143, bFactor: bFactor
    ).map
  }

  /// How evenly the directions are resolved inside the mask.
  public var cones: ConeStatistics {
    ConicalFSC(
      halfA: halves[0], halfB: halves[1], mask: mask,
      scheduler: scheduler(threads: settings.threads)
    ).statistics
  }

  /// The resolution of each voxel of the mask, Å; outside it the coarsest one that is told apart.
  public func localResolution() -> Volume {
    LocalResolution(mask: mask, settings: settings).map(
      halves: halves, mask: mask, resolution: fsc.resolution143)
  }

  /// The mean inside the mask with the B factor, each voxel low-passed to its own resolution.
  ///
  /// - Parameter resolutions: what `localResolution` gave.
  public func locallyFiltered(by resolutions: Volume) -> Volume {
    let mean = mean
    let extent = mean.edge
    let finest = Double(resolutions.voxels.min() ?? 1)
    let last = min(mean.size / 2 - 1, Int((1.2 * extent / finest).rounded(.up)))
    // Beyond what any voxel keeps the B factor would only make large numbers.
    let sharp = mean.filtered(byShell: { shell in
      let k = min(shell, Double(last)) / extent
      return exp(-bFactor * k * k / 4)
    })
    return LocalResolution(mask: mask, settings: settings)
      .filtered(sharp, by: resolutions, mask: mask)
  }
}
