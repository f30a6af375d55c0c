import CryoEM
import Fourier

/// The sums of the final pass, and the maps that are made of them.
struct FinalSums: Sendable {
  let geometry: Geometry
  /// Completed accumulators of half a and half b. The density outside the mask is in them unless it is
  /// subtracted.
  let halves: [Accumulator]
  let threads: Int

  private var reconstruction: Reconstruction {
    Reconstruction(geometry: geometry, radius: halves[0].radius, size: geometry.period)
  }

  /// The half-maps in the input's box and frame, regularised by a twentieth of each shell's mean
  /// weight: where hardly an image went, nothing is better than noise.
  func halfMaps() -> (a: Volume, b: Volume) {
    let volumes = Collected<Volume>(count: 2)
    parallelFor(count: 2, chunk: 1, threads: threads) { range, _ in
      for half in range {
        let means = reconstruction.shellMeans(halves[half])
        volumes[half] = density(
          of: halves[half], regularisation: means.map { Float(0.05 * $0 + 1e-20) })
      }
    }
    guard let a = volumes[0], let b = volumes[1] else { fatalError("a half-map was not made") }
    return (a, b)
  }

  /// The map of both halves together, filtered for the least mean square error: numerator /
  /// (denominator + 1/τ²) with the signal-to-noise ratio 2 FSC/(1 − FSC) of the whole data. Spends the
  /// sums of half a.
  ///
  /// - Parameter fsc: the corrected curve of the half-maps, in shells of the box.
  func combined(fsc: [Double]) -> Volume {
    let total = halves[0]
    total.add(halves[1])
    let means = reconstruction.shellMeans(total)
    let ratio = Double(geometry.box) / Double(geometry.period)
    let regularisation = means.indices.map { shell -> Float in
      let index = min(Int((Double(shell) * ratio).rounded()), fsc.count - 1)
      let value = min(max(index < 2 ? 1 : fsc[index], 1e-3), 0.999)
      return Float(means[shell] * (1 - value) / (2 * value)) + 1e-20
    }
    return density(of: total, regularisation: regularisation)
  }

  private func density(of sums: Accumulator, regularisation: [Float]) -> Volume {
    let reconstruction = reconstruction
    let workspace = reconstruction.cube.workspace()
    reconstruction.density(of: sums, regularisation: regularisation, into: workspace)
    return Volume(
      size: geometry.box, pixelSize: geometry.pixelSize,
      voxels: CentredMap.boxed(workspace.real.array, from: geometry.period, to: geometry.box))
  }
}
