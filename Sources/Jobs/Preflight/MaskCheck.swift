import CryoEM

/// The advice of the field about a mask in the particles' box.
struct MaskCheck {
  let path: String
  let mask: Volume

  private static let keys = [Parameter.input.mask.key]

  /// Advice that depends on the resolution (Å) that is expected; nil where it is unknown.
  func advise(resolution: Double?, findings: inout FindingList) {
    let report = MaskReport(of: mask)
    for advice in report.advice(resolution: resolution, pixelSize: mask.pixelSize) {
      findings.warning(Self.keys, "\(path): \(advice.what)", advice.whatToDo)
    }
    findings.note("Mask: \(report.summary).")
  }
}
