import CryoEM
import EMFiles

/// The maps of a job, read and compared with each other.
struct CheckedMaps {
  var map: Volume
  var halfMaps: (a: Volume, b: Volume)?
  var mask: Volume
  /// Resolution of the half-maps inside the mask, Å (FSC 0.143, not corrected for the mask's edge);
  /// nil without half-maps.
  var resolution: Double?

  /// Reads the maps that `inputs` names. nil, with the problems collected, where one of them cannot
  /// be used.
  init?(inputs: JobInputs, findings: inout FindingList) {
    var files: [(path: String, volume: Volume)] = []
    func read(_ path: String?, _ findings: inout FindingList) -> Volume? {
      guard let path, let volume = findings.catching({ try Volume(readingCubic: path) }) else {
        return nil
      }
      files.append((path, volume))
      return volume
    }
    let map = read(inputs.map, &findings)
    let halfA = read(inputs.halfMapA, &findings)
    let halfB = read(inputs.halfMapB, &findings)
    let mask = read(inputs.mask, &findings)
    var isWhole = (inputs.mask == nil) == (mask == nil)
    if let first = files.first {
      for file in files.dropFirst() where !file.volume.isSampledLike(first.volume) {
        isWhole = false
        findings.error(
          "\(file.path): \(file.volume.sampling), but \(first.path) has \(first.volume.sampling)",
          "Give maps and a mask of one box and pixel size (relion_image_handler --rescale_angpix, "
            + "--new_box).")
      }
    }
    for half in [(inputs.halfMapA, halfA), (inputs.halfMapB, halfB)] {
      if let path = half.0, let volume = half.1, volume.standardDeviation == 0 {
        isWhole = false
        findings.error("\(path): every voxel is \(volume.voxels[0])", "Give a half-map.")
      }
    }
    if let path = inputs.map, let map, map.standardDeviation == 0 {
      isWhole = false
      findings.error("\(path): every voxel is \(map.voxels[0])", "Give a map with density in it.")
    }
    if let path = inputs.mask, let mask {
      isWhole = MaskCheck(path: path, mask: mask).run(&findings) && isWhole
    }
    guard isWhole else { return nil }
    if let halfA, let halfB { halfMaps = (halfA, halfB) }
    guard let whole = map ?? halfMaps.map({ 0.5 * ($0.a + $0.b) }) else { return nil }
    if let halfA, let halfB, halfA == halfB {
      findings.error(
        "\(inputs.halfMapA ?? ""): the two half-maps are the same map",
        "Give the two half-maps of the consensus, or neither.")
      return nil
    }
    self.map = whole
    self.mask = mask ?? whole.map { _ in 1 }
    if let halfMaps {
      let curve = fourierShellCorrelation(halfMaps.a, halfMaps.b, mask: self.mask)
      resolution = CryoEM.resolution(
        of: curve, below: 0.143, size: whole.size, pixelSize: whole.pixelSize)
    }
    // Half-maps of another split know the particles of both halves: only what they share is used.
    if inputs.resplit { halfMaps = nil }
  }

  /// Cuts or pads every map to the box of the particles.
  mutating func box(to size: Int) {
    map = map.boxed(to: size)
    mask = mask.boxed(to: size)
    halfMaps = halfMaps.map { ($0.a.boxed(to: size), $0.b.boxed(to: size)) }
  }
}
