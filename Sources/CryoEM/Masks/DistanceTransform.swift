/// For each voxel of a cube the squared distance, in voxels, to the nearest voxel that is inside;
/// infinity everywhere where nothing is inside.
///
/// Exact and O(size³): one pass per axis, each the lower envelope of the parabolas of a line
/// (Felzenszwalb & Huttenlocher, Theory of Computing 8, 415, 2012).
public func squaredDistances(toInside inside: [Bool], size: Int) -> [Float] {
  precondition(inside.count == size * size * size)
  var squares = inside.map { $0 ? Float(0) : Float.infinity }
  var line = DistanceLine(size: size)
  squares.withUnsafeMutableBufferPointer { squares in
    for z in 0..<size {
      for y in 0..<size {
        line.transform(squares, start: (z * size + y) * size, stride: 1)
      }
    }
    for z in 0..<size {
      for x in 0..<size {
        line.transform(squares, start: z * size * size + x, stride: size)
      }
    }
    for y in 0..<size {
      for x in 0..<size {
        line.transform(squares, start: y * size + x, stride: size * size)
      }
    }
  }
  return squares
}

/// The distance transform of one line, with its working memory.
private struct DistanceLine {
  private let size: Int
  private var heights: [Float]
  /// Positions of the parabolas of the envelope, and where each begins to be the lowest.
  private var vertices: [Int]
  private var starts: [Float]

  init(size: Int) {
    self.size = size
    heights = [Float](repeating: 0, count: size)
    vertices = [Int](repeating: 0, count: size)
    starts = [Float](repeating: 0, count: size + 1)
  }

  /// Replaces the values f on a line by the minimum over q of f(q) + (p − q)².
  mutating func transform(
    _ values: UnsafeMutableBufferPointer<Float>, start: Int, stride: Int
  ) {
    var last = -1
    for q in 0..<size {
      let height = values[start + q * stride]
      heights[q] = height
      if height < .infinity { last = addParabola(q, height, after: last) }
    }
    if last < 0 { return }
    starts[last + 1] = .infinity
    var current = 0
    for p in 0..<size {
      while starts[current + 1] < Float(p) { current += 1 }
      let distance = Float(p - vertices[current])
      values[start + p * stride] = distance * distance + heights[vertices[current]]
    }
  }

  /// Adds a parabola to the envelope, whose last one has the index `last`; returns the new last.
  private mutating func addParabola(_ q: Int, _ height: Float, after last: Int) -> Int {
    var last = last
    while last >= 0 {
      let v = vertices[last]
      let squareQ = Float(q * q)
      let squareV = Float(v * v)
      let crossing = (height + squareQ - heights[v] - squareV) / Float(2 * (q - v))
      if crossing > starts[last] {
        vertices[last + 1] = q
        starts[last + 1] = crossing
        return last + 1
      }
      last -= 1
    }
    vertices[0] = q
    starts[0] = -.infinity
    return 0
  }
}
