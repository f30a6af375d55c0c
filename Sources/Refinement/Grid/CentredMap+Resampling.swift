import Fourier
import Ground

extension CentredMap {
  /// A cube of `size`³ samples over the same edge, without the frequencies that it cannot hold; finer
  /// than it was where `size` is larger.
  ///
  /// - Parameters:
  ///   - samples: `from`³ values.
  ///   - size: even.
  static func coarsened(_ samples: [Float], from: Int, to size: Int) -> [Float] {
    guard size != from else { return samples }
    // All that the smaller cube holds, to its corners.
    let radius = min(size, from)
    let spectrum = ball(samples, size: from, radius: radius).resampled(to: size, radius: radius)
    let transform = RowTransform(VoxelRows(allOf: size))
    let scale = 1 / Float(from * from * from)
    return largeArray(count: size * size * size) { voxels in
      transform.inverse(spectrum, transform.workspace(radius: radius), into: voxels)
      nonisolated(unsafe) let voxels = voxels
      inParallel(size * size * size, chunk: 1 << 16) { range in
        for index in range { voxels[index] *= scale }
      }
    }
  }

  /// A smooth cube, as a mask is, on `size`³ voxels over the same edge: linearly between its samples, so
  /// that it neither rings nor leaves their range.
  static func interpolated(_ samples: [Float], from: Int, to size: Int) -> [Float] {
    guard size != from else { return samples }
    // Both cubes have their centres at a voxel.
    let places = (0..<size).map { index -> (first: Int, share: Float) in
      let place = Double(index - size / 2) * Double(from) / Double(size) + Double(from / 2)
      let first = min(max(Int(place.rounded(.down)), 0), from - 2)
      return (first, Float(place - Double(first)))
    }
    return largeArray(count: size * size * size) { voxels in
      nonisolated(unsafe) let voxels = voxels
      inParallel(size, chunk: 2) { planes in
        samples.withUnsafeBufferPointer { samples in
          for z in planes {
            for y in 0..<size {
              let (pz, py) = (places[z], places[y])
              let row = (pz.first * from + py.first) * from
              let target = voxels + (z * size + y) * size
              for x in 0..<size {
                let px = places[x]
                func line(_ start: Int) -> Float {
                  let index = start + px.first
                  return samples[index] + px.share * (samples[index + 1] - samples[index])
                }
                func plane(_ start: Int) -> Float {
                  let near = line(start)
                  return near + py.share * (line(start + from) - near)
                }
                let near = plane(row)
                target[x] = near + pz.share * (plane(row + from * from) - near)
              }
            }
          }
        }
      }
    }
  }

  /// The spectrum of `size`³ samples within a radius, its phase origin at index 0.
  static func ball(_ samples: [Float], size: Int, radius: Int) -> BallSpectrum {
    let transform = RowTransform(VoxelRows(of: samples, size: size))
    let spectrum = BallSpectrum(size: size, radius: radius)
    let values = transform.rows.values(of: samples)
    values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      transform.forward(base, transform.workspace(radius: radius), into: spectrum)
    }
    return spectrum
  }
}
