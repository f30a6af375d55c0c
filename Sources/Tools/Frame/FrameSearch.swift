import CryoEM
import Fourier
import Ground

/// The rotation and shift at which maps are alike, from coarse to fine.
struct FrameSearch {
  /// Where a search has come to.
  struct Candidate {
    var change: FrameChange
    /// What is maximised: a correlation.
    var score: Double
  }

  /// The best shift of a turned map by its cross-correlation with another map of the same box, all shifts
  /// at once by the Fourier transform.
  struct Correlation: Sendable {
    private let target: CubicSpectrum
    private let norm: Double
    private let transform: RealTransform
    private let size: Int, pixelSize: Double

    /// - Parameter target: its mean is taken off.
    init(_ target: Volume) {
      (size, pixelSize) = (target.size, target.pixelSize)
      transform = RealTransform(shape: [size, size, size])
      let level = target.levelled
      self.target = CubicSpectrum(of: level.voxels, size: size, transform: transform)
      norm = level.length
    }

    /// The shift (Å) that has to be added to the map's content, and the correlation there.
    func best(_ map: Volume) -> (shift: Vector3, score: Double) {
      let level = map.levelled
      var product = CubicSpectrum(of: level.voxels, size: size, transform: transform)
      for index in product.values.indices {
        let (a, b) = (target.values[index], product.values[index])
        product.values[index] = ComplexFloat(a.x * b.x + a.y * b.y, a.y * b.x - a.x * b.y)
      }
      let values = product.samples(transform: transform)
      var best = 0
      for index in values.indices where values[index] > values[best] { best = index }
      let length = level.length * norm
      let half = size / 2
      let place = [best % size, best / size % size, best / size / size]
      // The vertex of the parabola through the neighbours, along each axis.
      var shift = Vector3.zero
      for axis in 0..<3 {
        func value(_ step: Int) -> Double {
          var other = place
          other[axis] = (other[axis] + step + size) % size
          return Double(values[(other[2] * size + other[1]) * size + other[0]])
        }
        let (a, b, c) = (value(-1), value(0), value(1))
        let curvature = a - 2 * b + c
        let vertex = curvature < 0 ? min(max(0.5 * (a - c) / curvature, -0.5), 0.5) : 0
        shift[axis] = Double(place[axis] - half) + vertex
      }
      return (shift * pixelSize, length > 0 ? Double(values[best]) / length : 0)
    }
  }

  /// Maximises a function of a frame by parabolas along its turns and shifts, with smaller and smaller
  /// steps.
  ///
  /// - Parameters:
  ///   - angle: the first step, radians.
  ///   - shift: the first step, Å.
  ///   - rounds: each halves the steps.
  static func refined(
    _ start: FrameChange, angle: Double, shift: Double, rounds: Int,
    _ score: (FrameChange) -> Double
  ) -> Candidate {
    var best = Candidate(change: start, score: score(start))
    var (angle, shift) = (angle, shift)
    for _ in 0..<rounds {
      for axis in 0..<6 {
        func change(_ t: Double) -> FrameChange {
          var unit = Vector3.zero
          unit[axis % 3] = t
          if axis >= 3 {
            return FrameChange(
              rotation: best.change.rotation, centre: best.change.centre + shift * unit)
          }
          return FrameChange(
            rotation: (Rotation(rotationVector: angle * unit) * best.change.rotation)
              .orthonormalised,
            centre: best.change.centre)
        }
        let candidates = [change(-1), change(1)]
        let scores = candidates.map(score)
        let curvature = scores[0] - 2 * best.score + scores[1]
        var options = zip(candidates, scores).map { Candidate(change: $0, score: $1) }
        if curvature < 0 {
          let vertex = change(min(max(0.5 * (scores[0] - scores[1]) / curvature, -2), 2))
          options.append(Candidate(change: vertex, score: score(vertex)))
        }
        for option in options where option.score > best.score { best = option }
      }
      angle *= 0.5
      shift *= 0.5
    }
    return best
  }

  /// A map on a coarse grid of the same extent.
  static func coarse(_ map: Volume, size: Int) -> Volume {
    map.size <= size ? map : map.sampled(withSize: size)
  }

  /// Points of a grid inside a sphere about the centre, Å.
  static func points(of map: Volume, radius: Double) -> [Vector3] {
    var points: [Vector3] = []
    map.forEachVoxel { _, place in
      if (place * place).sum() <= radius * radius { points.append(place) }
    }
    return points
  }

  /// Pearson's correlation of values in pairs.
  static func correlation(_ a: [Float], _ b: [Float]) -> Double {
    var (sa, sb, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for index in a.indices {
      let (x, y) = (Double(a[index]), Double(b[index]))
      sa += x
      sb += y
      aa += x * x
      bb += y * y
      ab += x * y
    }
    let n = Double(a.count)
    let (va, vb) = (aa - sa * sa / n, bb - sb * sb / n)
    return va > 0 && vb > 0 ? (ab - sa * sb / n) / (va * vb).squareRoot() : 0
  }
}

extension Volume {
  /// The map without its mean.
  fileprivate var levelled: Volume {
    let mean = Float(mean)
    return map { $0 - mean }
  }

  /// The root of the sum of squares.
  fileprivate var length: Double {
    voxels.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}
