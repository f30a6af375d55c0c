import CryoEM
import Ground

/// Particles that were picked more than once: those whose centres on a micrograph are nearer together than
/// a distance.
enum Duplicates {
  private struct Cell: Hashable {
    var micrograph: Int32
    var x: Int32, y: Int32
  }

  /// Keeps the best of particles that are near to each other.
  ///
  /// Goes from the best score to the worst, the first row first where scores are equal, and keeps a particle
  /// unless one that was kept is near. Copies of one particle stay or go together, and neither they nor
  /// segments of one filament are duplicates of each other.
  ///
  /// - Parameters:
  ///   - centers: Å on the micrograph.
  ///   - micrographs: an index of the micrograph.
  ///   - distance: Å.
  ///   - scores: the larger the better; those that are no numbers are the worst.
  ///   - copies: for each row the first copy of its particle.
  ///   - filaments: a number for each filament; nil for none.
  /// - Returns: whether each row is kept.
  static func kept(
    centers: [Vector2], micrographs: [Int32], distance: Double, scores: [Double], copies: [Int32],
    filaments: [UInt64?]?
  ) -> [Bool] {
    let scores = scores.map { $0.isNaN ? -.infinity : $0 }
    let order = centers.indices.filter { Int(copies[$0]) == $0 }.sorted {
      (-scores[$0], $0) < (-scores[$1], $1)
    }
    var keptOfCell: [Cell: [Int32]] = [:]
    var isKept = [Bool](repeating: false, count: centers.count)
    for row in order {
      let center = centers[row]
      func cell(_ dx: Int32, _ dy: Int32) -> Cell {
        Cell(
          micrograph: micrographs[row], x: index(center.x / distance) + dx,
          y: index(center.y / distance) + dy)
      }
      let isNear = (-1...1).contains { dx in
        (-1...1).contains { dy in
          (keptOfCell[cell(Int32(dx), Int32(dy))] ?? []).contains { other in
            if let filament = filaments?[row], filament == filaments?[Int(other)] {
              return false
            }
            let step = centers[Int(other)] - center
            return (step * step).sum() < distance * distance
          }
        }
      }
      if isNear { continue }
      isKept[row] = true
      keptOfCell[cell(0, 0), default: []].append(Int32(row))
    }
    return copies.map { isKept[Int($0)] }
  }

  /// A cell's number; what is no place is in one far away.
  private static func index(_ value: Double) -> Int32 {
    Int32(exactly: value.rounded(.down).clamped(to: -1e9...1e9)) ?? Int32.max / 2
  }
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
