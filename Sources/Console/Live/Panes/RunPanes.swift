/// The panels of a run with their settings.
struct RunPanes: Sendable {
  var fsc = FSCPane()
  var resolution = ResolutionPane()
  var orientations = OrientationPane()
  var poses = PosePane()
  var particles = ParticlePane()
  var noise = NoisePane()
  var slices = SlicePane()
  var log = LogPane()
  var files = FilePane()

  /// The pane of a panel; what is put in its place is of the same kind.
  subscript(panel: Panel) -> any RunPane {
    get {
      switch panel {
      case .fsc: fsc
      case .resolution: resolution
      case .orientations: orientations
      case .poses: poses
      case .particles: particles
      case .noise: noise
      case .slices: slices
      case .log: log
      case .files: files
      }
    }
    set {
      switch panel {
      case .fsc: fsc = newValue as? FSCPane ?? fsc
      case .resolution: resolution = newValue as? ResolutionPane ?? resolution
      case .orientations: orientations = newValue as? OrientationPane ?? orientations
      case .poses: poses = newValue as? PosePane ?? poses
      case .particles: particles = newValue as? ParticlePane ?? particles
      case .noise: noise = newValue as? NoisePane ?? noise
      case .slices: slices = newValue as? SlicePane ?? slices
      case .log: log = newValue as? LogPane ?? log
      case .files: files = newValue as? FilePane ?? files
      }
    }
  }
}

extension Panel {
  /// The kind of its pane.
  var kind: any RunPane.Type {
    switch self {
    case .fsc: FSCPane.self
    case .resolution: ResolutionPane.self
    case .orientations: OrientationPane.self
    case .poses: PosePane.self
    case .particles: ParticlePane.self
    case .noise: NoisePane.self
    case .slices: SlicePane.self
    case .log: LogPane.self
    case .files: FilePane.self
    }
  }

  var words: PaneWords { kind.words }
  var title: String { words.title }
}
