import CryoEM
import Ground
import Jobs
import Surface
import Tools

extension MaskMakerScreen {
  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    let isWide = rect.width >= 150
    let columns = (isWide ? 44 : rect.width) - 2
    let lines = facts(columns: columns - 12, frame.look).flatMap { fact in
      fact.text.wrapped(toColumns: max(1, columns - 12)).enumerated().map { row, line in
        ((row == 0 ? fact.name : "").padded(toColumns: 12) + line, fact.role)
      }
    }
    let infoRows = isWide ? 0 : min(lines.count, max(0, rect.height - 8))
    let (upper, lower) = rect.split(bottom: infoRows)
    let (left, side) = upper.split(right: isWide ? 44 : 0)
    let shown = shownPreview
    let view = SliceView(
      size: size, hair: hair, voxels: filtered?.map.voxels ?? original.voxels,
      mask: { plane in
        guard showsOutline || shown != nil else { return [] }
        guard let shown else { return outline(plane) }
        return SliceReader.plane(plane, of: shown.voxels, mask: nil, size: size, at: hair.voxel)
          .values
      }, fades: shown != nil)
    view.draw(in: left, of: &frame) { plane, image, inner, frame in
      // What is set stays seen; the centre of a mask that is still being made is not known.
      guard let point = job[Parameter.fulcrum.coordinates] else { return }
      let voxel = CrossHair.nearest(SIMD3(point.x, point.y, point.z), size: size)
      view.mark(voxel, on: plane, image, in: inner, of: &frame)
    }
    frame.lines(lines, in: (isWide ? side : lower).inset(columns: 1, rows: 0))
  }

  /// The soft mask that is shown: that of the sketch of now.
  private var shownPreview: Volume? {
    guard showsPreview, let preview, preview.sketch == sketch else { return nil }
    return preview.mask
  }

  /// Where a plane is inside the region, before holes are filled and edges made.
  private func outline(_ plane: Int) -> [Float] {
    guard let filtered else { return [] }
    let axes = CrossHair.axes(of: plane)
    return sketch.section(
      across: axes.across, up: axes.up, at: hair.voxel, of: filtered.map, currentPieces)
  }

  private func facts(columns: Int, _ look: Appearance) -> [MaskScreen.Fact] {
    guard let filtered else {
      return [("Map", "being filtered to \(Format.short(sketch.lowPass)) Å …", .dim)]
    }
    var lines: [MaskScreen.Fact] = [
      ("Threshold", slider(filtered, columns: columns, look), .accent)
    ]
    lines.append(("Region", regionText(filtered), .text))
    lines.append(("Cross-hair", crossText, .text))
    let strokes =
      sketch.strokes.isEmpty
      ? "" : "; \(Format.counted(sketch.strokes.count, "sphere")) painted"
    lines.append(
      (
        "Shape",
        "low-pass \(Format.short(sketch.lowPass)) Å, grown \(Format.short(sketch.extend)) Å, "
          + "edge \(Format.short(sketch.edge)) Å, sphere \(Format.short(radius)) Å\(strokes)",
        .text
      ))
    guard showsPreview else {
      lines.append(("Mask", "v shows it with its edge", .dim))
      return lines
    }
    guard let preview, preview.sketch == sketch else {
      lines.append(("Mask", "being made …", .dim))
      return lines
    }
    lines.append(("Mask", preview.report.summary, .text))
    let advice = preview.report.advice(resolution: resolution, pixelSize: original.pixelSize)
    if advice.isEmpty { lines.append(("Advice", "Nothing to object to in the mask.", .good)) }
    for problem in advice {
      let what = problem.what.prefix(1).uppercased() + problem.what.dropFirst() + "."
      lines += [("Advice", what, .warning), ("", problem.whatToDo, .text)]
    }
    return lines
  }

  /// The place of the threshold between the lowest and the highest density, and what it is.
  private func slider(_ filtered: FilteredMap, columns: Int, _ look: Appearance) -> String {
    var value = Format.rounded(Double(sketch.threshold), digits: 4)
    if let noise = filtered.noise, noise.deviation > 0 {
      let sds = (Double(sketch.threshold) - noise.mean) / noise.deviation
      value += ", \(Format.fixed(sds, 1)) sd of the noise"
    }
    if sketch.threshold == filtered.automatic { value += " (automatic)" }
    let width = max(0, min(30, columns - value.count - 2))
    guard width >= 6 else { return value }
    let place = Int((filtered.share(of: sketch.threshold) * Double(width - 1)).rounded())
    let line = String(look.glyph("─", "-"))
    return String(repeating: line, count: place) + String(look.glyph("●", "O"))
      + String(repeating: line, count: width - 1 - place) + "  " + value
  }

  private func regionText(_ filtered: FilteredMap) -> String {
    let above = "\(Format.short(filtered.mass(above: sketch.threshold))) kDa above it"
    guard let pieces = currentPieces else { return above + "; its pieces are being found …" }
    let kept = sketch.kept(of: pieces)
    let voxel = original.pixelSize * original.pixelSize * original.pixelSize
    let count = kept.reduce(0) { $0 + pieces.pieces[$1].count }
    let mass = MaskReport.mass(ofVolume: Double(count) * voxel)
    return above
      + "; kept \(Format.count(kept.count)) of \(Format.counted(pieces.pieces.count, "piece")), "
      + "\(Format.short(mass)) kDa"
  }

  private var crossText: String {
    var text = "voxel \(hair.text)"
    guard let pieces = currentPieces else { return text }
    let voxel = hair.voxel
    if let piece = pieces.piece(x: voxel.x, y: voxel.y, z: voxel.z) {
      let size = original.pixelSize * original.pixelSize * original.pixelSize
      let mass = MaskReport.mass(ofVolume: Double(pieces.pieces[piece].count) * size)
      text += ": piece \(piece + 1), \(Format.short(mass)) kDa, "
      text += sketch.kept(of: pieces).contains(piece) ? "kept" : "not kept"
    } else {
      text += ": outside of all pieces"
    }
    switch sketch.paint(at: place(of: voxel)) {
    case true?: text += "; painted"
    case false?: text += "; erased"
    case nil: break
    }
    return text
  }
}
