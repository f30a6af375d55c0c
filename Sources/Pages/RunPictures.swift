import CryoEM
import Ground
import Images
import Surface
import Viewing

/// The pictures of a run's final map: its surface from two sides, beside that of what the run began with,
/// and three slices.
struct RunPictures {
  let map: ViewedMap
  let mask: ViewedMap?
  let localResolution: ViewedMap?
  /// What the run began with, of the same size.
  let consensus: Volume?
  /// Pixels along an edge.
  let size: Int

  /// Nil for a run without a final map.
  init?(_ run: ReportedRun, size: Int) {
    guard let map = run.finalMap("map_sharp.mrc") ?? run.finalMap("map.mrc") else { return nil }
    self.map = ViewedMap(map)
    mask = run.finalMap("mask.mrc").map { ViewedMap($0) }
    localResolution = run.finalMap("local_resolution.mrc").map { ViewedMap($0) }
    consensus = run.consensus.flatMap {
      $0.size == map.size && abs($0.pixelSize / map.pixelSize - 1) < 0.01 ? $0 : nil
    }
    self.size = size
  }

  /// A map by itself.
  init(map: ViewedMap, size: Int) {
    (self.map, self.size) = (map, size)
    (mask, localResolution, consensus) = (nil, nil, nil)
  }

  /// Where in the map its surface is, in words.
  private var place: String { mask == nil ? "" : ", inside the mask" }

  private var level: Float { LevelTable.usual(for: map.volume, map.levels) }

  /// What the colours of the surface span, Å: nine tenths of the resolutions inside the mask.
  private var range: ClosedRange<Double>? {
    guard let localResolution, let mask, mask.volume.size == localResolution.volume.size else {
      return nil
    }
    var inside: [Float] = []
    for (index, weight) in mask.volume.voxels.enumerated() where weight >= 0.5 {
      inside.append(localResolution.volume.voxels[index])
    }
    inside.sort()
    guard inside.count > 20 else { return nil }
    let (low, high) = (inside[inside.count / 20], inside[inside.count * 19 / 20])
    return low < high ? Double(low)...Double(high) : nil
  }

  /// The surface from the front and from the right.
  func surfaces() -> [(image: IndexedImage, caption: String)] {
    let (map, level) = (inside, level)
    let extent = map.extent(above: level) ?? (map.centre, map.halfEdge)
    let front = ViewCamera(target: extent.centre, reach: extent.radius)
    let range = range
    let plain = IndexedImage.RGB(hex: 0xF2F0EA)
    let hues =
      range == nil
      ? [plain]
      : (0..<12).map { step in
        ColourMap.viridis.colour(at: (Double(step) + 0.5) / 12).components
          .map { IndexedImage.RGB($0, $1, $2) } ?? plain
      }
    let ink = SurfaceInk(
      hues: hues, cut: plain, ground: IndexedImage.RGB(hex: 0x101418),
      veil: IndexedImage.RGB(hex: 0xE0B040), shades: range == nil ? 32 : 10)
    let deviations = Format.fixed(map.levels.deviations(of: level), 1)
    let mass = Format.short(map.levels.mass(above: level))
    var words =
      "at \(Format.rounded(Double(level), digits: 3)) (\(deviations) sd, \(mass) kDa above it)"
    if let range {
      words +=
        "; local resolution from \(Format.fixed(range.lowerBound, 1)) Å (dark violet) to "
        + "\(Format.fixed(range.upperBound, 1)) Å (yellow)"
    }
    let refined = [("along z", front), ("along x", front.turned(about: 1, by: -90))].map {
      name, camera in
      var colours = SurfaceColours.plain
      if let range, let localResolution { colours = .values(localResolution, range) }
      let image = SurfaceScene(map: map, level: level, camera: camera, colours: colours)
        .picture(width: size, height: size, ink: ink)
      return (image, "Surface of the map \(name)\(place), \(words).")
    }
    return before(front, mass: map.levels.mass(above: level)) + refined
  }

  /// The surface of what the run began with, at the level above which there is as much.
  private func before(
    _ camera: ViewCamera, mass: Double
  ) -> [(image: IndexedImage, caption: String)] {
    guard let consensus else { return [] }
    let map = masked(ViewedMap(consensus))
    let level = map.levels.level(mass: mass)
    let ink = SurfaceInk(
      hues: [IndexedImage.RGB(hex: 0xF2F0EA)], cut: IndexedImage.RGB(hex: 0xF2F0EA),
      ground: IndexedImage.RGB(hex: 0x101418), veil: IndexedImage.RGB(hex: 0xE0B040), shades: 32)
    let image = SurfaceScene(map: map, level: level, camera: camera, colours: .plain)
      .picture(width: size, height: size, ink: ink)
    return [
      (
        image,
        "Surface of the map that the run began with along z\(place), at "
          + "\(Format.rounded(Double(level), digits: 3)), above which there is as much mass."
      )
    ]
  }

  private static func moments(of values: [Float]) -> (mean: Double, deviation: Double) {
    let count = Double(max(1, values.count))
    let mean = values.reduce(0) { $0 + Double($1) } / count
    let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, (squares / count).squareRoot())
  }

  /// The map inside the mask, where it was refined: noise outside would hide it.
  private var inside: ViewedMap { masked(map) }

  private func masked(_ map: ViewedMap) -> ViewedMap {
    guard let mask, mask.volume.size == map.volume.size else { return map }
    var volume = map.volume
    for (index, weight) in mask.volume.voxels.enumerated() { volume.voxels[index] *= weight }
    return ViewedMap(volume)
  }

  /// Slices along z, y and x through the middle of the mask, with its outline.
  func slices() -> [(image: IndexedImage, caption: String)] {
    let volume = map.volume
    let middle = mask?.extent(above: 0.5)?.centre ?? .zero
    let place = map.voxel(of: middle)
    let voxel = SIMD3<Int>(
      (0..<3).map { min(max(0, Int(place[$0].rounded())), volume.size - 1) })
    let planes = [(0, 1, 2, "xy, z"), (0, 2, 1, "xz, y"), (1, 2, 0, "yz, x")]
    return planes.map { across, up, through, name in
      var values: [Float] = []
      var outline: [Float] = []
      for row in 0..<volume.size {
        for column in 0..<volume.size {
          var index = voxel
          (index[across], index[up]) = (column, volume.size - 1 - row)
          values.append(volume[index.x, index.y, index.z])
          if let mask, mask.volume.size == volume.size {
            outline.append(mask.volume[index.x, index.y, index.z])
          }
        }
      }
      let (mean, deviation) = Self.moments(of: values)
      let spread = max(deviation, 1e-12)
      let slice = ImageSlice(
        width: volume.size, height: volume.size, pixels: values,
        range: Float(mean - 0.5 * spread)...Float(mean + 4 * spread), mask: outline)
      // A cell of the picture's own size: the slice fills it.
      let picture = slice.picture(
        in: Rect(x: 0, y: 0, width: 1, height: 1), cell: Size(width: size, height: size),
        Appearance(colours: .truecolor))
      let edge = Format.short(volume.edge.rounded())
      return (
        picture?.image
          ?? IndexedImage(width: 0, height: 0, indices: [], palette: []),
        "Slice \(name) = \(voxel[through]); \(edge) Å wide"
          + (mask == nil ? "." : "; the line is the mask at 0.5.")
      )
    }
  }
}
