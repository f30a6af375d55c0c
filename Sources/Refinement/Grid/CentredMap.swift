import CryoEM
import Fourier
import Ground

/// Brings maps of the images' box into the frame of the reference: moved so that the mask's centre is
/// at the origin, and cut to the reference's period.
struct CentredMap: Sendable {
  let geometry: Geometry

  /// Edge of the cut from the images' box that is moved: the period and room for the wrapping of what
  /// the cut severs; the box itself where that is no larger.
  var cutSize: Int { min(geometry.box, goodTransformSize(atLeast: geometry.period + 16)) }

  /// The voxel nearest to the origin, from the box centre; the box centre where nothing is cut.
  private var nearest: SIMD3<Int> {
    guard cutSize < geometry.box else { return .zero }
    let voxel = geometry.centre / geometry.pixelSize
    return SIMD3(Int(voxel.x.rounded()), Int(voxel.y.rounded()), Int(voxel.z.rounded()))
  }

  /// The part of a map about the voxel nearest to the origin; zero where it lies outside the box.
  func cut(_ map: Volume) -> Volume {
    let (size, box) = (cutSize, map.size)
    guard size < box else { return map }
    var part = Volume(size: size, pixelSize: map.pixelSize)
    let corner = nearest &+ (box / 2 - size / 2)
    for z in 0..<size where 0..<box ~= z + corner.z {
      for y in 0..<size where 0..<box ~= y + corner.y {
        for x in 0..<size where 0..<box ~= x + corner.x {
          part.voxels[(z * size + y) * size + x] =
            map.voxels[((z + corner.z) * box + y + corner.y) * box + x + corner.x]
        }
      }
    }
    return part
  }

  /// A mask in a box of `geometry.period` voxels about its centre. What is less than a thousandth is the
  /// ringing of the move, and would make every voxel count.
  func moved(mask: Volume) -> [Float] { moved(mask).map { $0 < 1e-3 ? 0 : min($0, 1) } }

  /// The map in a box of `geometry.period` voxels about the mask's centre, each shell of the images'
  /// box multiplied by `gain`; zero where it lies outside the images' box.
  func moved(_ map: Volume, gain: (Int) -> Double = { _ in 1 }) -> [Float] {
    let part = cut(map)
    let size = part.size
    var spectrum = CubicSpectrum(of: part.voxels, size: size)
    let step = Double(map.size) / Double(size)
    let gains = (0...3 * size * size / 4).map {
      Float(gain(Int((Double($0).squareRoot() * step).rounded())))
    }
    let rest = geometry.centre / geometry.pixelSize - Vector3(nearest)
    let turns = (0..<3).map { axis in
      (-size / 2...size / 2).map {
        ComplexFloat.unit(angle: 2 * .pi * Double($0) * rest[axis] / Double(size))
      }
    }
    let frequencies = spectrum
    let filtered = largeArray(count: frequencies.values.count) {
      (values: UnsafeMutablePointer<ComplexFloat>) in
      nonisolated(unsafe) let values = values
      inParallel(size, chunk: 2) { planes in
        frequencies.values.withUnsafeBufferPointer { known in
          frequencies.forEachFrequency(planes: planes) { index, x, y, z, _ in
            let turn = turns[0][x + size / 2].times(turns[1][y + size / 2])
              .times(turns[2][z + size / 2])
            (values + index).initialize(
              to: known[index].times(gains[x * x + y * y + z * z] * turn))
          }
        }
      }
    }
    spectrum.values = filtered
    return Self.boxed(spectrum.samples(), from: size, to: geometry.period)
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
