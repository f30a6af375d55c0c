import ArgumentParser
import CryoEM
import Ground
import Refinement
import Report
import Runs

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
    let curves: FSCMeasurement
    let a: Volume
    let isOneMap: Bool
    do {
      a = try Volume(readingCubic: first, padsOddBoxes: true)
      let b = try Volume(readingCubic: second, padsOddBoxes: true)
      try Self.match(b, second, with: a, first)
      var maskVolume: Volume?
      if let mask {
        let volume = try Volume(readingCubic: mask, padsOddBoxes: true)
        try Self.match(volume, mask, with: a, first)
        guard volume.voxels.contains(where: { $0 > 0 }) else {
          throw Problem(
            "\(mask): the mask is empty", whatToDo: "Give a mask of a part of the maps.")
        }
        maskVolume = volume
      }
      try Self.requireDensity(a, first, inside: maskVolume)
      try Self.requireDensity(b, second, inside: maskVolume)
      isOneMap = a == b
      curves = FSCMeasurement(
        halfA: a, halfB: b, mask: maskVolume, tight: maskVolume, seed: seed)
    } catch { throw CommandFailure.input(error) }
    let report = curves.report
    printOut(FSCTable(report: report, boxSize: a.size, pixelSize: a.pixelSize).tsv)
    printOut(
      "# \(mask == nil ? "spherical mask" : "inside the mask"): 0.143 at "
        + "\(Format.resolution(report.resolution143)), 0.5 at "
        + Format.resolution(report.resolution50))
    if isOneMap {
      printOut("# the two maps are the same")
    } else if let end = report.endAboveThreshold {
      printOut("# " + RunSummary.neverFalls(to: end))
    }
  }

  /// Nothing has no correlation with anything.
  private static func requireDensity(
    _ map: Volume, _ path: String, inside mask: Volume?
  ) throws(Problem) {
    if map.standardDeviation == 0 {
      throw Problem(
        "\(path): every voxel is \(map.voxels[0])", whatToDo: "Give a map with density in it.")
    }
    guard let mask, !zip(map.voxels, mask.voxels).contains(where: { $0 != 0 && $1 > 0 }) else {
      return
    }
    throw Problem(
      "\(path): there is no density inside the mask",
      whatToDo: "Check that the mask belongs to the maps.")
  }

  private static func match(
    _ volume: Volume, _ path: String, with other: Volume, _ otherPath: String
  ) throws(Problem) {
    guard volume.sampling.isLike(other.sampling) else {
      throw Problem(
        "\(path): \(volume.sampling), but \(otherPath) has \(other.sampling)",
        whatToDo: "Give maps of one box and pixel size.")
    }
  }
}
