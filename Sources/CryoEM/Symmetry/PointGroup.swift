import Glibc
import Ground

/// A point group: the rotations about the box centre that leave a map as it is.
///
/// Settings are RELION's: Cn about z; Dn with a twofold axis along x besides; T with threefold axes
/// along z; O with fourfold axes along x, y and z; I1 and I2 with twofold axes along x, y and z and
/// fivefold axes in the xz-plane at (φ, 0, 1) or (1, 0, φ), φ the golden ratio; I3 and I4 with a
/// fivefold axis along z and a twofold axis in the xz-plane at (1, 0, −φ) or (1, 0, φ). I is I2.
public struct PointGroup: Sendable, Equatable {
  /// The group's name as it was recognised, in capitals.
  public let name: String
  /// All rotations of the group, the identity first.
  public let operators: [Rotation]

  /// No symmetry.
  public static let c1 = PointGroup(name: "C1", operators: [.identity])

  private init(name: String, operators: [Rotation]) {
    self.name = name
    self.operators = operators
  }

  /// The group of a name such as "C1", "d7" or "I2".
  ///
  /// - Throws: `Problem` naming the accepted names.
  public init(_ name: String) throws(Problem) {
    let trimmed = name.split(whereSeparator: \.isWhitespace).joined().uppercased()
    guard let generators = Self.generators(of: trimmed) else {
      throw Problem(
        "“\(name)” is not a point group",
        whatToDo: "Use C1 to C\(Self.largestOrder), D1 to D\(Self.largestOrder), T, O, I (which is "
          + "I2), I1, I2, I3 or I4, in RELION's settings.")
    }
    self.init(name: trimmed, operators: Self.closure(of: generators))
  }

  /// Number of rotations.
  public var order: Int { operators.count }

  /// The largest n of Cn and Dn.
  private static let largestOrder = 99

  /// Rotations of which all others are products; nil for an unknown name.
  private static func generators(of name: String) -> [Rotation]? {
    let golden = (1 + 5.0.squareRoot()) / 2
    let (x, z) = (Vector3(1, 0, 0), Vector3(0, 0, 1))
    switch name {
    case "T": return [turn(3, z), turn(2, Vector3(0, 2.0.squareRoot(), 1))]
    case "O": return [turn(4, z), turn(3, Vector3(1, 1, 1))]
    case "I1": return [turn(2, z), turn(5, Vector3(golden, 0, 1))]
    case "I", "I2": return [turn(2, z), turn(5, Vector3(1, 0, golden))]
    case "I3": return [turn(5, z), turn(2, Vector3(1, 0, -golden))]
    case "I4": return [turn(5, z), turn(2, Vector3(1, 0, golden))]
    default: break
    }
    guard let kind = name.first, let n = Int(name.dropFirst()), (1...largestOrder).contains(n),
      name.dropFirst().allSatisfy(\.isNumber)
    else { return nil }
    switch kind {
    case "C": return [turn(n, z)]
    case "D": return [turn(n, z), turn(2, x)]
    default: return nil
    }
  }

  /// The turn by 1/n of a circle about an axis.
  private static func turn(_ n: Int, _ axis: Vector3) -> Rotation {
    let length = (axis * axis).sum().squareRoot()
    return Rotation(rotationVector: axis * (2 * .pi / Double(n) / length))
  }

  /// All products of the generators.
  private static func closure(of generators: [Rotation]) -> [Rotation] {
    var group = [Rotation.identity]
    var index = 0
    while index < group.count {
      for generator in generators {
        let product = (generator * group[index]).orthonormalised
        if !group.contains(where: { $0.angle(to: product) < 1e-6 }) { group.append(product) }
      }
      index += 1
    }
    return group
  }
}
