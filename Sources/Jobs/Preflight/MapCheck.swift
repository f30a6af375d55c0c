import CryoEM
import Ground
import Refinement

/// The maps of a job, read, compared with each other, and brought into the particles' box and pixel
/// size.
struct CheckedMaps {
  let map: Volume
  private(set) var halfMaps: (a: Volume, b: Volume)?
  let mask: Volume
  /// The box in which the coordinates of the files count.
  let frame: MapHeader.Frame
  /// What the half-maps say of their resolution inside the mask; nil without half-maps, and until they
  /// are measured.
  private(set) var start: HalfMapMeasurement?
  /// Their resolution, Å; stored, as the compiler of 6.3 fails on a chain through `start` where it
  /// optimises.
  private(set) var resolution: Double?

  /// Reads the maps that `inputs` names. nil, with the problems collected, where one of them cannot
  /// be used, or where there is no box to bring them into.
  ///
  /// - Parameter particles: nil where they cannot be used either.
  init?(inputs: JobInputs, particles: CheckedParticles?, findings: inout FindingList) {
    self.init(
      inputs: inputs,
      box: particles.map { Sampling(size: $0.boxSize, pixelSize: $0.pixelSize) },
      findings: &findings)
  }

  /// - Parameter box: that of the particles.
  init?(inputs: JobInputs, box: Sampling?, findings: inout FindingList) {
    let before = findings.errors.count
    let files = Self.files(of: inputs)
    let all = files.map { file in
      findings.catching([file.key]) { () throws(Problem) in
        try StoredMap(key: file.key, path: file.path)
      }
    }
    func stored(_ key: ParameterKey<String>) -> StoredMap? {
      all.lazy.compactMap { $0 }.first { $0.header.key == key.key }
    }
    let keys = Parameter.input
    let halves = (a: stored(keys.halfMapA), b: stored(keys.halfMapB))
    Self.check(map: stored(keys.map), halfMaps: halves, &findings)
    var mask = stored(keys.mask)
    mask?.checkValues(&findings)
    guard let box, findings.errors.count == before else { return nil }
    let frame = MapHeader.frame(of: all.compactMap { $0?.header }, box: box)
    var fitting = MapFitting(box: box.size, pixelSize: box.pixelSize, frame: frame)
    let fittedMap = stored(keys.map).flatMap { fitting.fit($0, &findings) }
    let fittedA = halves.a.flatMap { fitting.fit($0, &findings) }
    let fittedB = halves.b.flatMap { fitting.fit($0, &findings) }
    let fittedMask = mask.flatMap { fitting.fitMask($0, &findings) }
    fitting.tell(&findings)
    guard findings.errors.count == before else { return nil }
    halfMaps = fittedA.flatMap { a in fittedB.map { (a: a, b: $0) } }
    guard let whole = fittedMap ?? halfMaps.map({ 0.5 * ($0.a + $0.b) }) else { return nil }
    map = whole
    self.mask = fittedMask ?? whole.map { _ in 1 }
    self.frame = frame
  }

  /// The same with the half-maps measured, as the refinement will measure its own.
  func measured(_ settings: RefinementSettings, isSplitAnew: Bool) -> CheckedMaps {
    var maps = self
    maps.start = halfMaps.map {
      HalfMapMeasurement(
        halfA: $0.a, halfB: $0.b, mask: mask.withinImages(settings), settings: settings)
    }
    maps.resolution = maps.start?.fsc.resolution143
    // Half-maps of another split know the particles of both halves: only what they share is used.
    if isSplitAnew { maps.halfMaps = nil }
    return maps
  }

  /// The maps and the mask that `inputs` names, with their keys.
  static func files(of inputs: JobInputs) -> [(key: String, path: String)] {
    let keys = Parameter.input
    return [
      (keys.map, inputs.map), (keys.halfMapA, inputs.halfMapA), (keys.halfMapB, inputs.halfMapB),
      (keys.mask, inputs.mask),
    ].compactMap { key, path in path.map { (key.key, $0) } }
  }

  /// What can be said of maps wherever they lie.
  private static func check(
    map: StoredMap?, halfMaps: (a: StoredMap?, b: StoredMap?), _ findings: inout FindingList
  ) {
    for half in [halfMaps.a, halfMaps.b].compactMap({ $0 }) where half.isConstant {
      findings.error(
        [half.header.key], "\(half.header.path): every voxel is \(half.voxels[0])",
        "Give a half-map.")
    }
    if let map, map.isConstant {
      findings.error(
        [map.header.key], "\(map.header.path): every voxel is \(map.voxels[0])",
        "Give a map with density in it.")
    }
    if let a = halfMaps.a, let b = halfMaps.b, a.voxels == b.voxels, !a.isConstant {
      findings.error(
        [a.header.key, b.header.key], "\(a.header.path): the two half-maps are the same map",
        "Give the two half-maps of the consensus, or neither.")
    }
  }
}
