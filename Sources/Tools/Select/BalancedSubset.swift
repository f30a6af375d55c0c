import CryoEM
import Glibc
import Ground

/// A random subset whose families stay whole: copies of a particle, and segments of a filament.
struct BalancedSubset {
  /// Draws a subset.
  ///
  /// The families of each part are shuffled, and taken in that order until the part has its share. Parts
  /// that have fewer give all they have, and the others share the rest evenly.
  ///
  /// - Parameters:
  ///   - count: how many particles; a family that would go beyond it by more than it is short of it is
  ///     left out.
  ///   - families: for each row the first one of its family.
  ///   - parts: for each row the part that it is of; a family is of its first row's.
  /// - Returns: whether each row is taken.
  static func drawn(count: Int, families: [Int32], parts: [Int32], seed: UInt64) -> [Bool] {
    var sizes = [Int](repeating: 0, count: families.count)
    for family in families { sizes[Int(family)] += 1 }
    var unitsOfPart: [Int32: [Int]] = [:]
    for row in families.indices where Int(families[row]) == row {
      unitsOfPart[parts[row], default: []].append(row)
    }
    let order = unitsOfPart.keys.sorted()
    let available = order.map { (unitsOfPart[$0] ?? []).reduce(0) { $0 + sizes[$1] } }
    let quotas = shares(of: count, available: available)
    var isTaken = [Bool](repeating: false, count: families.count)
    var missing = 0
    for (index, part) in order.enumerated() {
      var units = unitsOfPart[part] ?? []
      var generator = SeededGenerator(seed: seed, stream: UInt64(UInt32(bitPattern: part)))
      units.shuffle(using: &generator)
      // What one part could not take, because its families are large, the next one may.
      var wanted = quotas[index] + missing
      for unit in units where wanted > 0 && sizes[unit] <= wanted {
        isTaken[unit] = true
        wanted -= sizes[unit]
      }
      missing = wanted
    }
    return families.map { isTaken[Int($0)] }
  }

  /// Even shares of a number, none larger than what is available.
  static func shares(of count: Int, available: [Int]) -> [Int] {
    var shares = [Int](repeating: 0, count: available.count)
    var rest = count
    let order = available.indices.sorted { (available[$0], $0) < (available[$1], $1) }
    for (place, index) in order.enumerated() {
      let even = rest / (order.count - place)
      // The remainder goes to the last ones, which have most.
      shares[index] = min(available[index], even)
      rest -= shares[index]
    }
    return shares
  }

  /// The part of the sphere that each viewing direction is in: of 144 with the same area.
  static func views(of poses: [Pose]) -> [Int32] {
    poses.map { pose in
      let view = pose.rotation.row2
      let band = min(11, Int((view.z + 1) / 2 * 12))
      let turn = (atan2(view.y, view.x) / (2 * .pi) + 1).truncatingRemainder(dividingBy: 1)
      return Int32(band * 12 + min(11, Int(turn * 12)))
    }
  }
}
