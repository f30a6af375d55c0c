import CryoEM
import Ground
import Surface
import Viewing

/// What is said of maps below their pictures.
extension MapView {
  /// What is known of map, level and cross-hair.
  ///
  /// - Parameters:
  ///   - hair: the cross-hair's voxel.
  ///   - columns: of a line; where they are few, what is known otherwise is left out.
  func facts(
    _ shown: ReadMap, _ density: Float, _ hair: CrossHair, columns: Int
  ) -> [(text: String, role: Role)] {
    let table = shown.map.levels
    let volume = shown.map.volume
    func row(_ name: String, _ text: String) -> String { name.padded(toColumns: 11) + text }
    var map = "\(steps.title ?? ""), \(shown.request.kind.rawValue)"
    if cache.lastShown != steps.wanted?.request { map += " (the next one is being read …)" }
    map += "; box \(volume.size), \(Format.short(volume.pixelSize)) Å"
    if columns >= 100 { map += " per voxel" }
    if shelf.steps.count > 1 {
      map += "; \(steps.index + 1) of \(shelf.steps.count)"
      if let other = steps.otherTitle {
        map += columns >= 100 ? ", b blinks with \(other)" : ", b: \(other)"
      }
    }
    let deviations = Format.fixed(table.deviations(of: density), 2)
    let level =
      "\(Format.rounded(Double(density), digits: 3)) = \(deviations) sd, "
      + "\(Format.short(table.mass(above: density))) kDa of protein above it"
    return [
      (row("Cross-hair", crossText(shown, hair, columns: columns)), .accent),
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

  private func crossText(_ shown: ReadMap, _ hair: CrossHair, columns: Int) -> String {
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
    if let values = cache[shelf.localResolution],
      let resolution = values.map.density(at: cross)
    {
      text += ", local resolution \(Format.fixed(Double(resolution), 2)) Å"
    }
    return text
  }

  /// The line that says what the colours of surface and slices mean.
  func drawLegend(in rect: Rect, into frame: inout Frame) {
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
    case .localResolution, .halves, .motion: break
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
}
