/// A map parted into bodies: its watershed basins, merged until so many are left.
///
/// Voxels of the region are visited from the densest down; each joins the basin of its densest neighbour
/// (of 26), or begins a basin of its own. Where two basins meet first is the saddle between them
/// (Vincent & Soille, IEEE Trans. PAMI 13, 583, 1991; for maps Volkmann, J. Struct. Biol. 138, 123,
/// 2002). Then basins are merged: first those under a share of the volume, across their highest saddle;
/// then the pair whose saddle is highest relative to the lower of its two peaks.
public struct Watershed: Sendable {
  /// The body of each voxel, from 0, by volume; -1 outside of the region.
  public let bodies: [Int32]
  /// Voxels of each body, the largest first.
  public let counts: [Int]

  /// - Parameters:
  ///   - map: smooth, since every peak of noise is a basin.
  ///   - region: the voxels that are parted.
  ///   - count: bodies that are wanted; there may be fewer when the map has fewer peaks.
  ///   - leastShare: the smallest volume of a body as a share of an even part.
  public init(of map: Volume, in region: Region, count: Int, leastShare: Double = 0.3) {
    precondition(map.size == region.size)
    var basins = Basins(of: map, in: region)
    basins.merge(to: max(1, count), leastShare: leastShare)
    let labels = basins.labels
    let roots = basins.bodies
    var place = [Int32](repeating: -1, count: roots.count)
    var sizes: [Int: Int] = [:]
    for root in roots { sizes[Int(root)] = basins.counts[Int(root)] }
    let order = sizes.keys.sorted { (sizes[$0] ?? 0, $1) > (sizes[$1] ?? 0, $0) }
    for (body, root) in order.enumerated() { place[root] = Int32(body) }
    bodies = labels.map { $0 < 0 ? -1 : place[Int(roots[Int($0)])] }
    counts = order.map { sizes[$0] ?? 0 }
  }

  /// The voxels of a body.
  public func region(ofBody body: Int, size: Int, pixelSize: Double) -> Region {
    Region(size: size, pixelSize: pixelSize, inside: bodies.map { $0 == Int32(body) })
  }
}

/// Basins with their peaks and the saddles between them.
private struct Basins {
  /// The basin of each voxel; -1 outside.
  private(set) var labels: [Int32]
  /// Of each basin.
  private var peaks: [Float] = []
  private(set) var counts: [Int] = []
  private var saddles: [[Int32: Float]] = []
  /// The basin that each has been merged into.
  private var parents: [Int32] = []

  init(of map: Volume, in region: Region) {
    let size = map.size
    labels = [Int32](repeating: -1, count: map.voxels.count)
    // The order of densities as the order of whole numbers, and the voxel's index behind it.
    var order: [UInt64] = []
    for index in map.voxels.indices where region.inside[index] {
      order.append(~UInt64(ordered(map.voxels[index])) << 32 | UInt64(UInt32(index)))
    }
    order.sort()
    var near: [(label: Int32, density: Float)] = []
    for key in order {
      let index = Int(key & 0xFFFF_FFFF)
      let density = map.voxels[index]
      let (x, y, z) = (index % size, index / size % size, index / (size * size))
      near.removeAll(keepingCapacity: true)
      for nz in max(0, z - 1)...min(size - 1, z + 1) {
        for ny in max(0, y - 1)...min(size - 1, y + 1) {
          for nx in max(0, x - 1)...min(size - 1, x + 1) {
            let neighbour = (nz * size + ny) * size + nx
            let label = labels[neighbour]
            if label >= 0 { near.append((label, map.voxels[neighbour])) }
          }
        }
      }
      guard var best = near.first else {
        labels[index] = Int32(peaks.count)
        peaks.append(density)
        counts.append(1)
        saddles.append([:])
        continue
      }
      for other in near where other.density > best.density { best = other }
      labels[index] = best.label
      counts[Int(best.label)] += 1
      for other in near where other.label != best.label {
        if saddles[Int(best.label)][other.label] == nil {
          saddles[Int(best.label)][other.label] = density
          saddles[Int(other.label)][best.label] = density
        }
      }
    }
    parents = peaks.indices.map { Int32($0) }
  }

  /// The body of each basin, named by one of its basins.
  var bodies: [Int32] {
    parents.map { parent in
      var root = parent
      while parents[Int(root)] != root { root = parents[Int(root)] }
      return root
    }
  }

  mutating func merge(to count: Int, leastShare: Double) {
    var left = peaks.count
    let total = counts.reduce(0, +)
    let least = Int(leastShare * Double(total) / Double(count))
    // Small basins first, in rounds, the smallest first in each.
    var isChanged = true
    while left > count, isChanged {
      isChanged = false
      let small = parents.indices.filter { parents[$0] == Int32($0) && counts[$0] < least }
        .sorted { (counts[$0], $0) < (counts[$1], $1) }
      for basin in small where left > count && parents[basin] == Int32(basin) {
        guard counts[basin] < least, let (other, _) = highestSaddle(of: basin) else { continue }
        merge(basin, into: other)
        left -= 1
        isChanged = true
      }
    }
    while left > count, let (a, b) = closestPair() {
      merge(a, into: b)
      left -= 1
    }
    // What is left has no neighbours: the smallest are no bodies but crumbs of the largest.
    while left > count {
      let roots = parents.indices.filter { parents[$0] == Int32($0) }
        .sorted { (counts[$0], $0) < (counts[$1], $1) }
      guard let smallest = roots.first, let largest = roots.last else { break }
      merge(smallest, into: largest)
      left -= 1
    }
  }

  private func highestSaddle(of basin: Int) -> (other: Int, height: Float)? {
    var best: (other: Int, height: Float)?
    for (other, height) in saddles[basin] {
      if let known = best {
        guard height > known.height || height == known.height && Int(other) < known.other
        else { continue }
      }
      best = (Int(other), height)
    }
    return best
  }

  /// The pair whose saddle is highest relative to its lower peak, the lower peak's basin first.
  private func closestPair() -> (Int, Int)? {
    var best: (ratio: Float, low: Int, high: Int)?
    for a in saddles.indices {
      for (other, height) in saddles[a] where Int(other) > a {
        let b = Int(other)
        let (low, high) = peaks[a] <= peaks[b] ? (a, b) : (b, a)
        let ratio = peaks[low] > 0 ? height / peaks[low] : 1
        if let known = best {
          guard ratio > known.ratio || ratio == known.ratio && (low, high) < (known.low, known.high)
          else { continue }
        }
        best = (ratio, low, high)
      }
    }
    return best.map { ($0.low, $0.high) }
  }

  private mutating func merge(_ basin: Int, into other: Int) {
    parents[basin] = Int32(other)
    counts[other] += counts[basin]
    peaks[other] = max(peaks[other], peaks[basin])
    for (neighbour, height) in saddles[basin] where Int(neighbour) != other {
      saddles[Int(neighbour)][Int32(basin)] = nil
      let highest = max(height, saddles[other][neighbour] ?? -.infinity)
      saddles[other][neighbour] = highest
      saddles[Int(neighbour)][Int32(other)] = highest
    }
    saddles[other][Int32(basin)] = nil
    saddles[basin] = [:]
  }
}

/// A number whose order is that of the densities.
private func ordered(_ value: Float) -> UInt32 {
  let bits = value.bitPattern
  return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
}
