import CryoEM
import Ground
import Particles

/// What a subtracted set keeps of its old frame, a column for each number: how the images were cut, and
/// where the new centre is.
enum SubtractionColumns {
  static let move = [
    (starName: "rlnSubtractedMoveX", csName: "subtract/move_x"),
    (starName: "rlnSubtractedMoveY", csName: "subtract/move_y"),
  ]
  static let centre = [
    (starName: "rlnSubtractedCentreXAngst", csName: "subtract/centre_x_A"),
    (starName: "rlnSubtractedCentreYAngst", csName: "subtract/centre_y_A"),
    (starName: "rlnSubtractedCentreZAngst", csName: "subtract/centre_z_A"),
  ]

  /// - Parameter moves: of each image, pixels.
  static func columns(moves: [SIMD2<Int>], frame: NewFrame) -> [ParticleColumn] {
    func column(_ name: (starName: String, csName: String), _ values: [Double]) -> ParticleColumn {
      ParticleColumn(starName: name.starName, csName: name.csName, values: values)
    }
    let centre = frame.centre
    return (0..<2).map { axis in column(move[axis], moves.map { Double($0[axis]) }) }
      + (0..<3).map { axis in column(Self.centre[axis], moves.map { _ in centre[axis] }) }
  }
}

/// A subtracted set brought back to the images that it was made of, with the poses that it has now.
public struct SubtractionRevert: Sendable {
  private let original: ParticleFile
  private let poses: [Pose]
  /// Particles that were found.
  public var count: Int { poses.count }
  /// Paths of what was read.
  public let paths: [String]

  /// - Parameters:
  ///   - path: of the subtracted particles, refined or not.
  ///   - originalPath: of the particles that they were made of, found by uid or by the image's name.
  /// - Throws: everything that is wrong.
  public init(_ path: String, originals originalPath: String) throws(Problems) {
    func read(_ path: String) throws(Problems) -> ParticleFile {
      try ParticleFile.read(path: path, resolvingImages: false, needsCTF: false)
    }
    let subtracted = try read(path)
    original = try read(originalPath)
    paths = subtracted.files + original.files
    var problems = ProblemList()
    func problem(_ what: String, _ whatToDo: String) {
      problems.add(Problem(what, whatToDo: whatToDo))
    }
    let numbers = (SubtractionColumns.move + SubtractionColumns.centre).map {
      subtracted.numbers($0)
    }
    if numbers.contains(where: { $0 == nil }) {
      problem(
        "\(path): it does not say how its images were cut",
        "Give particles that fulcrum subtract has made, with all their columns.")
    }
    let keys = subtracted.imageKeys.original
    let known = original.imageKeys.own
    if subtracted.format != original.format || keys == nil || known == nil {
      problem(
        "\(path) and \(originalPath): nothing by which their images could be matched",
        "Give the original particles in the format of the subtracted ones.")
    }
    try problems.throwIfAny()
    let places = Dictionary((keys ?? []).enumerated().map { ($1, $0) }) { first, _ in first }
    let rows = (known ?? []).map { places[$0] }
    let missing = rows.count { $0 == nil }
    let pixelSize = original.particles.optics.first?.pixelSize ?? 1
    guard missing == 0, places.count == rows.count else {
      throw Problems([
        Problem(
          "\(originalPath): \(Format.counted(missing, "particle")) of it "
            + "\(missing == 1 ? "is" : "are") not in \(path), and "
            + "\(places.count - (rows.count - missing)) of that not in it",
          whatToDo: "Give the particles that were subtracted, and no others: fulcrum select.")
      ])
    }
    let columns = numbers.compactMap { $0 }
    let file = original
    poses = rows.enumerated().map { index, row in
      let row = row ?? 0
      return Self.pose(
        subtracted.particles.poses[row], columns.map { $0[row] },
        file.particles.opticsGroup(of: index).magnification, pixelSize: pixelSize)
    }
  }

  /// The pose in the original image.
  ///
  /// - Parameter values: of the columns that say how the image was cut.
  private static func pose(
    _ pose: Pose, _ values: [Double], _ magnification: Magnification, pixelSize: Double
  ) -> Pose {
    let centre = Vector3(values[2], values[3], values[4])
    let projected = magnification.position(of: pose.rotation.projected(centre))
    let cut = Vector2(values[0], values[1]) * pixelSize
    return Pose(rotation: pose.rotation, origin: pose.origin + projected - cut)
  }

  /// Writes the original file with the poses of the subtracted particles.
  public func write(to path: String) throws(Problem) {
    try original.write(poses: poses, to: path)
  }
}
