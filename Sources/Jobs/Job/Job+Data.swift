import CryoEM
import Ground

extension Job {
  /// What was set and the data do not support. Defaults are never among it: they follow the data.
  func dataFindings(_ data: DataFacts) -> [JobFinding] {
    resolutionFindings(data) + extentFindings(data) + windowFindings(data) + fulcrumFindings(data)
  }

  private func shown(_ key: ParameterKey<Double>) -> String {
    "\(key) = " + Format.shortest(self[key] ?? 0)
  }

  private func resolutionFindings(_ data: DataFacts) -> [JobFinding] {
    let initial = Parameter.refinement.initialResolution
    let highpass = Parameter.image.highpass
    let nyquist = Format.shortest(data.nyquist)
    let first = value(of: initial.parameter, given: data)?.double ?? 12
    let coarser =
      "Give more than \(Format.shortest(first)), where the first reference ends (\(initial)), "
      + "or leave it out."
    var findings: [JobFinding] = []
    for key in [
      Parameter.search.maximumResolution, initial, Parameter.refinement.splitResolution, highpass,
    ] {
      guard let value = valueIfSet(key), value < data.nyquist * 0.999 else { continue }
      findings.append(
        JobFinding(
          [key.key], "\(shown(key)): finer than two pixels, \(nyquist) Å",
          whatToDo: key.key == highpass.key ? coarser : "Give at least \(nyquist)."))
    }
    if let value = valueIfSet(initial), value > data.halfBox {
      findings.append(
        JobFinding(
          [initial.key],
          "\(shown(initial)): coarser than half the box, \(Format.shortest(data.halfBox)) Å",
          whatToDo: "A reference needs some shells to align to: give "
            + "\(Format.rounded(max(12, data.nyquist), digits: 4)) to "
            + "\(Format.rounded(max(data.nyquist, min(30, data.halfBox)), digits: 4))."))
    }
    if let value = valueIfSet(highpass), value <= first, value >= data.nyquist * 0.999 {
      findings.append(
        JobFinding(
          [highpass.key, initial.key],
          "\(shown(highpass)): nothing is left of the first reference, which ends at "
            + "\(Format.shortest(first)) Å",
          whatToDo: coarser))
    }
    let start = Parameter.mask.startResolution
    if self[Parameter.mask.type] == .dynamic, let value = valueIfSet(start), value < data.nyquist {
      findings.append(
        JobFinding(
          [start.key], "\(shown(start)): the map never gets better than two pixels, \(nyquist) Å",
          whatToDo: "Leave \(start) out, or the mask stays the static one.", severity: .warning))
    }
    return findings
  }

  private func extentFindings(_ data: DataFacts) -> [JobFinding] {
    let extent = Parameter.search.shiftExtent
    guard let value = valueIfSet(extent), value >= data.halfBox else { return [] }
    return [
      JobFinding(
        [extent.key],
        "\(shown(extent)): not less than half the box, \(Format.shortest(data.halfBox)) Å",
        whatToDo: "Local refinement moves particles by a few Å: give "
          + "\(Format.rounded(min(10, data.halfBox / 2), digits: 2)), for example.")
    ]
  }

  /// The images' window must leave what the mask is about.
  private func windowFindings(_ data: DataFacts) -> [JobFinding] {
    let outer = Parameter.image.windowOuter
    guard let value = valueIfSet(outer), let radius = data.maskRadius, radius < data.halfBox,
      value * data.halfBox < radius
    else { return [] }
    return [
      JobFinding(
        [outer.key],
        "\(shown(outer)): the window ends \(Int((value * data.halfBox).rounded())) Å from the centre, "
          + "and the mask is \(Int((2 * radius).rounded())) Å across",
        whatToDo: "Make the window larger than the particle: give at least "
          + "\(Format.shortest((100 * radius / data.halfBox).rounded(.up) / 100)).")
    ]
  }

  private func fulcrumFindings(_ data: DataFacts) -> [JobFinding] {
    let coordinates = Parameter.fulcrum.coordinates
    guard let voxel = valueIfSet(coordinates) else { return [] }
    let shown = "\(coordinates) = \(ParameterValue.coordinates(voxel).text)"
    // Voxels that are in the maps' box, and in the particles' box: both are told at once.
    let (size, last) = (data.maps.size, data.maps.size - 1)
    let reach = Int((data.halfBox / data.maps.pixelSize * (1 + 1e-9)).rounded(.down))
    let range = (max(0, size / 2 - reach), min(size / 2 + reach, last))
    func refused(_ what: String) -> [JobFinding] {
      [
        JobFinding(
          [coordinates.key], "\(shown): \(what)",
          whatToDo:
            "Give x,y,z in voxels from the corner of the maps' box, \(range.0) to \(range.1), "
            + "or leave it out for the mask's centre.")
      ]
    }
    guard [voxel.x, voxel.y, voxel.z].allSatisfy({ $0 >= 0 && $0 <= Double(last) }) else {
      return refused("outside of the maps' box of \(size)")
    }
    let position = data.maps.position(ofIndex: voxel)
    guard [position.x, position.y, position.z].allSatisfy({ abs($0) <= data.halfBox }) else {
      let end = Format.rounded(data.halfBox, digits: 4)
      return refused("outside of the particles' box, which ends \(end) Å from the centre")
    }
    guard let centre = data.maskCentre, let radius = data.maskRadius else { return [] }
    let arm = position - centre
    let distance = (arm * arm).sum().squareRoot()
    // A hinge lies at the rim of a body; twice as far out it is hardly a point of it.
    guard distance > 2 * radius else { return [] }
    return [
      JobFinding(
        [coordinates.key],
        "\(shown): \(Int(distance.rounded())) Å from the centre of the mask, which has a radius of "
          + "\(Int(radius.rounded())) Å",
        whatToDo:
          "Each rotation about it is a large shift of the body: put it at the hinge, or leave "
          + "it out for the centre of the mask.", severity: .warning)
    ]
  }
}
