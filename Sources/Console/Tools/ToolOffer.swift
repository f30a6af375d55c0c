import Ground
import Jobs
import Refinement
import Runs

/// A tool with what it would work on: a command line to be looked at, changed and run.
struct ToolOffer: Sendable, Hashable {
  var id: String
  var title: String
  let detail: String
  /// The command line in words, the first of which is `fulcrum`.
  let words: [String]
}

/// A finished run, or a region of one, as tools see it: its final files, and what its job says of its images.
struct ToolSource: Sendable {
  /// The run folder, or that of the region, from the folder in which commands are typed.
  private(set) var folder: String
  private(set) var name: String
  private(set) var job: Job?
  /// Where the final files are, likewise.
  private var results: String
  /// The folder for what tools make of it, likewise.
  let place: String
  /// Where names of images start, likewise.
  private let project: String

  /// - Parameter folder: the run folder.
  init(folder: String, job: Job?, _ surroundings: Surroundings) {
    self.folder = surroundings.typed(folder)
    let run = RunFolder(folder)
    name =
      FilePath.name(of: folder).contains(".star") || folder.hasSuffix(".cs")
      ? FilePath.name(of: FilePath.folder(of: folder))
      : run.root == folder ? run.name : "\(RunFolder(run.root).name)_\(run.name)"
    results = surroundings.typed(RunFolder(folder).finalPath)
    self.job = job
    place = surroundings.typed(surroundings.folder)
    project = surroundings.typed(job?[Parameter.input.projectFolder] ?? surroundings.folder)
  }

  /// The regions of a run that has several, each by itself.
  var regions: [ToolSource] {
    (job?.regions ?? []).enumerated().map { index, region in
      var source = self
      source.folder = "\(folder)/regions/\(region.name)"
      source.results = "\(results)/\(region.name)"
      source.name = "\(name)_\(region.name)"
      source.job = job?.ofRegion(index)
      return source
    }
  }

  private func final(_ file: String) -> String { "\(results)/\(file)" }

  /// The path of something made of the run.
  func made(_ ending: String) -> String { FilePath.joined(place, name + ending) }

  /// Particles are written in the format in which they came.
  var particleEnding: String {
    let input = job?[Parameter.input.particles]?.first ?? folder
    return input.lowercased().hasSuffix(".star") ? ".star" : ".cs"
  }

  private var particles: String { final("particles" + particleEnding) }

  private var symmetry: String { job?[Parameter.refinement.symmetry] ?? "C1" }

  /// For tools that read images; they look in the folder in which they are started by themselves.
  private var projectOption: [String] {
    project == "." ? [] : ["--project-dir", project]
  }

  // MARK: The tools

  /// What is offered on the run: on its regions together, and on each.
  var offers: [ToolOffer] {
    let regions = regions
    guard !regions.isEmpty else { return ownOffers }
    return ToolOffer.offers(on: regions, of: self)
      + zip(regions, job?.regions ?? []).flatMap { source, region in
        source.ownOffers.map { offer in
          var offer = offer
          offer.id += " " + region.name
          offer.title = "\(region.name): \(offer.title)"
          return offer
        }
      }
  }

  private var ownOffers: [ToolOffer] {
    [
      subtract(
        "subtract", "Subtract what is outside the mask", "_inside", [],
        "Images that hold the region alone, at the refined poses, for a refinement or a "
          + "classification of it."),
      subtract(
        "subtract-inside", "Subtract what is inside the mask", "_outside", ["--inside"],
        "Images without the region, at the refined poses, for a look at the rest."),
      post, reconstruct, orient, frame, convert, expand,
    ]
  }

  private func subtract(
    _ id: String, _ title: String, _ ending: String, _ options: [String], _ detail: String
  ) -> ToolOffer {
    ToolOffer(
      id: id, title: title,
      detail: detail + " --center mask --box N cuts them smaller, --float16 halves the files.",
      words: ["fulcrum", "subtract", particles, "--map", final("map.mrc"), "--half-maps"]
        + ["half_map_a.mrc", "half_map_b.mrc"].map(final) + ["--mask", final("mask.mrc")]
        + options + projectOption + ["-o", made(ending)])
  }

  private var post: ToolOffer {
    ToolOffer(
      id: "post", title: "Post-process the half-maps",
      detail: "FSC, B factor, sharpened and locally filtered map, files for a deposition. "
        + "--b-factor N sharpens otherwise than the run did, --mask M measures elsewhere.",
      words: ["fulcrum", "post"] + ["half_map_a.mrc", "half_map_b.mrc"].map(final)
        + ["--mask", final("mask_fsc.mrc"), "-o", made("_post")])
  }

  private var reconstruct: ToolOffer {
    var options = symmetry == "C1" ? [] : ["--symmetry", symmetry]
    if job?[Parameter.image.invert] == .inverted { options.append("--invert") }
    return ToolOffer(
      id: "reconstruct", title: "Reconstruct the particles",
      detail: "Map, half-maps and FSC of the particles at their refined poses, on the whole box, "
        + "without a refinement.",
      words: ["fulcrum", "reconstruct", particles, "--mask", final("mask_fsc.mrc")] + options
        + projectOption + ["-o", made("_map")])
  }

  private var orient: ToolOffer {
    ToolOffer(
      id: "orient", title: "Diagnose the orientations",
      detail: "How evenly the views lie and how evenly the map is resolved: SCF*, conical FSC and "
        + "its area ratio, with a picture as SVG.",
      words: ["fulcrum", "orient", folder, "-o", made("_views.svg")])
  }

  private var frame: ToolOffer {
    ToolOffer(
      id: "frame", title: "Centre the frame on the mask",
      detail: "Maps, mask and particles move together: poses and origins follow. --turn, "
        + "--onto MAP and --symmetry G move them otherwise; --defocus + or - takes defoci along.",
      words: ["fulcrum", "frame"]
        + ["map.mrc", "half_map_a.mrc", "half_map_b.mrc", "mask.mrc"].map(final)
        + ["--particles", particles, "--centre", final("mask.mrc"), "-o", made("_centred")])
  }

  private var convert: ToolOffer {
    let (program, ending) =
      particleEnding == ".star" ? ("cryoSPARC", ".cs") : ("RELION", ".star")
    return ToolOffer(
      id: "convert", title: "Convert the particles for \(program)",
      detail: "The particles at their refined poses as a \(ending) file, with every column "
        + "that both programs know.",
      words: ["fulcrum", "convert", particles] + projectOption + ["-o", made(ending)])
  }

  private var expand: ToolOffer {
    ToolOffer(
      id: "expand", title: "Expand the particles by a symmetry",
      detail: "A copy of each particle for every rotation of a point group. Type the group at the "
        + "end of the line: C2, D3, T, O, I.",
      words: ["fulcrum", "expand", particles, "-o", made("_expanded" + particleEnding)]
        + ["--symmetry"] + (symmetry == "C1" ? [] : [symmetry]))
  }

  /// The particles that an expression keeps, and the others.
  ///
  /// - Parameter asInput: with the poses with which the run began.
  func select(_ expression: String, asInput: Bool = false) -> [String] {
    ["fulcrum", "select", folder, expression] + (asInput ? ["--as-input"] : [])
      + ["-o", made("_kept" + particleEnding), "--rejected", made("_rejected" + particleEnding)]
  }
}

extension ToolOffer {
  /// What is offered on several runs together, or on the regions of one.
  static func offers(on sources: [ToolSource], of run: ToolSource? = nil) -> [ToolOffer] {
    guard let first = sources.first else { return [] }
    let folders = sources.map(\.folder)
    let name = FilePath.joined(
      first.place, run?.name ?? sources.map(\.name).joined(separator: "-"))
    let consensus = first.job.flatMap { job in
      job[Parameter.input.map].map { ["--consensus", job.resolved($0)] }
    }
    return [
      ToolOffer(
        id: "compose", title: "Compose one map of all",
        detail: "Each voxel comes from the runs whose masks cover it, weighted by their local "
          + "resolution; --consensus MAP gives what none covers, --sharp takes sharpened maps.",
        words: ["fulcrum", "compose"] + folders + (consensus ?? []) + ["-o", name + ".mrc"]),
      ToolOffer(
        id: "motion", title: "How the regions move against each other",
        detail: "The first run's region stays, the others move against it: modes, particles along "
          + "them, maps and movies.",
        words: ["fulcrum", "motion"] + (run.map { [$0.folder] } ?? folders) + [
          "-o", name + "_motion",
        ]),
    ]
  }
}

extension Surroundings {
  /// A path as it is typed in the folder in which the program was started.
  func typed(_ path: String) -> String {
    let path = FilePath.absolute(path)
    if path == commandFolder { return "." }
    let root = commandFolder.hasSuffix("/") ? commandFolder : commandFolder + "/"
    return path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
  }
}
