import CryoEM
import Testing

@testable import Jobs
@testable import Refinement

/// What is said before a run of the Ewald sphere's curvature.
struct EwaldAdviceTests {
  /// What is said of a ball of a diameter, Å, in a box of 400 Å.
  private func findings(
    _ mode: RefinementSettings.EwaldMode, diameter: Double = 300, resolution: Double? = 3,
    voltage: Double = 300, correctCTF: Bool = true, bodyDefocus: Bool = true
  ) -> FindingList {
    var mask = Volume(size: 40, pixelSize: 10)
    mask.forEachVoxel { index, position in
      mask.voxels[index] = (position * position).sum() <= diameter * diameter / 4 ? 1 : 0
    }
    var settings = RefinementSettings()
    settings.ewald = mode
    settings.correctCTF = correctCTF
    settings.bodyDefocus = bodyDefocus ? .auto : .off
    let optics = OpticsGroup(
      voltage: voltage, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 1,
      imageSize: 400)
    var findings = FindingList()
    adviseEwald(
      settings, mask: mask, optics: [optics], resolution: resolution, findings: &findings)
    return findings
  }

  /// a = πλ·150 Å/(3 Å)² = 1.031: 3 (sin a − a cos a)/a³ = 0.898; d²/(2λ) = 229 Å.
  @Test func saysWhatIsToBeGained() {
    let note = findings(.auto).notes.first ?? ""
    #expect(note.contains("at 3 Å a mask 30"), "\(note)")
    #expect(note.contains("keeps 90% of its amplitude"), "\(note)")
    #expect(note.contains("by the body's defocus"))
    #expect(findings(.auto, bodyDefocus: false).notes.first?.contains("ewald = on") == true)
    #expect(findings(.inverted).notes.first?.contains("takes the sphere") == true)
    let off = findings(.off)
    #expect(off.notes.isEmpty && off.warnings.count == 1)
    #expect(off.warnings.first?.problem.whatToDo.contains("reconstruction.ewald = on") == true)
    // λ is 0.0370 Å at 100 kV: a = 1.937, 0.668.
    #expect(findings(.on, voltage: 100).notes.first?.contains("keeps 67%") == true)
  }

  @Test func saysNothingWhereNothingIsSeen() {
    for quiet in [
      findings(.off, diameter: 200), findings(.off, resolution: 4), findings(.off, resolution: nil),
      findings(.off, resolution: .infinity), findings(.off, correctCTF: false),
    ] {
      #expect(quiet.notes.isEmpty && quiet.warnings.isEmpty)
    }
  }
}
