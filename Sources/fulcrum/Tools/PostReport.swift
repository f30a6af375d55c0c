import CryoEM
import Ground
import Report
import Tools

/// What half-maps came to, in lines.
enum PostReport {
  /// - Parameters:
  ///   - isGiven: whether the B factor was.
  ///   - maskPath: of a mask that was given, of which there may be something to be said.
  static func tell(_ made: PostProcessing, isGiven: Bool, maskPath: String? = nil) {
    let summary = made.summary
    printOut(
      "\(Format.resolution(summary.resolution143)) at 0.143, "
        + "\(Format.resolution(summary.resolution50)) at 0.5, inside \(summary.mask)")
    if let end = summary.fscEnd { printOut(RunSummary.neverFalls(to: end)) }
    let source =
      isGiven
      ? "as given"
      : summary.guinierCorrelation.map { "Guinier plot, correlation \(Format.fixed($0, 2))" }
        ?? "too few shells for a Guinier plot"
    printOut("B factor \(Format.fixed(summary.bFactor, 1)) Å² (\(source))")
    if summary.localResolution.count == 3 {
      let local = summary.localResolution.map { Format.fixed($0, 2) }
      printOut("Local resolution \(local[0]) to \(local[2]) Å (5 to 95%), median \(local[1]) Å")
    }
    guard let maskPath else { return }
    let advice = MaskReport(of: made.mask.volume).advice(
      resolution: summary.resolution143, pixelSize: summary.pixelSize)
    for problem in advice {
      printProblem(
        Problem(
          "\(maskPath): \(problem.what)", whatToDo: problem.whatToDo, severity: .warning))
    }
  }
}
