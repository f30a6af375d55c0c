import CryoEM
import Testing

@testable import Jobs
@testable import Refinement

/// What is said before a run of the defocus of the body's height.
struct BodyDefocusAdviceTests {
  /// A mask about a point, Å from the centre of a box of 400 Å.
  private func mask(at distance: Double) -> Volume {
    var mask = Volume(size: 40, pixelSize: 10)
    mask.forEachVoxel { index, position in
      let d = position - Vector3(0, 0, distance)
      mask.voxels[index] = (d * d).sum() <= 900 ? 1 : 0
    }
    return mask
  }

  private func findings(
    _ mode: RefinementSettings.BodyDefocusMode, distance: Double = 150, resolution: Double? = 3.1,
    voltage: Double = 300, correctCTF: Bool = true
  ) -> FindingList {
    var settings = RefinementSettings()
    settings.bodyDefocus = mode
    settings.correctCTF = correctCTF
    let optics = OpticsGroup(
      voltage: voltage, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 1,
      imageSize: 400)
    var findings = FindingList()
    adviseBodyDefocus(
      settings, mask: mask(at: distance), optics: [optics], resolution: resolution,
      findings: &findings)
    return findings
  }

  /// a = π · 0.0197 Å · 150 Å / (3.1 Å)² = 0.966, sin(a)/a = 0.852.
  @Test func saysWhatIsToBeGained() {
    let note = findings(.auto).notes.first ?? ""
    #expect(note.contains("at 3.1 Å the body, 150 Å from the centre, keeps 85% of its amplitude"))
    #expect(note.contains("finds the hand"))
    #expect(findings(.on).notes.first?.contains("keeps 85%") == true)
    let off = findings(.off)
    #expect(off.notes.isEmpty && off.warnings.count == 1)
    #expect(off.warnings.first?.problem.whatToDo.contains("ctf.body_defocus = auto") == true)
    // λ is 0.0370 Å at 100 kV: a = 1.816, sin(a)/a = 0.534.
    #expect(findings(.auto, voltage: 100).notes.first?.contains("keeps 53%") == true)
  }

  @Test func saysNothingWhereNothingIsSeen() {
    for quiet in [
      findings(.off, distance: 0), findings(.off, resolution: 8), findings(.off, resolution: nil),
      findings(.off, resolution: .infinity), findings(.off, correctCTF: false),
    ] {
      #expect(quiet.notes.isEmpty && quiet.warnings.isEmpty)
    }
  }
}
