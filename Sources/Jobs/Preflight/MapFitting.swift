import CryoEM
import Ground

/// Brings maps and masks into the particles' box and pixel size, and says in a line what was done to
/// which of them.
struct MapFitting {
  let box: Int
  let pixelSize: Double
  let frame: MapHeader.Frame
  /// What was done, in order, with the files that it was done to.
  private var done: [(what: String, files: [String])] = []

  init(box: Int, pixelSize: Double, frame: MapHeader.Frame) {
    (self.box, self.pixelSize, self.frame) = (box, pixelSize, frame)
  }

  /// A map in the particles' box; nil, with a problem, where nobody knows where it lies.
  mutating func fit(_ stored: StoredMap, _ findings: inout FindingList) -> Volume? {
    guard let own = placed(stored, &findings) else { return nil }
    let hasPixelSize = own.sampling.hasPixelSize(pixelSize)
    let header = stored.header
    if !hasPixelSize, header.isCubic, header.size.x == box {
      let wanted = Format.rounded(pixelSize, digits: 5)
      findings.warning(
        [header.key, Parameter.input.particles.key],
        "\(header.path): the particles' box of \(box), but pixels of "
          + "\(Format.rounded(header.pixelSize, digits: 5)) Å instead of \(wanted): its header "
          + "may be wrong",
        "Nothing needs to be done if it is right. If not, set the pixel size in the header "
          + "(relion_image_handler --i OLD --o NEW --force_header_angpix \(wanted)).")
    }
    var fitted =
      hasPixelSize
      ? own.boxed(to: box) : own.resampled(toPixelSize: pixelSize, size: box)
    fitted.pixelSize = pixelSize
    return fitted
  }

  /// A mask in the particles' box, from 0 to 1; nil, with a problem, where nothing of it is left.
  mutating func fitMask(_ stored: StoredMap, _ findings: inout FindingList) -> Volume? {
    guard let fitted = fit(stored, &findings) else { return nil }
    // Resampling overshoots at edges.
    let mask = fitted.map { min(max($0, 0), 1) }
    let before = stored.voxels.reduce(0.0) { $0 + Double($1) } * cubed(stored.header.pixelSize)
    let after = mask.voxels.reduce(0.0) { $0 + Double($1) } * cubed(pixelSize)
    let lost = before > 0 ? 1 - after / before : 0
    let half = Format.rounded(Double(box / 2) * pixelSize, digits: 4)
    guard mask.maximum >= 0.5 else {
      findings.error(
        [stored.header.key, Parameter.input.particles.key],
        "\(stored.header.path): nothing of the mask is inside the particles' box, which ends \(half) Å from "
          + "the centre",
        "Give a mask inside it, or extract the particles in a box that holds the mask.")
      return nil
    }
    if lost > 0.005 {
      findings.warning(
        [stored.header.key, Parameter.input.particles.key],
        "\(stored.header.path): \(Format.rounded(100 * lost, digits: 2))% of the mask are outside of "
          + "the particles' box, which ends \(half) Å from the centre, and are cut off",
        "Give a mask inside it, or extract the particles in a box that holds the mask.")
    }
    return mask
  }

  /// The map in a box of its own pixel size about the frame's centre.
  private mutating func placed(_ stored: StoredMap, _ findings: inout FindingList) -> Volume? {
    let header = stored.header
    let extent = max(frame.grid.edge, Double(box) * pixelSize)
    guard let place = place(header, &findings) else { return nil }
    if case .at = place { note("\(header.sampling): placed by its origin", header) }
    if place == .centred, !header.isSampled(box, pixelSize) {
      let isResampled = abs(header.pixelSize / pixelSize - 1) >= 0.001
      let change =
        isResampled
        ? "resampled to the particles' pixel size of \(Format.rounded(pixelSize, digits: 5)) Å "
          + "and box of \(box)"
        : "\(header.size.x > box ? "cut" : "padded") to the particles' box of \(box) about the centre"
      note("\(header.sampling): \(change)", header)
    }
    if place == .centred, header.isPerhapsPart(of: frame) {
      findings.warning(
        [header.key],
        "\(header.path): \(header.sampling), smaller than the box of \(FilePath.name(of: frame.path)), "
          + "and its header does not say where it lies: it is taken to be about the centre",
        "Nothing needs to be done if it was cut out about the centre. If not, give it in the whole box "
          + "(in ChimeraX: volume resample #part onGrid #map).")
    }
    return stored.volume(place, extent: extent)
  }

  /// Where a map lies in the frame; nil, with a problem, where nobody knows, or outside of it.
  func place(_ header: MapHeader, _ findings: inout FindingList) -> MapHeader.Place? {
    let place = header.place(in: frame)
    switch place {
    case .centred: return place
    case .unknown:
      findings.error(
        [header.key],
        "\(header.path): \(header.sampling): a part of a map, and its header does not say which",
        "Give it in the whole box (in ChimeraX: volume resample #part onGrid #map), or save it "
          + "with its origin.")
      return nil
    case .at(let first):
      let centre = header.centre(first)
      let middle = [centre.x, centre.y, centre.z]
      let half = 0.5 * max(frame.grid.edge, Double(box) * pixelSize)
      if middle.allSatisfy({ abs($0) < half }) { return place }
      let text = middle.map { Format.rounded($0, digits: 3) }.joined(separator: ", ")
      findings.error(
        [header.key],
        "\(header.path): by its origin it lies outside of the box, \(text) Å from the centre",
        "Give it in the whole box (in ChimeraX: volume resample #part onGrid #map)"
          + (header.isCubic ? ", or set its origin to 0 if it is whole." : "."))
      return nil
    }
  }

  private mutating func note(_ what: String, _ header: MapHeader) {
    let name = FilePath.name(of: header.path)
    if let index = done.firstIndex(where: { $0.what == what }) {
      done[index].files.append(name)
    } else {
      done.append((what, [name]))
    }
  }

  /// A line for each thing that was done.
  func tell(_ findings: inout FindingList) {
    for (what, files) in done {
      findings.note("\(files.joined(separator: ", ")): \(what).")
    }
  }
}

private func cubed(_ value: Double) -> Double { value * value * value }

extension StoredMap {
  /// The values of a mask: a few per cent beyond 0 and 1, as resampling leaves them, are cut off and
  /// told; more is no mask.
  ///
  /// - Returns: whether it can be used.
  @discardableResult
  mutating func checkValues(_ findings: inout FindingList) -> Bool {
    let (least, most) = (voxels.min() ?? 0, voxels.max() ?? 0)
    let path = header.path
    func text(_ value: Float) -> String { Format.rounded(Double(value), digits: 4) }
    guard least >= -0.15, most <= 1.15 else {
      findings.error(
        [header.key],
        "\(path): the mask has values from \(text(least)) to \(text(most))",
        "A mask goes from 0 (outside) to 1 (inside): make one of this map with fulcrum mask.")
      return false
    }
    guard most >= 0.5 else {
      findings.error(
        [header.key],
        "\(path): the mask is empty: no voxel reaches 0.5, the largest is \(text(most))",
        "Give a mask that is 1 inside the region.")
      return false
    }
    guard least < -1e-3 || most > 1 + 1e-3 else { return true }
    findings.note(
      "\(FilePath.name(of: path)): values from \(text(least)) to \(text(most)) are cut off at 0 and 1."
    )
    clip(to: 0...1)
    return true
  }
}
