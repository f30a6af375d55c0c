import CryoEM
import EMFiles

/// The maps of a job, read and compared with each other.
struct CheckedMaps {
  var map: Volume
  var halfMaps: (a: Volume, b: Volume)?
  var mask: Volume
  /// What the half-maps say of their resolution inside the mask; nil without half-maps, and until they
  /// are measured.
  private(set) var start: HalfMapMeasurement?
  /// Their resolution, Å.
  var resolution: Double? { start?.fsc.resolution143 }

  /// Reads the maps that `inputs` names. nil, with the problems collected, where one of them cannot
  /// be used.
  init?(inputs: JobInputs, findings: inout FindingList) {
    let keys = Parameter.input
    var files: [(key: String, path: String, volume: Volume)] = []
    func read(
      _ path: String?, _ key: ParameterKey<String>, _ findings: inout FindingList
    ) -> Volume? {
      guard let path,
        let volume = findings.catching([key.key], { try Volume(readingCubic: path) })
      else { return nil }
      files.append((key.key, path, volume))
      return volume
    }
    let map = read(inputs.map, keys.map, &findings)
    let halfA = read(inputs.halfMapA, keys.halfMapA, &findings)
    let halfB = read(inputs.halfMapB, keys.halfMapB, &findings)
    let mask = read(inputs.mask, keys.mask, &findings)
    var isWhole = (inputs.mask == nil) == (mask == nil)
    let before = findings.errors.count
    Self.compare(
      files.map { Header(key: $0.key, path: $0.path, sampling: $0.volume.sampling) }, &findings)
    isWhole = isWhole && findings.errors.count == before
    for half in files where [keys.halfMapA.key, keys.halfMapB.key].contains(half.key) {
      if half.volume.standardDeviation == 0 {
        isWhole = false
        findings.error(
          [half.key], "\(half.path): every voxel is \(half.volume.voxels[0])", "Give a half-map.")
      }
    }
    if let path = inputs.map, let map, map.standardDeviation == 0 {
      isWhole = false
      findings.error(
        [keys.map.key], "\(path): every voxel is \(map.voxels[0])", "Give a map with density in it."
      )
    }
    if let path = inputs.mask, let mask {
      isWhole = MaskCheck(path: path, mask: mask).run(&findings) && isWhole
    }
    guard isWhole else { return nil }
    if let halfA, let halfB { halfMaps = (halfA, halfB) }
    guard let whole = map ?? halfMaps.map({ 0.5 * ($0.a + $0.b) }) else { return nil }
    if let halfA, let halfB, halfA == halfB {
      findings.error(
        [keys.halfMapA.key, keys.halfMapB.key],
        "\(inputs.halfMapA ?? ""): the two half-maps are the same map",
        "Give the two half-maps of the consensus, or neither.")
      return nil
    }
    self.map = whole
    self.mask = mask ?? whole.map { _ in 1 }
  }

  /// Measures the half-maps as the refinement will measure its own.
  mutating func measure(_ settings: RefinementSettings, isSplitAnew: Bool) {
    start = halfMaps.map {
      HalfMapMeasurement(
        halfA: $0.a, halfB: $0.b, mask: mask.withinImages(settings), settings: settings)
    }
    // Half-maps of another split know the particles of both halves: only what they share is used.
    if isSplitAnew { halfMaps = nil }
  }

  /// Cuts or pads every map to the box of the particles.
  mutating func box(to size: Int) {
    map = map.boxed(to: size)
    mask = mask.boxed(to: size)
    halfMaps = halfMaps.map { ($0.a.boxed(to: size), $0.b.boxed(to: size)) }
  }
}

extension CheckedMaps {
  /// A map as far as its header tells.
  struct Header {
    let key: String
    let path: String
    let sampling: Sampling

    /// Whether the particles have the map's pixel size.
    func compare(with particles: CheckedParticles, _ findings: inout FindingList) {
      guard !sampling.hasPixelSize(particles.pixelSize) else { return }
      findings.error(
        [key, Parameter.input.particles.key],
        "\(path): \(sampling), but the particles have pixels of \(particles.pixelSize) Å",
        "Resample the maps and the mask to the particles' pixel size (relion_image_handler "
          + "--rescale_angpix \(particles.pixelSize) --new_box \(sampling.size)).")
    }
  }

  /// The headers of the maps that `inputs` names, those that can be read.
  static func headers(inputs: JobInputs, findings: inout FindingList) -> [Header] {
    let keys = Parameter.input
    let named = [
      (keys.map, inputs.map), (keys.halfMapA, inputs.halfMapA), (keys.halfMapB, inputs.halfMapB),
      (keys.mask, inputs.mask),
    ]
    return named.compactMap { key, path in
      guard let path else { return nil }
      return findings.catching([key.key]) { try Volume.sampling(ofCubic: path) }
        .map { Header(key: key.key, path: path, sampling: $0) }
    }
  }

  /// Whether all maps have the box and pixel size of the first.
  static func compare(_ files: [Header], _ findings: inout FindingList) {
    guard let first = files.first else { return }
    for file in files.dropFirst() where !file.sampling.isLike(first.sampling) {
      findings.error(
        [file.key, first.key],
        "\(file.path): \(file.sampling), but \(first.path) has \(first.sampling)",
        "Give maps and a mask of one box and pixel size (relion_image_handler --rescale_angpix, "
          + "--new_box).")
    }
  }
}
