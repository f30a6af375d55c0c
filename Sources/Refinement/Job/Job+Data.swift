import CryoEM
import EMFiles

extension Job {
  /// What was set and the data do not support. Defaults are never among it: they follow the data.
  func dataFindings(_ data: DataFacts) -> [JobFinding] {
    resolutionFindings(data) + extentFindings(data) + windowFindings(data) + fulcrumFindings(data)
  }

  private func shown(_ key: ParameterKey<Double>) -> String {
    "\(key) = " + ParameterValue.shortest(self[key] ?? 0)
  }

  private func resolutionFindings(_ data: DataFacts) -> [JobFinding] {
    let initial = Parameter.refinement.initialResolution
    let highpass = Parameter.image.highpass
    let nyquist = ParameterValue.shortest(data.nyquist)
    var findings: [JobFinding] = []
    for key in [
      Parameter.search.maximumResolution, initial, Parameter.refinement.splitResolution, highpass,
    ] {
      guard let value = valueIfSet(key), value < data.nyquist * 0.999 else { continue }
      findings.append(
        JobFinding(
          [key.key], "\(shown(key)): finer than two pixels, \(nyquist) Å",
          whatToDo: "Give at least \(nyquist)\(key.key == highpass.key ? ", or leave it out" : "")."
        ))
    }
    if let value = valueIfSet(initial), value > data.halfBox {
      findings.append(
        JobFinding(
          [initial.key],
          "\(shown(initial)): coarser than half the box, \(ParameterValue.shortest(data.halfBox)) Å",
          whatToDo: "A reference needs some shells to align to: 12 to 30 is usual."))
    }
    let first = value(of: initial.parameter, given: data)?.double ?? 12
    if let value = valueIfSet(highpass), value <= first, value >= data.nyquist * 0.999 {
      findings.append(
        JobFinding(
          [highpass.key, initial.key],
          "\(shown(highpass)): nothing is left of the first reference, which ends at "
            + "\(ParameterValue.shortest(first)) Å",
          whatToDo: "Give a high-pass coarser than \(initial), or leave it out."))
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
        "\(shown(extent)): not less than half the box, \(ParameterValue.shortest(data.halfBox)) Å",
        whatToDo: "Local refinement moves particles by a few Å: 10 is usual.")
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
        whatToDo: "Make the window larger than the particle: 0.85 and 0.99 are usual.")
    ]
  }

  private func fulcrumFindings(_ data: DataFacts) -> [JobFinding] {
    let coordinates = Parameter.fulcrum.coordinates
    guard let voxel = valueIfSet(coordinates) else { return [] }
    let shown = "\(coordinates) = \(ParameterValue.coordinates(voxel).text)"
    let last = data.maps.size - 1
    guard [voxel.x, voxel.y, voxel.z].allSatisfy({ $0 >= 0 && $0 <= Double(last) }) else {
      return [
        JobFinding(
          [coordinates.key], "\(shown): outside of the maps' box of \(data.maps.size)",
          whatToDo: "Give x,y,z in voxels from the corner of the box, 0 to \(last).")
      ]
    }
    let position = data.maps.position(ofIndex: voxel)
    guard [position.x, position.y, position.z].allSatisfy({ abs($0) <= data.halfBox }) else {
      // The farthest voxels that are inside.
      let reach = Int((data.halfBox / data.maps.pixelSize * (1 + 1e-9)).rounded(.down))
      let range = (data.maps.size / 2 - reach, min(data.maps.size / 2 + reach, last))
      return [
        JobFinding(
          [coordinates.key],
          "\(shown): outside of the particles' box, which ends "
            + "\(ParameterValue.rounded(data.halfBox, digits: 4)) Å from the centre",
          whatToDo:
            "Give x,y,z from \(range.0) to \(range.1), or leave it out for the mask's centre.")
      ]
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
