import CryoEM
import Ground
import Jobs
import Refinement
import Surface

extension MaskScreen {
  /// A line about map, mask or fulcrum.
  typealias Fact = (name: String, text: String, role: Role)

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
    let (legend, rest) = rect.split(top: job.regions.isEmpty ? 0 : 1)
    frame.regions(job.regions.map(\.name), chosen: region ?? 0, x: legend.x + 1, in: legend)
    let infoRows = isWide ? 0 : min(lines.count, max(0, rest.height - 8))
    let (upper, lower) = rest.split(bottom: infoRows)
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
    let (size, cross, shows) = (size, cross, showsOutline)
    func plane(_ plane: Int, of mask: Volume?) -> [Float] {
      guard shows, let mask else { return [] }
      return SliceReader.plane(plane, of: mask.voxels, mask: nil, size: size, at: cross).values
    }
    let mask = preview ?? chosen?.mask
    var view = SliceView(
      size: size, hair: hair, voxels: volumes.map?.voxels ?? chosen?.mask?.voxels ?? []
    ) { plane($0, of: mask) }
    if let region {
      view.regions = RegionOutlines(count: job.regions.count, chosen: region) {
        plane($1, of: $0 == region ? mask : volumes.masks[$0].mask)
      }
    }
    let (fulcra, chosen) = (fulcra, region ?? 0)
    let (middle, pixel) = (Double(size / 2), pixelSize)
    view.draw(in: rect, of: &frame) { plane, image, inner, frame in
      if let hinge = volumes.hinge, showsHinge {
        let figure = HingeFigure(hinge: hinge, length: axisLength)
        view.draw(
          figure, .accent, on: plane, image, in: inner, voxel: { $0 / pixel + middle }, of: &frame)
      }
      // That of the chosen region last, on top of the others.
      for index in fulcra.indices.filter({ $0 != chosen }) + [chosen] {
        guard let fulcrum = fulcra[index] else { continue }
        view.mark(
          nearest(fulcrum), on: plane, image, in: inner,
          index == chosen ? .changed : .series(index), of: &frame)
      }
    }
  }

  /// Å from the hinge to the ends of its axis: as far as the mask reaches from its centre.
  private var axisLength: Double {
    let edge = 0.45 * Double(size) * pixelSize
    return min(edge, chosen?.report.map { 0.6 * $0.diameter } ?? edge)
  }

  /// What is known of map, mask and fulcrum, and the advice of the field.
  func facts(_ volumes: MaskViewVolumes) -> [Fact] {
    func angstroms(_ voxel: Int) -> String {
      Format.fixed(Double(voxel - size / 2) * pixelSize, 1)
    }
    var lines: [Fact] = [
      (
        "Cross-hair",
        "voxel \(hair.text)  (\(angstroms(cross.x)), \(angstroms(cross.y)), "
          + "\(angstroms(cross.z)) Å from the centre)", .accent
      )
    ]
    if let fulcrum { lines.append(fulcrumFact(fulcrum, chosen?.report)) }
    if let hinge = volumes.hinge, showsHinge {
      let voxel = hinge.hinge / pixelSize + Double(size / 2)
      lines.append(("Hinge", "◆ " + hinge.text(voxel: voxel, pixelSize: pixelSize), .accent))
    }
    lines += [
      ("Map", "box \(size), \(Numbers.short(pixelSize)) Å per voxel", .text)
    ]
    if let report = chosen?.report {
      lines.append(("Mask", report.summary, .text))
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

  private func advice(_ report: MaskReport) -> [Fact] {
    let list = report.advice(resolution: chosen?.resolution, pixelSize: pixelSize)
    if list.isEmpty { return [("Advice", "Nothing to object to in the mask.", .good)] }
    return list.flatMap { advice -> [Fact] in
      let what = advice.what.prefix(1).uppercased() + advice.what.dropFirst() + "."
      return [
        ("Advice", what, .warning), ("", advice.whatToDo, .text),
      ]
    }
  }

  /// Where the fulcrum is that the job has, which the cross-hair may have left.
  private func fulcrumFact(_ fulcrum: SIMD3<Double>, _ report: MaskReport?) -> Fact {
    let position = (fulcrum - Double(size / 2)) * pixelSize
    var text = "voxel \(Numbers.voxels(fulcrum))"
    let place = nearest(fulcrum)
    if let report {
      let offset = position - report.centre
      let distance = (offset * offset).sum().squareRoot()
      text += ", \(Format.fixed(distance, 0)) Å from the mask's centre"
      let isInside = (chosen?.mask?[place.x, place.y, place.z] ?? 0) >= 0.5
      text += isInside ? ", inside the mask" : ", outside the mask"
    }
    let isOutside = (0..<3).contains { fulcrum[$0] < 0 || fulcrum[$0] > Double(size - 1) }
    if isOutside { text += "; that is outside the box" }
    if !own.isSet(Parameter.fulcrum.coordinates) { text += " (the default)" }
    return ("Fulcrum", text, isOutside ? .bad : .text)
  }
}
