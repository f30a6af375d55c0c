import CryoEM
import Ground
import Jobs

/// Two maps of one box that are compared, and the mask inside which they are.
public struct HalfMapPair: Sendable {
  public let a: Volume, b: Volume
  /// nil where none was named.
  public let mask: Volume?
  /// Paths of all of them.
  public let paths: [String]

  /// Reads the maps; those with an odd box get a plane of zeros along each axis.
  ///
  /// - Throws: everything that is wrong: files that are no cubic maps, maps that do not match, nothing
  ///   to compare.
  public init(_ a: String, _ b: String, mask: String? = nil) throws(Problems) {
    var problems = ProblemList()
    func read(_ path: String) -> Volume? {
      problems.catching { () throws(Problem) in
        try Volume(readingCubic: path, padsOddBoxes: true)
      }
    }
    let first = read(a)
    let second = read(b)
    let third = mask.flatMap(read)
    if let first {
      for (path, map) in [(b, second), (mask ?? "", third)] {
        guard let map, !map.sampling.isLike(first.sampling) else { continue }
        problems.add(
          Problem(
            "\(path): \(map.sampling), but \(a) has \(first.sampling)",
            whatToDo: "Give maps of one box and pixel size."))
      }
    }
    if let mask, let third { Self.check(third, mask, &problems) }
    for (path, map) in [(a, first), (b, second)] {
      guard let map else { continue }
      Self.check(map, path, inside: third, &problems)
    }
    try problems.throwIfAny()
    guard let first, let second else { throw Problems(problems.all) }
    (self.a, self.b, self.mask) = (first, second, third)
    paths = [a, b] + (mask.map { [$0] } ?? [])
  }

  /// Half-maps that were made.
  public init(a: Volume, b: Volume, mask: Volume?) {
    (self.a, self.b, self.mask, paths) = (a, b, mask, [])
  }

  /// Reads a mask of a box.
  ///
  /// - Parameter owner: what has the box, for messages.
  /// - Throws: everything that is wrong.
  public static func mask(
    _ path: String, of sampling: Sampling, _ owner: String
  ) throws(Problems) -> Volume {
    var problems = ProblemList()
    let mask = problems.catching { () throws(Problem) in
      try Volume(readingCubic: path, padsOddBoxes: true)
    }
    if let mask {
      check(mask, path, &problems)
      if !mask.sampling.isLike(sampling) {
        problems.add(
          Problem(
            "\(path): \(mask.sampling), but \(owner) has \(sampling)",
            whatToDo: "Give a mask of the same box and pixel size."))
      }
    }
    try problems.throwIfAny()
    guard let mask else { throw Problems(problems.all) }
    return mask
  }

  /// Whether the two are the same map.
  public var isOneMap: Bool { a.voxels == b.voxels }

  private static func check(_ mask: Volume, _ path: String, _ problems: inout ProblemList) {
    guard mask.voxels.contains(where: { $0 > 0 }) else {
      problems.add(
        Problem("\(path): the mask is empty", whatToDo: "Give a mask of a part of the maps."))
      return
    }
  }

  /// Nothing has no correlation with anything.
  private static func check(
    _ map: Volume, _ path: String, inside mask: Volume?, _ problems: inout ProblemList
  ) {
    if map.standardDeviation == 0 {
      problems.add(
        Problem(
          "\(path): every voxel is \(map.voxels[0])", whatToDo: "Give a map with density in it."))
    } else if let mask, mask.size == map.size, mask.maximum > 0,
      !zip(map.voxels, mask.voxels).contains(where: { $0 != 0 && $1 > 0 })
    {
      problems.add(
        Problem(
          "\(path): there is no density inside the mask",
          whatToDo: "Check that the mask belongs to the maps."))
    }
  }
}
