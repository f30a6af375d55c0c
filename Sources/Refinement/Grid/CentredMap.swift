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
    let corner = nearest &+ (box / 2 - size / 2)
    return Volume(
      size: size, pixelSize: map.pixelSize,
      voxels: Self.boxed(map.voxels, from: box, corner: corner, to: size))
  }

  /// A mask in a box of `geometry.period` voxels about its centre. What is less than a thousandth is the
  /// ringing of the move, and would make every voxel count.
  func moved(mask: Volume) -> [Float] {
    var values = moved(mask)
    values.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      inParallel(values.count, chunk: 1 << 16) { range in
        for index in range {
          values[index] = values[index] < 1e-3 ? 0 : min(values[index], 1)
        }
      }
    }
    return values
  }

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
    spectrum.multiply { x, y, z in
      gains[x * x + y * y + z * z]
        * turns[0][x + size / 2].times(turns[1][y + size / 2]).times(turns[2][z + size / 2])
    }
    return Self.boxed((consume spectrum).samples(), from: size, to: geometry.period)
  }

  /// Cuts or pads a cube about its centre.
  static func boxed(_ samples: [Float], from size: Int, to newSize: Int) -> [Float] {
    let corner = size > newSize ? (size - newSize) / 2 : -((newSize - size) / 2)
    return boxed(samples, from: size, corner: SIMD3(repeating: corner), to: newSize)
  }

  /// The part of a cube that begins at a corner; zero where it lies outside.
  private static func boxed(
    _ samples: [Float], from size: Int, corner: SIMD3<Int>, to newSize: Int
  ) -> [Float] {
    let inside = max(0, -corner.x)..<max(max(0, -corner.x), min(newSize, size - corner.x))
    return parallelArray(count: newSize * newSize * newSize, chunk: newSize * newSize) {
      range, result in
      samples.withUnsafeBufferPointer { samples in
        for row in range.lowerBound / newSize..<range.upperBound / newSize {
          let target = result + row * newSize
          target.initialize(repeating: 0, count: newSize)
          let (z, y) = (row / newSize + corner.z, row % newSize + corner.y)
          guard 0..<size ~= z, 0..<size ~= y else { continue }
          let source = (z * size + y) * size + corner.x
          for x in inside { target[x] = samples[source + x] }
        }
      }
    }
  }
}
