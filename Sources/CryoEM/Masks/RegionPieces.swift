/// The connected pieces of a region, the largest first. Voxels are connected by their faces.
///
/// Made of the runs of the region's rows, joined where they touch (union and find), so that it takes
/// memory by the region's surface and not by its volume.
public struct RegionPieces: Sendable {
  /// A connected piece.
  public struct Piece: Sendable, Equatable {
    /// Voxels.
    public let count: Int
    /// Its centre, Å from the box centre.
    public let centre: Vector3
    /// Whether it reaches a face of the box.
    public let touchesBox: Bool
  }

  /// The pieces, the largest first; of equal ones that with the first voxel.
  public let pieces: [Piece]
  private let size: Int
  private let pixelSize: Double
  private let runs: RowRuns
  /// The piece of each run.
  private let pieceOfRun: [Int32]

  public init(of region: Region) {
    (size, pixelSize) = (region.size, region.pixelSize)
    let runs = RowRuns(of: region.inside, size: region.size)
    self.runs = runs
    let roots = runs.joined()
    var sums = [PieceSum](repeating: PieceSum(), count: runs.count)
    for row in 0..<(size * size) {
      for run in runs.indices(ofRow: row) {
        sums[Int(roots[run])].add(runs.starts[run], runs.ends[run], row: row, size: size)
      }
    }
    let order = sums.indices.filter { sums[$0].count > 0 }.sorted {
      (sums[$0].count, $1) > (sums[$1].count, $0)
    }
    var rank = [Int32](repeating: 0, count: runs.count)
    for (place, root) in order.enumerated() { rank[root] = Int32(place) }
    pieceOfRun = roots.map { rank[Int($0)] }
    let half = Double(size / 2)
    let pixelSize = pixelSize
    pieces = order.map { root in
      let sum = sums[root]
      return Piece(
        count: sum.count,
        centre: (sum.moment / Double(sum.count) - Vector3(repeating: half)) * pixelSize,
        touchesBox: sum.touchesBox)
    }
  }

  /// The region that some of the pieces make, by their place in the list.
  public func region(of chosen: Set<Int>) -> Region {
    var region = Region(size: size, pixelSize: pixelSize)
    for row in 0..<(size * size) {
      for run in runs.indices(ofRow: row) where chosen.contains(Int(pieceOfRun[run])) {
        for x in runs.starts[run]..<runs.ends[run] { region.inside[row * size + Int(x)] = true }
      }
    }
    return region
  }

  /// A voxel inside a piece: the middle of its longest row.
  public func voxel(ofPiece piece: Int) -> SIMD3<Int>? {
    var best: (length: Int32, voxel: SIMD3<Int>)?
    for row in 0..<(size * size) {
      for run in runs.indices(ofRow: row) where pieceOfRun[run] == Int32(piece) {
        let (start, end) = (runs.starts[run], runs.ends[run])
        guard end - start > best?.length ?? 0 else { continue }
        best = (end - start, SIMD3(Int(start + end) / 2, row % size, row / size))
      }
    }
    return best?.voxel
  }

  /// The piece that a voxel belongs to, by its place in the list; nil outside of all.
  public func piece(x: Int, y: Int, z: Int) -> Int? {
    runs.indices(ofRow: z * size + y).first { runs.starts[$0] <= x && x < runs.ends[$0] }.map {
      Int(pieceOfRun[$0])
    }
  }
}

extension Region {
  /// This region with its holes filled: everything that the outside of the box does not reach through
  /// faces of voxels.
  public var holesFilled: Region {
    let outside = RegionPieces(of: inverted)
    let holes = outside.pieces.indices.filter { !outside.pieces[$0].touchesBox }
    return holes.isEmpty ? self : union(outside.region(of: Set(holes)))
  }
}

/// What is summed up over a piece.
private struct PieceSum {
  var count = 0
  var moment = Vector3.zero
  var touchesBox = false

  mutating func add(_ start: Int32, _ end: Int32, row: Int, size: Int) {
    let (y, z) = (row % size, row / size)
    let length = Double(end - start)
    count += Int(end - start)
    moment += length * Vector3(0.5 * Double(start + end - 1), Double(y), Double(z))
    let last = size - 1
    if start == 0 || Int(end) == size || y == 0 || y == last || z == 0 || z == last {
      touchesBox = true
    }
  }
}

/// The runs of voxels that are inside, row by row.
private struct RowRuns: Sendable {
  /// The first voxel of each run and the one behind its last.
  private(set) var starts: [Int32] = []
  private(set) var ends: [Int32] = []
  /// Where each row's runs begin.
  private var rowStarts: [Int32] = []
  private let size: Int

  var count: Int { starts.count }

  init(of inside: [Bool], size: Int) {
    self.size = size
    rowStarts.reserveCapacity(size * size + 1)
    inside.withUnsafeBufferPointer { inside in
      for row in 0..<(size * size) {
        rowStarts.append(Int32(starts.count))
        var x = 0
        while x < size {
          guard inside[row * size + x] else {
            x += 1
            continue
          }
          starts.append(Int32(x))
          while x < size && inside[row * size + x] { x += 1 }
          ends.append(Int32(x))
        }
      }
    }
    rowStarts.append(Int32(starts.count))
  }

  func indices(ofRow row: Int) -> Range<Int> { Int(rowStarts[row])..<Int(rowStarts[row + 1]) }

  /// The first run of the piece that each run belongs to.
  func joined() -> [Int32] {
    var parents = starts.indices.map { Int32($0) }
    func root(_ run: Int32) -> Int32 {
      var run = run
      while parents[Int(run)] != run {
        parents[Int(run)] = parents[Int(parents[Int(run)])]
        run = parents[Int(run)]
      }
      return run
    }
    func join(_ row: Int, _ other: Int) {
      var (a, b) = (indices(ofRow: row), indices(ofRow: other))
      while let i = a.first, let j = b.first {
        if starts[i] < ends[j] && starts[j] < ends[i] {
          let (first, second) = (root(Int32(i)), root(Int32(j)))
          parents[Int(max(first, second))] = min(first, second)
        }
        if ends[i] < ends[j] { a = a.dropFirst() } else { b = b.dropFirst() }
      }
    }
    for z in 0..<size {
      for y in 0..<size {
        let row = z * size + y
        if y > 0 { join(row, row - 1) }
        if z > 0 { join(row, row - size) }
      }
    }
    return parents.indices.map { root(Int32($0)) }
  }
}
