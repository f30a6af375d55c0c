import CryoEM
import Ground
import Surface
import Viewing

extension MapScreen {
  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    guard let shown, let density else {
      let problem = wanted.flatMap { problems[$0.request] }
      frame.write(
        problem?.what ?? "Reading the map …", x: rect.x + 2, y: rect.y + 1,
        problem == nil ? .dim : .bad, width: rect.width - 2)
      frame.write(problem?.whatToDo ?? "", x: rect.x + 2, y: rect.y + 2, width: rect.width - 2)
      return
    }
    let lines = facts(shown, density, columns: rect.width)
    let rows = min(
      lines.count, rect.height >= 18 ? 5 : rect.height >= 16 ? 4 : rect.height >= 10 ? 2 : 1)
    let (upper, lower) = rect.split(bottom: rows)
    for (pane, place) in places(in: upper) {
      if pane == .surface {
        drawSurface(shown, density, in: place, of: &frame, surroundings)
      } else {
        drawSlice(pane.rawValue - 1, shown, in: place, of: &frame, surroundings)
      }
    }
    frame.lines(Array(lines.prefix(rows)), in: lower.inset(columns: 1, rows: 0))
    if rows >= 2 { drawLegend(in: lower, of: &frame) }
  }

  /// The panes that are seen, with their places.
  func places(in rect: Rect) -> [(pane: Pane, rect: Rect)] {
    if isZoomed { return [(pane, rect)] }
    if rect.width >= 100, rect.height >= 26 {
      let columns = Layout.split(rect, .columns, [.init(), .init()])
      let places = columns.flatMap { Layout.split($0, .rows, [.init(), .init()]) }
      // The surface at the upper left, the slices around it.
      return Array(zip([.surface, .second, .first, .third], places))
    }
    if pane == .surface { return [(pane, rect)] }
    if rect.width < 60 { return [(pane, rect)] }
    let slices: [Pane] = [.first, .second, .third]
    return Array(
      zip(slices, Layout.split(rect, .columns, Array(repeating: .init(), count: 3))))
  }

  // MARK: Slices

  private func drawSlice(
    _ plane: Int, _ shown: ReadMap, in rect: Rect, of frame: inout Frame,
    _ surroundings: Surroundings
  ) {
    let volume = shown.map.volume
    let isFocused = pane.rawValue == plane + 1
    var view = SliceView(
      size: volume.size, hair: hair, voxels: volume.voxels,
      mask: { showsMask ? outline(of: mask, $0, on: shown) : [] },
      projection: showsProjections
        ? { plane in
          studio.projection(.init(map: shown.request, axis: plane)) {
            SliceReader.projection(plane, of: volume.voxels, mask: nil, size: volume.size)
          }
        } : nil)
    let look = frame.look
    view.tint = { tint($0, shown, look) }
    if shelf.masks.count > 1, showsMask {
      let masks = shelf.masks.map { maps[$0] }
      view.regions = RegionOutlines(count: masks.count, chosen: chosen) {
        outline(of: masks[$0], $1, on: shown)
      }
    }
    let image = view.draw(plane: plane, isFocused: isFocused, in: rect, of: &frame) {
      image, inner, frame in
      for (index, figure) in figures {
        view.draw(
          figure, hingeRole(index), on: plane, image, in: inner,
          voxel: { shown.map.voxel(of: $0) }, of: &frame)
      }
      for (index, fulcrum) in shelf.fulcra.enumerated() {
        guard let fulcrum else { continue }
        let voxel = CrossHair.nearest(shown.map.voxel(of: fulcrum), size: volume.size)
        view.mark(
          voxel, on: plane, image, in: inner, index == chosen ? .changed : .series(index),
          of: &frame)
      }
    }
    if image.width > 0, image.height > 0 {
      let columns = Double(image.width) / (Double(volume.size) * volume.pixelSize)
      drawScaleBar(columnsPerAngstrom: columns, in: rect, of: &frame)
    }
  }

  /// A mask on a plane of the map that is shown, whose grid it need not have.
  private func outline(of mask: ReadMap?, _ plane: Int, on shown: ReadMap) -> [Float] {
    guard let mask else { return [] }
    let (size, axes) = (shown.map.volume.size, CrossHair.axes(of: plane))
    var values: [Float] = []
    values.reserveCapacity(size * size)
    for row in 0..<size {
      for column in 0..<size {
        var place = SIMD3<Double>(hair.voxel)
        place[axes.across] = Double(column)
        place[axes.up] = Double(size - 1 - row)
        values.append(mask.map.density(at: shown.map.point(ofVoxel: place)) ?? 0)
      }
    }
    return values
  }

  /// A bar of a round length over the lower edge of a pane.
  func drawScaleBar(
    columnsPerAngstrom: Double, in rect: Rect, of frame: inout Frame
  ) {
    guard rect.width >= 20, rect.height >= 4, columnsPerAngstrom > 0,
      columnsPerAngstrom.isFinite
    else { return }
    let most = Double(rect.width) / 3 / columnsPerAngstrom
    let length = Self.roundLength(upTo: most)
    let columns = Int((length * columnsPerAngstrom).rounded())
    guard columns >= 2 else { return }
    let look = frame.look
    let line = String(repeating: String(look.glyph("─", "-")), count: max(0, columns - 2))
    let bar = String(look.glyph("├", "|")) + line + String(look.glyph("┤", "|"))
    frame.write(
      " \(bar) \(Format.short(length)) Å ", x: rect.x + 2, y: rect.bottom - 1, .axis,
      width: rect.width - 4)
  }

  /// The largest of 1, 2, 5 × 10ⁿ that is at most a length.
  static func roundLength(upTo most: Double) -> Double {
    guard most > 0, most.isFinite else { return 0 }
    var power = 1.0
    while power * 10 <= most { power *= 10 }
    while power > most { power /= 10 }
    return power * (most / power >= 5 ? 5 : most / power >= 2 ? 2 : 1)
  }

  // MARK: Words

  /// What is known of map, level and cross-hair.
  ///
  /// - Parameter columns: of a line; where they are few, what is known otherwise is left out.
  func facts(
    _ shown: ReadMap, _ density: Float, columns: Int
  ) -> [(text: String, role: Role)] {
    let table = shown.map.levels
    let volume = shown.map.volume
    func row(_ name: String, _ text: String) -> String { name.padded(toColumns: 11) + text }
    var map = "\(stepTitle ?? ""), \(shown.request.kind.rawValue)"
    if lastShown != wanted?.request { map += " (the next one is being read …)" }
    map += "; box \(volume.size), \(Format.short(volume.pixelSize)) Å"
    if columns >= 100 { map += " per voxel" }
    if shelf.steps.count > 1 {
      let title = shelf.steps[min(other, shelf.steps.count - 1)].title
      map += "; \(step + 1) of \(shelf.steps.count)"
      if other != step { map += columns >= 100 ? ", b blinks with \(title)" : ", b: \(title)" }
    }
    let deviations = Format.fixed(table.deviations(of: density), 2)
    let level =
      "\(Format.rounded(Double(density), digits: 3)) = \(deviations) sd, "
      + "\(Format.short(table.mass(above: density))) kDa of protein above it"
    return [
      (row("Cross-hair", crossText(shown, columns: columns)), .accent),
      (row("Level", level), .text),
      (row("Colour", ""), .text), (row("Map", map), .text),
    ] + (hingeLine(shown).map { [$0] } ?? [])
  }

  /// What is known of a hinge that is drawn: that of the chosen mask, or of the first one that has any.
  private func hingeLine(_ shown: ReadMap) -> (text: String, role: Role)? {
    guard showsHinge else { return nil }
    let index = hinge == nil ? shelf.hinges.firstIndex { $0 != nil } : chosen
    guard let index, let hinge = shelf.hinges[index] else { return nil }
    let name = shelf.regions.indices.contains(index) ? shelf.regions[index] + " " : ""
    let text = hinge.text(
      voxel: shown.map.voxel(of: hinge.hinge), pixelSize: shown.map.volume.pixelSize)
    return ("Hinge".padded(toColumns: 11) + "◆ " + name + text, hingeRole(index))
  }

  private func crossText(_ shown: ReadMap, columns: Int) -> String {
    guard let cross else { return "" }
    var text = "voxel \(hair.text)"
    if columns >= 110 {
      let place = (0..<3).map { Format.fixed(cross[$0], 1) }.joined(separator: ", ")
      text += " (\(place) Å)"
    }
    let voxel = hair.voxel
    let value = shown.map.volume[voxel.x, voxel.y, voxel.z]
    text += ": density \(Format.rounded(Double(value), digits: 3))"
    text += " = \(Format.fixed(shown.map.levels.deviations(of: value), 2)) sd"
    if let mask, let inside = mask.map.density(at: cross) {
      text += ", mask \(Format.fixed(Double(inside), 2))"
    }
    if let request = shelf.localResolution, let values = maps[request],
      let resolution = values.map.density(at: cross)
    {
      text += ", local resolution \(Format.fixed(Double(resolution), 2)) Å"
    }
    return text
  }

  /// The range of what colours the surface; nil for none.
  var colourRange: (range: ClosedRange<Double>, unit: String)? {
    switch colouring {
    case .plain, .regions: return nil
    case .localResolution:
      return colourRequest.flatMap { maps[$0] }.map { ($0.valueRange, "Å") }
    case .halves:
      guard let density else { return nil }
      // As large as the level itself is as bad as noise.
      return (0...max(1e-9, abs(Double(density))), "of density")
    case .motion:
      guard let sway = shelf.sway, let shown else { return nil }
      let reach = mask?.map.extent(above: 0.5)?.radius ?? shown.map.halfEdge
      let most = sway.distance(at: sway.fulcrum + Vector3(reach, 0, 0))
      return (0...max(0.1, most), "Å")
    }
  }

  /// The line that says what the colours of surface and slices mean.
  private func drawLegend(in rect: Rect, of frame: inout Frame) {
    let row = rect.y + 2
    guard rect.height >= 3 else { return }
    var x = rect.x + 12
    func write(_ text: String, _ role: Role, _ frame: inout Frame) {
      x += frame.write(text, x: x, y: row, role, width: max(0, rect.right - x))
    }
    guard frame.look.colours >= .c256 else {
      write("shades alone; 256 colours (F6) tell more", .dim, &frame)
      return
    }
    write(colouring.rawValue, .text, &frame)
    switch colouring {
    case .plain: return
    case .regions:
      write(":", .text, &frame)
      for (index, mask) in shelf.masks.prefix(6).enumerated() {
        write("  ■ ", .series(index), &frame)
        let name =
          shelf.regions.indices.contains(index)
          ? shelf.regions[index] : FilePath.name(of: mask.files.first ?? "")
        write("\(index + 1) \(name)", .text, &frame)
      }
      return
    default: break
    }
    guard let colours = colourRange else {
      write(", which is being read …", .dim, &frame)
      return
    }
    write("  \(Format.rounded(colours.range.lowerBound, digits: 3)) ", .text, &frame)
    let map = colourMap
    let width = min(24, max(0, rect.right - x - 20))
    for column in 0..<width {
      let share = width > 1 ? Double(column) / Double(width - 1) : 0
      frame.grid.put(
        " ", x: x + column, y: row,
        style: Style(background: map.colour(at: share, frame.look.colours)))
    }
    x += width
    write(
      " \(Format.rounded(colours.range.upperBound, digits: 3)) \(colours.unit)", .text, &frame)
  }

  var colourMap: ColourMap { .viridis }

  // MARK: Export

  func exported(_ surroundings: Surroundings) -> Export {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    draw(in: frame.grid.bounds, of: &frame, surroundings)
    var table: [[String]]?
    if let shown, let density {
      table =
        [["fact", "text"]]
        + facts(shown, density, columns: 200).map { line in
          [line.text.prefix(11).description.trimmed, line.text.dropFirst(11).description]
        }
    }
    return Export(name: title, grid: frame.grid, table: table)
  }
}
