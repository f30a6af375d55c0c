import CryoEM
import Fourier

/// Brings maps of the images' box into the frame of the reference: moved so that the mask's centre is
/// at the origin, and cut to the reference's period.
struct CentredMap: Sendable {
  let geometry: Geometry

  /// The map in a box of `geometry.period` voxels about the mask's centre, each shell of the images'
  /// box multiplied by `gain`; zero where it lies outside the images' box.
  func moved(_ map: Volume, gain: (Int) -> Double = { _ in 1 }) -> [Float] {
    let box = map.size
    var spectrum = CubicSpectrum(of: map.voxels, size: box)
    let turns = geometry.centre / (Double(box) * geometry.pixelSize)
    var values = spectrum.values
    spectrum.forEachFrequency { index, x, y, z, _ in
      let length = Double(x * x + y * y + z * z).squareRoot().rounded()
      let shift = (Vector3(Double(x), Double(y), Double(z)) * turns).sum()
      let factor = Float(gain(Int(length))) * ComplexFloat.unit(angle: 2 * Double.pi * shift)
      values[index] = values[index].times(factor)
    }
    spectrum.values = values
    return Self.boxed(spectrum.samples(), from: box, to: geometry.period)
  }

  /// Cuts or pads a cube about its centre.
  static func boxed(_ samples: [Float], from size: Int, to newSize: Int) -> [Float] {
    var result = [Float](repeating: 0, count: newSize * newSize * newSize)
    let common = min(size, newSize)
    let (from, to) = ((size - common) / 2, (newSize - common) / 2)
    for z in 0..<common {
      for y in 0..<common {
        let source = ((z + from) * size + y + from) * size + from
        let target = ((z + to) * newSize + y + to) * newSize + to
        for x in 0..<common { result[target + x] = samples[source + x] }
      }
    }
    return result
  }
}
