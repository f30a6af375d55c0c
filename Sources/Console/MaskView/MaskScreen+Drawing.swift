import CryoEM
import Refinement
import Runs
import Surface

extension MaskScreen {
  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    guard let volumes, size > 0 else {
      let problem = volumes?.problem
      frame.write(
        problem?.what ?? "Reading the map and the mask …", x: rect.x + 2, y: rect.y + 1,
        problem == nil ? .dim : .bad, width: rect.width - 2)
      frame.write(problem?.whatToDo ?? "", x: rect.x + 2, y: rect.y + 2, width: rect.width - 2)
      return
    }
    let isWide = rect.width >= 150
    let columns = (isWide ? 44 : rect.width) - 2
    let lines = facts(volumes).flatMap { fact in
      fact.text.wrapped(toColumns: max(1, columns - 12)).enumerated().map { row, line in
        ((row == 0 ? fact.name : "").padded(toColumns: 12) + line, fact.role)
      }
    }
    let infoRows = isWide ? 0 : min(lines.count, max(0, rect.height - 8))
    let (upper, lower) = rect.split(bottom: infoRows)
    let (left, side) = upper.split(right: isWide ? 44 : 0)
    drawPlanes(volumes, in: left, of: &frame)
    frame.lines(lines, in: (isWide ? side : lower).inset(columns: 1, rows: 0))
  }

  /// The view as it looks, and what is known of map, mask and fulcrum.
  func exported(_ surroundings: Surroundings) -> Export {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    draw(in: frame.grid.bounds, of: &frame, surroundings)
    let table = volumes.map { [["fact", "text"]] + facts($0).map { [$0.name, $0.text] } }
    return Export(name: title, grid: frame.grid, table: table)
  }

  private func drawPlanes(_ volumes: MaskViewVolumes, in rect: Rect, of frame: inout Frame) {
    // Narrow terminals show the plane with the focus alone.
    let planes = rect.width >= 60 ? [0, 1, 2] : [focus]
    let places = Layout.split(
      rect, .columns, Array(repeating: .init(), count: planes.count), gap: 0)
    let mask = preview ?? volumes.mask
    for (plane, place) in zip(planes, places) {
      let axes = Self.axes(of: plane)
      let inner = frame.box(
        place,
        Box(
          title: "\(Plane.names[plane]) = \(cross[axes.through])",
          isFocused: plane == focus && planes.count > 1))
      guard let voxels = volumes.map?.voxels ?? volumes.mask?.voxels else { continue }
      let slice = SliceReader.plane(
        plane, of: voxels, mask: showsOutline ? mask?.voxels : nil, size: size, at: cross)
      let image = ImageSlice(
        width: size, height: size, pixels: slice.values,
        range: slice.contrast(width: Float(width)), mask: slice.mask,
        crosshair: Point(x: cross[axes.across], y: size - 1 - cross[axes.up]))
      frame.draw(picture: image, in: inner)
      let cells =
        frame.pictureCell.flatMap { image.picture(in: inner, cell: $0, frame.look)?.area }
        ?? pixels(of: image, in: inner, frame.base)
      frame.mark(cells, .row(pane: "plane", plane))
    }
  }

  /// The cells that the image covers, so that a click finds its voxel.
  private func pixels(of image: ImageSlice, in rect: Rect, _ look: Appearance) -> Rect {
    var (left, right, top, bottom) = (rect.right, rect.x, rect.bottom, rect.y)
    for y in rect.y..<rect.bottom {
      for x in rect.x..<rect.right where image.pixel(at: Point(x: x, y: y), in: rect, look) != nil {
        (left, right) = (min(left, x), max(right, x + 1))
        (top, bottom) = (min(top, y), max(bottom, y + 1))
      }
    }
    return Rect(x: left, y: top, width: right - left, height: bottom - top)
  }

  /// What is known of map, mask and fulcrum, and the advice of the field.
  func facts(_ volumes: MaskViewVolumes) -> [(name: String, text: String, role: Role)] {
    func angstroms(_ voxel: Int) -> String {
      Format.fixed(Double(voxel - size / 2) * pixelSize, 1)
    }
    var lines: [(name: String, text: String, role: Role)] = [
      (
        "Cross-hair",
        "voxel \(crossText)  (\(angstroms(cross.x)), \(angstroms(cross.y)), "
          + "\(angstroms(cross.z)) Å from the centre)", .accent
      ),
      ("Map", "box \(size), \(Numbers.short(pixelSize)) Å per voxel", .text),
    ]
    if let report = volumes.report {
      lines.append(
        (
          "Mask",
          "diameter \(Int(report.diameter.rounded())) Å, room for "
            + "\(Format.count(Int(report.enclosedMass.rounded()))) kDa, edge "
            + "\(Format.fixed(report.softness, 1)) voxels wide", .text
        ))
      lines += advice(report)
    } else {
      lines.append(("Mask", "none", .dim))
    }
    if let threshold {
      let state =
        isComputing
        ? "computing …" : preview == nil ? "nothing is above it" : "shown in place of the mask"
      lines.append(("Dynamic", "threshold \(Format.fixed(threshold, 2)), \(state)", .changed))
    }
    return lines
  }

  private func advice(_ report: MaskReport) -> [(name: String, text: String, role: Role)] {
    var lines: [(name: String, text: String, role: Role)] = []
    if report.isEmpty {
      lines.append(("Advice", "The mask is empty: no voxel is above 0.5.", .bad))
    }
    if report.hasInvalidValues {
      lines.append(("Advice", "The mask has values that are not numbers.", .bad))
    }
    if report.isBinary {
      lines.append(
        ("Advice", "The mask has no soft edge: soften it, or the FSC tells of the edge.", .warning))
    }
    if report.enclosedMass < MaskReport.advisedMass, !report.isEmpty {
      lines.append(
        (
          "Advice",
          "Less than \(Int(MaskReport.advisedMass)) kDa: poses are hard to find; use the prior, "
            + "and a limit of the resolution.", .warning
        ))
    }
    if report.touchesSphere {
      lines.append(("Advice", "The mask reaches the edge of the box.", .warning))
    }
    if lines.isEmpty { lines.append(("Advice", "Nothing to object to in the mask.", .good)) }
    return lines
  }
}
