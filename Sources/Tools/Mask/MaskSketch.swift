import CryoEM
import Ground

/// A mask as it is being made by hand: where the map is cut, which pieces stay, what is painted, and the
/// edge.
public struct MaskSketch: Sendable, Hashable {
  /// A sphere that is added to the region or taken away.
  public struct Stroke: Sendable, Hashable {
    /// Å from the box centre.
    public var centre: Vector3
    /// Å.
    public var radius: Double
    public var adds: Bool

    public init(centre: Vector3, radius: Double, adds: Bool) {
      (self.centre, self.radius, self.adds) = (centre, radius, adds)
    }
  }

  /// Filter of the map before it is cut, Å; 0 for none.
  public var lowPass: Double
  public var threshold: Float
  public var keepsAll = false
  public var keepsLargest = true
  /// Voxels in pieces that stay besides.
  public var picks: [SIMD3<Int>] = []
  /// In the order in which they were painted.
  public var strokes: [Stroke] = []
  /// How far the region is grown, and the width of its edge, Å.
  public var extend: Double
  public var edge: Double

  public init(lowPass: Double, threshold: Float = 0, extend: Double = 3, edge: Double) {
    (self.lowPass, self.threshold, self.extend, self.edge) = (lowPass, threshold, extend, edge)
  }

  /// Ranks, from 0, of the pieces that stay.
  public func kept(of pieces: RegionPieces) -> Set<Int> {
    if keepsAll { return Set(pieces.pieces.indices) }
    var kept = Set(picks.compactMap { pieces.piece(x: $0.x, y: $0.y, z: $0.z) })
    if keepsLargest, !pieces.pieces.isEmpty { kept.insert(0) }
    return kept
  }

  /// Keeps the piece at a voxel, or no longer.
  ///
  /// - Returns: false where no piece is there.
  public mutating func toggle(_ voxel: SIMD3<Int>, of pieces: RegionPieces) -> Bool {
    func piece(_ voxel: SIMD3<Int>) -> Int? { pieces.piece(x: voxel.x, y: voxel.y, z: voxel.z) }
    guard let here = piece(voxel) else { return false }
    keepsAll = false
    if here == 0, picks.allSatisfy({ piece($0) != 0 }) {
      keepsLargest.toggle()
    } else if picks.contains(where: { piece($0) == here }) {
      picks.removeAll { piece($0) == here }
      if here == 0 { keepsLargest = false }
    } else {
      picks.append(voxel)
    }
    return true
  }

  /// Whether a place that no piece decides is painted: true added, false taken away, nil neither.
  public func paint(at place: Vector3) -> Bool? {
    strokes.last { stroke in
      let d = place - stroke.centre
      return (d * d).sum() <= stroke.radius * stroke.radius
    }?.adds
  }

  /// The region: the pieces that stay, filled, and what is painted.
  ///
  /// - Parameter pieces: of the filtered map at the threshold.
  public func region(of pieces: RegionPieces) -> Region {
    var region = pieces.region(of: kept(of: pieces)).holesFilled
    for stroke in strokes {
      var sphere = Region(size: region.size, pixelSize: region.pixelSize)
      sphere.addSphere(centre: stroke.centre, radius: stroke.radius)
      region = stroke.adds ? region.union(sphere) : region.subtracting(sphere)
    }
    return region
  }

  /// Where a plane of the box is inside, before holes are filled: 1 or 0 for each voxel of it, the largest
  /// coordinate upwards first.
  ///
  /// - Parameters:
  ///   - across: the axis along the rows.
  ///   - up: the axis from the last row to the first.
  ///   - voxel: one that the plane goes through.
  ///   - pieces: at the threshold; without them everything above it counts.
  public func section(
    across: Int, up: Int, at voxel: SIMD3<Int>, of map: Volume, _ pieces: RegionPieces?
  ) -> [Float] {
    let size = map.size
    let chosen = pieces.map { kept(of: $0) } ?? []
    let strides = [1, size, size * size]
    var values = [Float](repeating: 0, count: size * size)
    for row in 0..<size {
      var place = voxel
      place[up] = size - 1 - row
      place[across] = 0
      var index = (place.z * size + place.y) * size + place.x
      for column in 0..<size {
        place[across] = column
        var isIn = map.voxels[index] >= threshold
        if isIn, let pieces {
          isIn = pieces.piece(x: place.x, y: place.y, z: place.z).map(chosen.contains) ?? false
        }
        if !strokes.isEmpty {
          let position = map.position(x: place.x, y: place.y, z: place.z)
          isIn = paint(at: position) ?? isIn
        }
        if isIn { values[row * size + column] = 1 }
        index += strides[across]
      }
    }
    return values
  }

  /// The soft mask.
  public func mask(of pieces: RegionPieces) -> Volume {
    region(of: pieces).softMask(near: extend, far: extend + edge)
  }

  /// What the record beside the mask says of it.
  public var facts: [(key: String, value: ToolRecord.Fact)] {
    var facts: [(key: String, value: ToolRecord.Fact)] = [
      ("made_in", .text("the mask maker")), ("lowpass", .number(lowPass)),
      ("threshold", .number(Double(threshold))),
      ("extend", .number(extend)), ("edge", .number(edge)),
      ("pieces", .text(keepsAll ? "all" : keepsLargest ? "the largest" : "picked")),
    ]
    for (index, pick) in picks.enumerated() {
      facts.append(("piece_\(index + 1)", .text("voxel \(pick.x),\(pick.y),\(pick.z)")))
    }
    for (index, stroke) in strokes.enumerated() {
      let place = [stroke.centre.x, stroke.centre.y, stroke.centre.z, stroke.radius]
        .map { Format.fixed($0, 2) }.joined(separator: ",")
      facts.append(("sphere_\(index + 1)", .text((stroke.adds ? "add " : "erase ") + place)))
    }
    return facts
  }
}
