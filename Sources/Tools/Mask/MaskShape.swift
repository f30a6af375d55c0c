import CryoEM
import Ground

/// Which connected pieces of a region stay.
public enum PieceChoice: Sendable, Hashable {
  case all
  /// By their rank, the largest is 1.
  case ranks(Set<Int>)

  /// Reads `all`, or ranks: `1`, `1,3`, `1-4`.
  public init?(_ text: String) {
    if text == "all" {
      self = .all
      return
    }
    var ranks: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
        first >= 1, last >= first, last <= 1_000_000
      else { return nil }
      ranks.formUnion(first...last)
    }
    self = .ranks(ranks)
  }
}

/// How a region becomes a mask: which pieces stay, and what edge they get.
public struct MaskShape: Sendable, Hashable {
  public var pieces = PieceChoice.ranks([1])
  public var fillsHoles = true
  /// How far the region is grown before its edge begins, Å.
  public var extend: Double
  /// Width of the edge from 1 to 0, Å.
  public var edge: Double
  /// Whether it is cleared of what is near the sphere in the box or outside.
  public var clearsBoxEdge = false
  public var inverts = false

  public init(extend: Double, edge: Double) { (self.extend, self.edge) = (extend, edge) }

  /// The pieces of a region that stay, filled, with all pieces as they were found.
  ///
  /// - Throws: a problem where nothing is inside, or where there is no piece of a chosen rank.
  public func chosen(of region: Region) throws(Problem) -> (region: Region, found: RegionPieces) {
    let found = RegionPieces(of: region)
    guard !found.pieces.isEmpty else {
      throw Problem(
        "nothing is inside the region", whatToDo: "Lower the threshold, or look at the inputs.")
    }
    var result = region
    if case .ranks(let ranks) = pieces {
      if let missing = ranks.max(), missing > found.pieces.count {
        throw Problem(
          "there is no piece \(missing): the region has \(found.pieces.count)",
          whatToDo: "Choose among 1 to \(found.pieces.count), or all.")
      }
      result = found.region(of: Set(ranks.map { $0 - 1 }))
    }
    return (fillsHoles ? result.holesFilled : result, found)
  }

  /// The soft mask about a region, cleared of other regions.
  public func mask(of region: Region, clearOf others: [Region] = []) -> Volume {
    finished(region.softMask(near: extend, far: extend + edge), clearOf: others)
  }

  /// The soft mask about spheres, by the distances to the spheres themselves and not to their voxels.
  func mask(
    ofSpheres spheres: [(centre: Vector3, radius: Double)], on grid: MapGrid,
    clearOf others: [Region]
  ) -> Volume {
    var mask = Volume(size: grid.size, pixelSize: grid.pixelSize)
    for sphere in spheres {
      let near = sphere.radius + extend
      mask = mask.combined(
        with: .sphere(
          size: grid.size, pixelSize: grid.pixelSize, radius: near, outerRadius: near + edge,
          centre: sphere.centre)
      ) { max($0, $1) }
    }
    return finished(mask, clearOf: others)
  }

  private func finished(_ soft: Volume, clearOf others: [Region]) -> Volume {
    var mask = soft
    for other in others { mask = mask.cleared(of: other, width: edge) }
    if clearsBoxEdge { mask = mask.clearedOfBoxEdge(width: edge) }
    return inverts ? mask.map { 1 - $0 } : mask
  }
}
