import CryoEM
import Ground

// Values that are numbers and still cannot be meant. Taken at their word they end in sums that
// overflow, or in particles that are nowhere in their images; here they are told by their rows.

extension ParticleReading {
  /// Checks the values of all particles and optics groups; each problem names the file and the row.
  func checkPlausible(path: String, problems: inout ProblemList) {
    for group in particles.optics { checkOptics(group, path: path, problems: &problems) }
    for row in particles.poses.indices where particles.opticsIndices.indices.contains(row) {
      let index = Int(particles.opticsIndices[row])
      guard particles.optics.indices.contains(index) else {
        problems.add(
          Problem("\(path): row \(row + 1): it has no optics group", whatToDo: "Mend the row."))
        continue
      }
      checkOrigin(row, optics: particles.optics[index], path: path, problems: &problems)
      if hasCTF, particles.defoci.indices.contains(row) {
        checkDefocus(row, path: path, problems: &problems)
      }
    }
  }

  /// A particle whose centre is farther away than a whole image is not in the image.
  private func checkOrigin(
    _ row: Int, optics: OpticsGroup, path: String, problems: inout ProblemList
  ) {
    let origin = particles.poses[row].origin
    let edge = optics.imageSize > 0 ? Double(optics.imageSize) * optics.pixelSize : 1e5
    if abs(origin.x) <= edge, abs(origin.y) <= edge { return }
    problems.add(
      Problem(
        "\(path): row \(row + 1): the origin \(origin.x), \(origin.y) Å is outside of the image, "
          + "which is \(edge) Å wide",
        whatToDo: "Remove the particle, or check the unit of the origins."))
  }

  private func checkDefocus(_ row: Int, path: String, problems: inout ProblemList) {
    let defocus = particles.defoci[row]
    func check(_ value: Double, _ range: ClosedRange<Double>, _ what: String) {
      if range.contains(value) { return }
      problems.add(
        Problem(
          "\(path): row \(row + 1): \(what) of \(value) is not from \(range.lowerBound) to "
            + "\(range.upperBound)",
          whatToDo: "Remove the particle, or estimate its CTF again."))
    }
    check(defocus.u, -2e5...2e5, "a defocus (Å)")
    check(defocus.v, -2e5...2e5, "a defocus (Å)")
    check(defocus.angle, -1e4...1e4, "a direction of the defocus (radians)")
    check(defocus.phaseShift, -1e4...1e4, "a phase shift (radians)")
    check(defocus.bFactor, -200...1e5, "a B factor of the CTF (Å²)")
    check(defocus.scale, -1e3...1e3, "a scale of the CTF")
  }

  private func checkOptics(_ group: OpticsGroup, path: String, problems: inout ProblemList) {
    func check(_ isRight: Bool, _ what: @autoclosure () -> String) {
      if isRight { return }
      problems.add(
        Problem(
          "\(path): the optics group \(group.name): \(what())", whatToDo: "Mend the value."))
    }
    check(1...1e5 ~= group.voltage, "a voltage of \(group.voltage) kV")
    check(
      -100...100 ~= group.sphericalAberration,
      "a spherical aberration of \(group.sphericalAberration) mm")
    check(
      0 <= group.amplitudeContrast && group.amplitudeContrast < 1,
      "an amplitude contrast of \(group.amplitudeContrast), not from 0 to 1")
    check(1e-2...1e3 ~= group.pixelSize, "a pixel size of \(group.pixelSize) Å")
    check(
      abs(group.beamTilt.x) <= 1e3 && abs(group.beamTilt.y) <= 1e3,
      "a beam tilt of \(group.beamTilt.x), \(group.beamTilt.y) mrad")
    let zernike = [group.oddZernike, group.evenZernike]
    check(
      zernike.allSatisfy { $0.count <= 36 },
      "\(zernike.map(\.count).max() ?? 0) Zernike coefficients; up to 36 are read")
    check(
      zernike.joined().allSatisfy { abs($0) <= 1e8 },
      "a Zernike coefficient beyond a hundred million")
    let m = group.magnification.elements
    check(
      m.allSatisfy { abs($0) <= 2 } && group.magnification.determinant > 0.25,
      "the magnification \(m) is no small distortion")
  }
}

/// The largest angle that is still one, in either unit: beyond it the sine's argument has lost digits.
let largestAngle = 1e5

/// A number without a trailing ".0"; a conversion to a whole number would trap for large ones.
func shortest(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
