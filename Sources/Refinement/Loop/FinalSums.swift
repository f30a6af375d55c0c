import CryoEM
import Fourier

/// The sums of the final pass, and the maps that are made of them.
struct FinalSums: Sendable {
  let geometry: Geometry
  /// Completed accumulators of half a and half b, or, once the half-maps are made, those of both together.
  /// The density outside the mask is in them unless it is subtracted.
  private(set) var halves: [Accumulator]
  /// The last shell of the grid with real weight.
  let last: Int
  let threads: Int

  private var reconstruction: Reconstruction {
    Reconstruction(geometry: geometry, radius: halves[0].radius, size: geometry.period)
  }

  init(geometry: Geometry, halves: [Accumulator], last: Int, threads: Int) {
    (self.geometry, self.halves, self.last, self.threads) = (geometry, halves, last, threads)
  }

  /// The unfiltered half-maps in the input's box and frame. The halves' sums are one sum from then on: the
  /// half-maps are measured beside it, and two would be the most of the memory.
  mutating func takeHalfMaps() -> (a: Volume, b: Volume) {
    let volumes = halves.map { half in
      let means = reconstruction.shellMeans([half])
      return density(
        of: half, regularisation: Reconstruction.regularisation(means: means, last: last))
    }
    halves[0].add(halves[1])
    halves.removeLast()
    return (volumes[0], volumes[1])
  }

  /// The map of both halves together, filtered by the signal-to-noise ratio 2 FSC/(1 − FSC) of the whole
  /// data: by voxel, numerator / (denominator + 1/τ²), as far as 1/τ² is at most half the shell's mean
  /// weight, and by shell for the rest. With more of it by voxel, maps of real data lose where views
  /// are crowded.
  ///
  /// - Parameter fsc: the corrected curve of the half-maps, in shells of the box.
  func combined(fsc: [Double]) -> Volume {
    let total = halves[0]
    let means = reconstruction.shellMeans([total])
    let noise = fsc.indices.map { shell -> Double in
      let value = min(max(shell < 2 ? 1 : fsc[shell], 1e-3), 0.999)
      return (1 - value) / (2 * value)
    }
    let ofPeriod = RadialCurve(noise, edge: geometry.boxEdge).resampled(
      fromSize: geometry.box, to: geometry.period, shells: min(means.count, last + 1))
    let regularisation = means.indices.map { shell -> Float in
      guard shell <= last else { return .infinity }
      return Float(means[shell] * min(ofPeriod[shell], 0.5)) + 1e-20
    }
    return density(of: total, regularisation: regularisation)
      .filtered(byShells: noise.map { (1 + min($0, 0.5)) / (1 + $0) })
  }

  private func density(of sums: Accumulator, regularisation: [Float]) -> Volume {
    let whole = Volume(
      size: geometry.box, pixelSize: geometry.pixelSize,
      voxels: reconstruction.density(
        of: sums, regularisation: regularisation, box: geometry.box, threads: threads))
    // Beyond the sphere in the box, images of most orientations say nothing.
    let edge = Double(geometry.box / 2) * geometry.pixelSize
    let sphere = Volume.sphere(
      size: geometry.box, pixelSize: geometry.pixelSize,
      radius: edge - max(3 * geometry.pixelSize, 0.05 * edge), outerRadius: edge)
    return whole * sphere
  }
}
