import CryoEM
import EMFiles
import Glibc
import Ground
import Jobs
import Particles
import Refinement
import Runs

/// `fulcrum subtract`: particles without the density outside a mask, in stacks of a bounded size.
///
/// A stack is there whole or not at all, and the particle file comes last: what was interrupted goes on
/// with the next stack, and ends with the same bytes.
public struct ParticleSubtraction: Sendable {
  /// How to go about it.
  public struct Options: Sendable {
    /// Whether what is inside the mask goes, instead of what is outside.
    public var takesInside = false
    public var centre = Centre.box
    /// Pixels of the new images; nil for those of the old ones.
    public var box: Int?
    public var isFloat16 = false
    /// Of the map in the images; nil to fit it.
    public var scale: Double?
    /// Whether the defocus follows the height of the new centre.
    public var adjustsDefocus = false
    public var threads = Machine.current.cores
    /// Bytes of a stack, about.
    public var stackBytes = 1 << 30

    public init() {}
  }

  /// Where the new box is.
  public enum Centre: Sendable, Equatable {
    case box, mask
    /// In voxels of the map from its corner.
    case voxel(Vector3)
  }

  /// The maps: the one whose density goes, and its half-maps where each half-set has its own.
  public struct Maps: Sendable {
    public let map: Volume
    public let halves: (a: Volume, b: Volume)?
    /// The mask as it was given.
    public let mask: Volume

    /// - Throws: everything that is wrong.
    public init(
      map: String, halves: [String], mask: String, sampling: Sampling, of particles: String
    ) throws(Problems) {
      var problems = ProblemList()
      func read(_ path: String) -> Volume? {
        let volume = problems.catching { () throws(Problem) in
          try Volume(readingCubic: path)
        }
        if let volume, !volume.sampling.isLike(sampling) {
          problems.add(
            Problem(
              "\(path): \(volume.sampling), but the images of \(particles) have \(sampling)",
              whatToDo: "Give maps in the particles' box and pixel size."))
        }
        return volume
      }
      let whole = read(map)
      let parts = halves.map(read)
      let region = read(mask)
      if let region, !region.voxels.contains(where: { $0 > 0 }) {
        problems.add(
          Problem("\(mask): the mask is empty", whatToDo: "Give a mask of a part of the map."))
      }
      if let region, let wrong = region.voxels.first(where: { $0 < -0.001 || $0 > 1.001 }) {
        problems.add(
          Problem(
            "\(mask): the mask has the value \(wrong)", whatToDo: "Give a mask from 0 to 1."))
      }
      try problems.throwIfAny()
      guard let whole, let region else { throw Problems(problems.all) }
      (self.map, self.mask) = (whole, region.map { min(max($0, 0), 1) })
      let read = parts.compactMap { $0 }
      self.halves = read.count == 2 ? (read[0], read[1]) : nil
    }
  }

  let input: ParticleInput
  let maps: Maps
  let options: Options
  public let frame: NewFrame
  /// What is kept of a map.
  private let kept: Volume

  /// - Throws: `Problem` for a box or a centre that cannot be.
  public init(_ input: ParticleInput, maps: Maps, options: Options) throws(Problem) {
    (self.input, self.maps, self.options) = (input, maps, options)
    kept = options.takesInside ? maps.mask.map { 1 - $0 } : maps.mask
    let size = maps.map.size
    let centre: Vector3 =
      switch options.centre {
      case .box: .zero
      case .mask: maps.mask.centreOfMass ?? .zero
      case .voxel(let voxel):
        (voxel - Vector3(repeating: Double(size / 2))) * maps.map.pixelSize
      }
    frame = try NewFrame(
      oldBox: size, pixelSize: input.particles.optics.first?.pixelSize ?? maps.map.pixelSize,
      centre: centre, box: options.box)
  }

  /// What came of it.
  public struct Outcome: Codable, Sendable {
    public var particles: Int
    public var stacks: Int
    /// Stacks that were there from before.
    public var stacksFound: Int
    /// Pixels of the new images, and the new centre in voxels of the map from its corner.
    public var box: Int
    public var centre: [Int]
    /// The share of the model that was subtracted, per shell of the old box.
    public var shares: [Double]
    /// Images that were cut beyond their edge.
    public var beyondEdge: Int
  }

  /// Subtracts, and writes everything into a folder.
  ///
  /// - Parameters:
  ///   - folder: as the particle file shall name it.
  ///   - tell: gets warnings.
  ///   - progress: told the step and which share of the work is done.
  public func write(
    into folder: String, tell: @escaping @Sendable (String) -> Void,
    progress: @escaping @Sendable (String, Double) -> Void
  ) throws -> Outcome {
    var settings = RefinementSettings()
    settings.threads = options.threads
    let model = try ImageSubtraction(
      RefinementInput(
        settings: settings, particles: input.particles, images: input.images, map: maps.map,
        halfMaps: maps.halves, mask: kept, fulcrum: .zero), scale: options.scale,
      tell: { if case .warning(let text) = $0 { tell(text) } }
    ) { progress("Looking at the images", 0.05 * $0) }
    let count = input.particles.count
    let places = (0..<count).map { particle in
      frame.moved(
        input.particles.poses[particle],
        position: model.position(of: frame.centre, particle: particle))
    }
    let perStack = max(
      1, options.stackBytes / (frame.box * frame.box * (options.isFloat16 ? 2 : 4)))
    let starts = Array(stride(from: 0, to: count, by: perStack))
    var found = 0
    for (number, start) in starts.enumerated() {
      let path = FilePath.joined(folder, Self.stackName(number))
      if access(path, F_OK) == 0 {
        found += 1
        continue
      }
      try writeStack(path, start..<min(start + perStack, count), model, places.map(\.pixel)) {
        progress("Subtracting", 0.05 + 0.95 * Double($0) / Double(count))
      }
    }
    let new = NewImages(
      stacks: starts.indices.map { FilePath.joined(folder, Self.stackName($0)) },
      images: (0..<count).map {
        ImageLocation(stack: Int32($0 / perStack), slice: Int32($0 % perStack))
      },
      boxSize: frame.box, poses: places.map(\.pose), defoci: defoci,
      moves: places.map(\.pixel))
    try writeMaps(into: folder)
    try input.file.write(
      new, extraColumns: SubtractionColumns.columns(moves: new.moves, frame: frame),
      to: FilePath.joined(folder, Self.particleName(of: input.file)))
    let corner = frame.voxel &+ frame.oldBox / 2
    return Outcome(
      particles: count, stacks: starts.count, stacksFound: found, box: frame.box,
      centre: [corner.x, corner.y, corner.z], shares: model.shares,
      beyondEdge: new.moves.count { isBeyondEdge($0) })
  }

  static func stackName(_ number: Int) -> String {
    let digits = String(number + 1)
    return "particles_" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      + ".mrcs"
  }

  /// The name of the particle file in the folder.
  public static func particleName(of file: ParticleFile) -> String {
    "particles." + file.format.rawValue
  }

  private func isBeyondEdge(_ pixel: SIMD2<Int>) -> Bool {
    let room = (frame.oldBox - frame.box) / 2
    return abs(pixel.x) > room || abs(pixel.y) > room
  }

  /// The defoci of the new centre: less its height, the z component of A·f.
  private var defoci: [Defocus]? {
    guard options.adjustsDefocus else { return nil }
    return input.particles.defoci.enumerated().map { row, read in
      let height = (input.particles.poses[row].rotation.row2 * frame.centre).sum()
      var defocus = read
      (defocus.u, defocus.v) = (read.u - height, read.v - height)
      return defocus
    }
  }

  private func writeStack(
    _ path: String, _ rows: Range<Int>, _ model: ImageSubtraction, _ pixels: [SIMD2<Int>],
    progress: (Int) -> Void
  ) throws {
    let writer = try MRCStackWriter(
      path: path, width: frame.box, height: frame.box, pixelSize: frame.pixelSize,
      mode: options.isFloat16 ? .float16 : .float32)
    let workspaces = WorkspacePool { model.workspace() }
    let signs = input.particles.signs
    let batch = 64
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: batch) {
      let members = first..<min(first + batch, rows.upperBound)
      let cut = Collected<[Float]>(count: members.count)
      parallelFor(count: members.count, chunk: 1, threads: options.threads) { range, _ in
        let workspace = workspaces.take()
        defer { workspaces.giveBack(workspace) }
        for index in range {
          let particle = members.lowerBound + index
          do throws(Problem) {
            try model.subtract(particle, workspace)
            var image = frame.cut(
              workspace.pixels, about: pixels[particle], rest: model.background(workspace))
            // A file may say that the contrast of an image is turned; it goes on saying so.
            if !signs.isEmpty, signs[particle] != 1 { image = image.map { signs[particle] * $0 } }
            cut[index] = image
          } catch { cut.fail(error) }
        }
      }
      for image in try cut.values() { try writer.append(image) }
      progress(members.upperBound)
    }
    try writer.finish()
  }

  private func writeMaps(into folder: String) throws(Problem) {
    var all = [("map.mrc", maps.map), ("mask.mrc", kept)]
    if let halves = maps.halves {
      all += [("half_map_a.mrc", halves.a), ("half_map_b.mrc", halves.b)]
    }
    for (name, map) in all { try frame.cut(map).write(to: FilePath.joined(folder, name)) }
  }
}
