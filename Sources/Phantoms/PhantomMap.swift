import CryoEM
import Fourier

extension Phantom {
  /// The spectrum of the object's density map, exact at every sample within the radius size/2 − 1 and
  /// zero beyond.
  ///
  /// Values are those of the transform of the map's voxels: the object's transform divided by the
  /// volume of a voxel.
  public func spectrum(size: Int, pixelSize: Double) -> CubicSpectrum {
    var spectrum = CubicSpectrum(size: size)
    let limit = size / 2 - 1
    let step = 1 / (Double(size) * pixelSize)
    let tables = blobs.map { blob in
      (0..<3).map { axis in
        PhaseTable(
          position: blob.position[axis], width: blob.width, step: step, count: limit + 1)
      }
    }
    let scale = 1 / (pixelSize * pixelSize * pixelSize)
    let weights = blobs.map { Float($0.weight * scale) }
    var row = ComplexRow(count: limit + 1)
    for kz in -limit...limit {
      let plane = zip(tables, weights).map { $1 * $0[2].value(at: kz) }
      for ky in -limit...limit where ky * ky + kz * kz <= limit * limit {
        row.clear()
        for (factor, table) in zip(plane, tables) {
          row.add(factor.times(table[1].value(at: ky)), times: table[0])
        }
        let start =
          (transformIndex(kz, size: size) * size + transformIndex(ky, size: size))
          * spectrum.width
        for kx in 0...limit where kx * kx + ky * ky + kz * kz <= limit * limit {
          spectrum.values[start + kx] = ComplexFloat(row.real[kx], row.imaginary[kx])
        }
      }
    }
    return spectrum
  }

  /// The object's density map, band-limited to the radius size/2 − 1.
  public func map(size: Int, pixelSize: Double) -> Volume {
    Volume(spectrum: spectrum(size: size, pixelSize: pixelSize), pixelSize: pixelSize)
  }
}
