import CryoEM
import Ground
import Images
import Runs
import Viewing

/// Runs of several regions as pages.
extension RunPage {
  /// The regions of a run, each as a run of its own; a run without regions as it is.
  static func regions(of run: ReportedRun) throws(Problem) -> [ReportedRun] {
    let folders = run.folder.regions
    if folders.isEmpty { return [run] }
    var regions: [ReportedRun] = []
    for folder in folders {
      regions.append(try ReportedRun(folder.path, named: run.name + "/" + folder.name))
    }
    return regions
  }

  /// The page of a run of several regions: what they come to together, and then each.
  static func document(ofRegionsIn run: ReportedRun) throws(Problem) -> PageDocument {
    var regions: [ReportedRun] = []
    for folder in run.folder.regions { regions.append(try ReportedRun(folder.path)) }
    var page = PageDocument(
      title: "Local refinement \(run.name): regions " + regions.map(\.name).joined(separator: ", "))
    addOrigin(run, to: &page)
    page.blocks.append(
      .paragraph(
        "\(regions.count) regions of the same particles were refined together, each about a fulcrum of its "
          + "own and inside a mask of its own, in images from which the others were subtracted where they "
          + "were at the time."))
    addVerdicts(run, to: &page)
    addOutcomes(of: regions, to: &page)
    addMotion(of: run, to: &page)
    if let pictures = RunPictures(compositeOf: run, size: 480) {
      page.blocks += [
        .heading(2, "Composite map"), .pictures(pictures.surfaces()), .pictures(pictures.slices()),
      ]
    }
    for region in regions {
      page.blocks.append(.heading(2, region.name))
      add(region, pictureSize: max(160, 720 / regions.count), level: 3, to: &page)
    }
    page.blocks.append(.heading(2, "The run"))
    addWarnings(run, level: 3, to: &page)
    addParameters(run, level: 3, to: &page)
    addFiles(run, level: 3, to: &page)
    return page
  }

  private static func addOutcomes(of regions: [ReportedRun], to page: inout PageDocument) {
    let outcomes = regions.map(\.outcomes)
    let rows = (outcomes.first ?? []).indices.map { row in
      [outcomes[0][row].name] + outcomes.map { $0[row].text }
    }
    page.blocks += [
      .heading(2, "Result"), .table([["measure"] + regions.map(\.name)] + rows, caption: ""),
    ]
    let curves = regions.compactMap { region in region.last.map { (region.name, $0) } }
    guard !curves.isEmpty else { return }
    page.blocks.append(
      .figures([
        (
          RunPlots.comparedFSC(curves).svg(title: "FSC of the regions", width: 720, height: 380),
          "Fourier shell correlation of each region's half-maps, corrected for its mask.",
          curves.map { "\($0.0): \(Format.resolution($0.1.fsc.resolution143))" }
            .joined(separator: "\n")
        )
      ]))
  }

  private static func addMotion(of run: ReportedRun, to page: inout PageDocument) {
    guard let motion = try? run.folder.motion() else { return }
    page.blocks += [
      .heading(2, "Motion"),
      .code(
        motion.text,
        caption:
          "The principal modes of the joint Gaussian of all regions' motions, with noise removed, and "
          + "what each region does in them: shares of the mean square displacement, turns with their axes "
          + "and the voxels next to them."),
    ]
    let means = (motion.means ?? []).filter { $0.rotation.count == 3 && $0.translation.count == 3 }
    guard !means.isEmpty else { return }
    func length(_ values: [Double]) -> Double {
      values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    page.blocks.append(
      .paragraph(
        "From where the consensus has them, and seen from \(motion.regions.first ?? "the first"): "
          + means.map {
            "\($0.region) is on average turned by \(Format.fixed(length($0.rotation), 2))° and its fulcrum "
              + "moved by \(Format.fixed(length($0.translation), 2)) Å"
          }.joined(separator: "; ") + "."))
  }
}

extension RunPictures {
  /// The map of all regions of a run; nil where there is none.
  init?(compositeOf run: ReportedRun, size: Int) {
    guard let map = run.finalMap("composite.mrc") else { return nil }
    self.init(map: ViewedMap(map), size: size)
  }
}
