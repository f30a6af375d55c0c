import Fourier
import Ground

/// For each voxel of a cube the squared distance, in voxels, to the nearest voxel that is inside;
/// infinity everywhere where nothing is inside.
///
/// Exact and O(size³): one pass per axis, each the lower envelope of the parabolas of a line
/// (Felzenszwalb & Huttenlocher, Theory of Computing 8, 415, 2012).
public func squaredDistances(toInside inside: [Bool], size: Int) -> [Float] {
  precondition(inside.count == size * size * size)
  var squares = parallelArray(repeating: Float.infinity, count: inside.count)
  squares.withUnsafeMutableBufferPointer { squares in
    nonisolated(unsafe) let squares = squares
    inParallel(size, chunk: 4) { planes in
      var line = DistanceLine(size: size)
      inside.withUnsafeBufferPointer { inside in
        for row in planes.lowerBound * size..<planes.upperBound * size {
          fillRow(squares, inside, start: row * size, size: size)
        }
      }
      for z in planes {
        line.transformPlane(squares, start: z * size * size, lineStep: size)
      }
    }
    inParallel(size, chunk: 4) { rows in
      var line = DistanceLine(size: size)
      for y in rows { line.transformPlane(squares, start: y * size, lineStep: size * size) }
    }
  }
  return squares
}

/// Writes the squared distances along a row: away from each inside voxel both ways.
private func fillRow(
  _ squares: UnsafeMutableBufferPointer<Float>, _ inside: UnsafeBufferPointer<Bool>, start: Int,
  size: Int
) {
  var distance = Float.infinity
  for index in start..<(start + size) {
    distance = inside[index] ? 0 : distance + 1
    squares[index] = distance
  }
  if distance == .infinity { return }
  distance = .infinity
  for index in stride(from: start + size - 1, through: start, by: -1) {
    distance = inside[index] ? 0 : distance + 1
    let nearest = min(distance, squares[index])
    squares[index] = nearest * nearest
  }
}

/// The distance transform of the lines of a plane, with its working memory.
private struct DistanceLine {
  private let size: Int
  /// The plane with each line contiguous.
  private var lines: [Float]
  /// Positions of the parabolas of the envelope, and where each begins to be the lowest.
  private var vertices: [Int]
  private var starts: [Float]
  /// 1/(2 d) for the distance d of two vertices.
  private let reciprocals: [Float]

  init(size: Int) {
    self.size = size
    lines = [Float](repeating: 0, count: size * size)
    vertices = [Int](repeating: 0, count: size)
    starts = [Float](repeating: 0, count: size + 1)
    reciprocals = (0...size).map { $0 == 0 ? 0 : 0.5 / Float($0) }
  }

  /// Transforms the lines across a plane of rows: sample p of line x is at start + p · lineStep + x.
  mutating func transformPlane(
    _ values: UnsafeMutableBufferPointer<Float>, start: Int, lineStep: Int
  ) {
    let size = size
    lines.withUnsafeMutableBufferPointer { lines in
      for p in 0..<size {
        let row = start + p * lineStep
        for x in 0..<size { lines[x * size + p] = values[row + x] }
      }
      vertices.withUnsafeMutableBufferPointer { vertices in
        starts.withUnsafeMutableBufferPointer { starts in
          reciprocals.withUnsafeBufferPointer { reciprocals in
            var envelope = Envelope(
              size: size, vertices: vertices, starts: starts, reciprocals: reciprocals)
            for x in 0..<size {
              envelope.transform(
                line: UnsafeMutableBufferPointer(rebasing: lines[(x * size)..<((x + 1) * size)]),
                at: start + x, step: lineStep, of: values)
            }
          }
        }
      }
    }
  }
}

/// The lower envelope of the parabolas of a line.
private struct Envelope {
  let size: Int
  let vertices: UnsafeMutableBufferPointer<Int>
  let starts: UnsafeMutableBufferPointer<Float>
  let reciprocals: UnsafeBufferPointer<Float>

  /// Writes the minimum over q of f(q) + (p − q)² for the heights f of a line.
  mutating func transform(
    line heights: UnsafeMutableBufferPointer<Float>, at start: Int, step: Int,
    of values: UnsafeMutableBufferPointer<Float>
  ) {
    var last = -1
    var isFlat = true
    for q in 0..<size {
      let height = heights[q]
      if height != 0 { isFlat = false }
      if height < .infinity { last = add(q, heights, after: last) }
    }
    // All inside or all infinitely far: nothing changes.
    if last < 0 || isFlat { return }
    starts[last + 1] = .infinity
    var current = 0
    for p in 0..<size {
      while starts[current + 1] < Float(p) { current += 1 }
      let vertex = vertices[current]
      let distance = Float(p - vertex)
      values[start + p * step] = distance * distance + heights[vertex]
    }
  }

  /// Adds a parabola to the envelope, whose last one has the index `last`; returns the new last.
  private func add(
    _ q: Int, _ heights: UnsafeMutableBufferPointer<Float>, after last: Int
  ) -> Int {
    var last = last
    let own = heights[q] + Float(q * q)
    while last >= 0 {
      let v = vertices[last]
      let crossing = (own - heights[v] - Float(v * v)) * reciprocals[q - v]
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
