import ArgumentParser
import CryoEM
import Ground
import Report
import Runs
import Tools

/// `fulcrum fsc`: the FSC of two maps.
struct FSCCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fsc", abstract: "Fourier shell correlation of two maps.",
    usage: "fulcrum fsc A.mrc B.mrc [--mask MASK.mrc] [options]",
    discussion: """
      Prints a table of the curves, and the resolution where they cross 0.143 and 0.5. \
      Maps with an odd box are padded by one plane.

      Example: fulcrum fsc half_map_a.mrc half_map_b.mrc --mask mask.mrc
      """)

  @Argument(
    help: ArgumentHelp("The first map.", valueName: "a.mrc"), completion: Completions.maps)
  var first: String

  @Argument(
    help: ArgumentHelp("The second map.", valueName: "b.mrc"), completion: Completions.maps)
  var second: String

  @Option(
    help: ArgumentHelp(
      "A soft mask, used as it is for the tight and corrected curves. (default: a sphere)",
      valueName: "mask.mrc"), completion: Completions.maps)
  var mask: String?

  @Option(help: "Seed of the random phases of the corrected curve.")
  var seed: UInt64 = 0

  func run() throws {
    let pair: HalfMapPair
    do { pair = try HalfMapPair(first, second, mask: mask) } catch {
      throw CommandFailure.input(error)
    }
    let a = pair.a
    let curves = FSCMeasurement(
      halfA: a, halfB: pair.b, mask: pair.mask, tight: pair.mask, seed: seed)
    let report = curves.report
    printOut(FSCTable(report: report, edge: a.edge).tsv)
    printOut(
      "# \(mask == nil ? "spherical mask" : "inside the mask"): 0.143 at "
        + "\(Format.resolution(report.resolution143)), 0.5 at "
        + Format.resolution(report.resolution50))
    if pair.isOneMap {
      printOut("# the two maps are the same")
    } else if let end = report.endAboveThreshold {
      printOut("# " + RunSummary.neverFalls(to: end))
    }
  }
}
