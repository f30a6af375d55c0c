import Ground

/// The voxels of a cube that matter, in rows along x: those where a mask is not zero, and what lies
/// between them in their row. Values of such voxels stand one row behind the other.
public struct VoxelRows: Sendable {
  /// A row of voxels.
  public struct Row: Sendable {
    /// Where it is.
    public let z: Int, y: Int
    /// Its voxels along x.
    public let x: Range<Int>
    /// Index of its first value.
    public let first: Int
    /// Indices of its values.
    @inlinable public var values: Range<Int> { first..<(first + x.count) }
  }

  /// Voxels along the cube's edge.
  public let size: Int
  /// The rows, by z and then by y.
  public let rows: [Row]
  /// The planes that have rows, and which rows those are.
  let planes: [(z: Int, rows: Range<Int>)]
  /// Number of voxels.
  public let count: Int

  /// All voxels of a cube; their values stand as those of the cube do.
  public init(allOf size: Int) {
    self.init(size: size) { _, _ in 0..<size }
  }

  /// The voxels of a cube where a mask of `size`³ values is not zero.
  public init(of mask: [Float], size: Int) {
    precondition(mask.count == size * size * size)
    self.init(size: size) { z, y in
      let row = mask[((z * size + y) * size)..<((z * size + y + 1) * size)]
      guard let first = row.firstIndex(where: { $0 != 0 }),
        let last = row.lastIndex(where: { $0 != 0 })
      else { return 0..<0 }
      return (first - row.startIndex)..<(last - row.startIndex + 1)
    }
  }

  private init(size: Int, _ extent: @Sendable (Int, Int) -> Range<Int>) {
    // What is slow is looking for the ends of the rows.
    let extents = inParts(size) { planes in (0..<size).map { extent(planes.lowerBound, $0) } }
    self.init(
      size: size,
      of: extents.indices.flatMap { z in
        extents[z].indices.compactMap { extents[z][$0].isEmpty ? nil : (z, $0, extents[z][$0]) }
      })
  }

  /// The given rows of a cube: their z, y and voxels along x, by z and then by y, none of them empty.
  public init(size: Int, of extents: [(z: Int, y: Int, x: Range<Int>)]) {
    var (rows, planes, count) = ([Row](), [(z: Int, rows: Range<Int>)](), 0)
    for (z, y, x) in extents {
      if rows.last?.z != z { planes.append((z, rows.count..<rows.count)) }
      rows.append(Row(z: z, y: y, x: x, first: count))
      count += x.count
      planes[planes.count - 1].rows = planes[planes.count - 1].rows.lowerBound..<rows.count
    }
    (self.size, self.rows, self.planes, self.count) = (size, rows, planes, count)
  }

  /// Index in the cube of a row's first voxel.
  @inlinable func cubeIndex(_ row: Row) -> Int { (row.z * size + row.y) * size + row.x.lowerBound }

  /// The values of these voxels of a cube.
  public func values(of cube: [Float]) -> [Float] {
    largeArray(count: count) { (values: UnsafeMutablePointer<Float>) in
      nonisolated(unsafe) let values = values
      inParallel(rows.count, chunk: 512) { range in
        cube.withUnsafeBufferPointer { cube in
          for row in rows[range] {
            let start = cubeIndex(row)
            for x in 0..<row.x.count { values[row.first + x] = cube[start + x] }
          }
        }
      }
    }
  }

  /// The cube of these voxels' values.
  ///
  /// - Parameter rest: the value of all other voxels.
  public func cube(of values: [Float], rest: Float = 0) -> [Float] {
    var cube = parallelArray(repeating: rest, count: size * size * size)
    cube.withUnsafeMutableBufferPointer { cube in
      nonisolated(unsafe) let cube = cube
      inParallel(rows.count, chunk: 512) { range in
        for row in rows[range] {
          let start = cubeIndex(row)
          for x in 0..<row.x.count { cube[start + x] = values[row.first + x] }
        }
      }
    }
    return cube
  }
}
