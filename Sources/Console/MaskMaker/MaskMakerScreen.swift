import CryoEM
import Ground
import Jobs
import Surface
import Terminal
import Tools

/// Makes a mask of a map: a threshold with its live outline, pieces that are picked, spheres that are
/// painted, and the edge.
struct MaskMakerScreen: Screen {
  let context = Command.Context.maker
  let title = "Mask maker"
  let job: Job
  /// The region of the form's job whose mask it is to be; nil for a job without regions.
  let region: Int?
  let original: Volume
  /// Expected, Å; nil where nobody knows.
  let resolution: Double?
  var hair: CrossHair
  var showsOutline = true
  var sketch: MaskSketch
  /// The states before each change.
  var history: [MaskSketch] = []
  var filtered: FilteredMap?
  /// The pieces at the threshold for which they were found last.
  var pieces: (found: RegionPieces, threshold: Float)?
  /// The piece that `nextPiece` went to last.
  var visited = -1
  /// Radius of the next sphere, Å.
  var radius = 20.0
  /// The soft mask and the sketch that it is of; nil while none is shown.
  var preview: (mask: Volume, report: MaskReport, sketch: MaskSketch)?
  var showsPreview = false
  var isSaving = false

  init(job: Job, region: Int? = nil, map: Volume, resolution: Double?, hair: CrossHair) {
    (self.job, self.region) = (job, region)
    (original, self.resolution, self.hair) = (map, resolution, hair)
    let expected = resolution.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } ?? 2 * map.pixelSize
    sketch = MaskSketch(lowPass: max(15, 4 * map.pixelSize), edge: 5 * expected)
    radius = (0.1 * Double(map.size) * map.pixelSize).rounded()
  }

  var size: Int { original.size }

  var keyBar: [Command] {
    [
      .raiseThreshold, .lowerThreshold, .pickPiece, .nextPiece, .paintSphere, .previewMask,
      .useMask, .save, .edgeWidth, .typeThreshold, .eraseSphere, .sphereRadius, .growMask,
      .automaticThreshold, .undo,
    ]
  }

  func opening(_ surroundings: Surroundings) -> [Effect] {
    [.makeMask(.filter(original, lowPass: sketch.lowPass))]
  }

  /// The map whose grid the mask is written on.
  var mapPath: String? {
    (job[Parameter.input.map] ?? job[Parameter.input.halfMapA]).map(job.resolved)
  }

  /// The pieces at the threshold of now; nil while they are being found.
  var currentPieces: RegionPieces? {
    guard let pieces, pieces.threshold == sketch.threshold else { return nil }
    return pieces.found
  }

  func obstacle(to command: Command) -> String? {
    switch command {
    case .pickPiece, .nextPiece, .previewMask, .save, .useMask:
      if filtered == nil { return "The map is being filtered" }
      if isSaving { return "The mask is being saved" }
      return currentPieces == nil ? "The pieces are being found" : nil
    case .raiseThreshold, .lowerThreshold, .typeThreshold, .automaticThreshold:
      return filtered == nil ? "The map is being filtered" : nil
    case .undo: return history.isEmpty ? "There is nothing to undo" : nil
    default: return nil
    }
  }

  mutating func perform(_ command: Command, _ surroundings: inout Surroundings) -> [Effect] {
    if hair.perform(command, size: size) { return [] }
    switch command {
    case .back:
      guard showsPreview else { return [.pop] }
      showsPreview = false
      return []
    case .outline: showsOutline.toggle()
    case .coordinates: return [coordinatesPrompt]
    case .raiseThreshold: return cut(at: sketch.threshold + step)
    case .lowerThreshold: return cut(at: sketch.threshold - step)
    case .automaticThreshold: return cut(at: filtered?.automatic ?? sketch.threshold)
    case .typeThreshold, .filterMap, .sphereRadius, .growMask, .edgeWidth: return [prompt(command)]
    case .pickPiece: return pick()
    case .nextPiece: return goToNextPiece()
    case .allPieces:
      return change {
        $0.keepsAll.toggle()
        if !$0.keepsAll { ($0.keepsLargest, $0.picks) = (true, []) }
      }
    case .paintSphere, .eraseSphere:
      let (place, radius) = (place(of: hair.voxel), radius)
      return change {
        $0.strokes.append(.init(centre: place, radius: radius, adds: command == .paintSphere))
      }
    case .undo:
      guard let last = history.popLast() else { return [] }
      let hadFilter = sketch.lowPass
      sketch = last
      return hadFilter == last.lowPass
        ? following() : [.makeMask(.filter(original, lowPass: last.lowPass))]
    case .previewMask:
      showsPreview.toggle()
      return following()
    case .save, .useMask: return [savePrompt(isUsed: command == .useMask)]
    default: return [.say("Nothing to do here")]
    }
    return []
  }

  /// Å from the box centre.
  func place(of voxel: SIMD3<Int>) -> Vector3 {
    original.position(x: voxel.x, y: voxel.y, z: voxel.z)
  }

  /// The step of the threshold: a quarter of the noise's deviation, or a hundredth of the range.
  private var step: Float {
    guard let filtered else { return 0 }
    if let noise = filtered.noise { return Float(0.25 * noise.deviation) }
    return 0.01 * (filtered.maximum - filtered.minimum)
  }

  // MARK: Changes

  /// Changes the sketch, as one change that can be taken back, and asks for what follows from it.
  private mutating func change(_ body: (inout MaskSketch) -> Void) -> [Effect] {
    let before = sketch
    body(&sketch)
    guard sketch != before else { return [] }
    history.append(before)
    return following()
  }

  /// What has to be computed for the sketch of now.
  private func following() -> [Effect] {
    guard let filtered else { return [] }
    guard let pieces = currentPieces else {
      return [.makeMask(.pieces(filtered.map, threshold: sketch.threshold))]
    }
    return showsPreview && preview?.sketch != sketch ? [.makeMask(.preview(sketch, pieces))] : []
  }

  private mutating func cut(at threshold: Float) -> [Effect] {
    guard let filtered else { return [] }
    return change {
      $0.threshold = min(max(threshold, filtered.minimum), filtered.maximum)
    }
  }

  private mutating func pick() -> [Effect] {
    guard let pieces = currentPieces else { return [] }
    var isPiece = true
    let voxel = hair.voxel
    let effects = change { isPiece = $0.toggle(voxel, of: pieces) }
    return isPiece ? effects : [.say("There is no piece under the cross; n goes to the next one")]
  }

  private mutating func goToNextPiece() -> [Effect] {
    guard let pieces = currentPieces, !pieces.pieces.isEmpty else { return [] }
    visited = (visited + 1) % pieces.pieces.count
    if let voxel = pieces.voxel(ofPiece: visited) { hair.voxel = voxel }
    return []
  }

  // MARK: Prompts

  private var coordinatesPrompt: Effect {
    .popUp(
      TextPrompt(
        .coordinates, title: "Cross-hair in voxels", text: hair.text,
        hint: "x,y,z from the corner of the box, each 0 to \(max(0, size - 1))",
        objection: { [size] in
          MaskScreen.voxels($0, size: size) == nil ? MaskScreen.objection(size) : nil
        }))
  }

  private func prompt(_ command: Command) -> Effect {
    let (title, value, hint): (String, Double, String) =
      switch command {
      case .typeThreshold:
        ("Density to cut at", Double(sketch.threshold), "Of the filtered map")
      case .filterMap: ("Low-pass in Å", sketch.lowPass, "0 for none")
      case .sphereRadius: ("Radius of the next sphere in Å", radius, "s adds it at the cross")
      case .growMask: ("Grow the region by Å", sketch.extend, "Before its edge begins")
      default:
        ("Width of the edge in Å", sketch.edge, "Five times the resolution is advised")
      }
    return .popUp(
      TextPrompt(
        .makerValue(command), title: title, text: Format.rounded(value, digits: 5), hint: hint,
        objection: { Self.number($0, for: command) == nil ? Self.objection(command) : nil }))
  }

  private static func number(_ text: String, for command: Command) -> Double? {
    guard let value = Double(text.trimmed), value.isFinite, abs(value) < 1e6 else { return nil }
    switch command {
    case .typeThreshold: return value
    case .sphereRadius: return value > 0 ? value : nil
    default: return value >= 0 ? value : nil
    }
  }

  private static func objection(_ command: Command) -> Problem {
    Problem(
      command == .typeThreshold ? "a number is needed" : "a length in Å is needed",
      whatToDo: "Write a number, as 12.5.")
  }

  private func savePrompt(isUsed: Bool) -> Effect {
    .popUp(
      TextPrompt(
        .saveMask(isUsed: isUsed), title: isUsed ? "Save and use the mask as" : "Save the mask as",
        text: FilePath.joined(job.folder, "mask.mrc"),
        objection: {
          $0.isEmpty || $0.hasSuffix("/")
            ? Problem("a file needs a name", whatToDo: "Write one, or press Esc.") : nil
        }))
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .coordinates:
      guard let place = MaskScreen.voxels(text, size: size) else {
        return [.complain(MaskScreen.objection(size))]
      }
      hair.voxel = place
    case .makerValue(let command):
      guard let value = Self.number(text, for: command) else {
        return [.complain(Self.objection(command))]
      }
      switch command {
      case .typeThreshold: return cut(at: Float(value))
      case .filterMap:
        guard value != sketch.lowPass else { return [] }
        history.append(sketch)
        sketch.lowPass = value
        return [.makeMask(.filter(original, lowPass: value))]
      case .sphereRadius: radius = value
      case .growMask: return change { $0.extend = value }
      default: return change { $0.edge = value }
      }
    case .saveMask(let isUsed): return save(to: text, replacing: false, isUsed: isUsed)
    case .overwriteMask(let path, let isUsed):
      return save(to: path, replacing: true, isUsed: isUsed)
    default: break
    }
    return []
  }

  private mutating func save(to path: String, replacing: Bool, isUsed: Bool) -> [Effect] {
    guard let pieces = currentPieces, let mapPath else { return [] }
    isSaving = true
    return [
      .makeMask(
        .save(
          sketch, pieces, map: mapPath, path: path, replacing: replacing, isUsed: isUsed)),
      .say("Saving \(path) …"),
    ]
  }

  // MARK: News

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .failed: isSaving = false
    case .maskMaking(.filtered(let map)) where map.lowPass == sketch.lowPass:
      // A first map is cut by itself; a later one at the same place in its noise.
      let isFirst = filtered == nil
      filtered = map
      pieces = nil
      if isFirst || history.last?.lowPass != map.lowPass { sketch.threshold = map.automatic }
      return following()
    case .maskMaking(.pieces(let found, let threshold)):
      pieces = (found, threshold)
      visited = -1
      return following()
    case .maskMaking(.preview(let mask, let report, let made)) where made == sketch:
      preview = (mask, report, made)
    case .maskMaking(.saved(let path, let isUsed)):
      isSaving = false
      guard isUsed else { return [.say("Saved \(path)")] }
      // Back over the mask view to the form.
      return [
        .pop, .pop, .answer(.pickFile(.mask(ofRegion: region)), path), .say("The mask is \(path)"),
      ]
    case .maskMaking(.exists(let path, let isUsed)):
      isSaving = false
      return [
        .popUp(
          Confirmation(
            question: .overwriteMask(path, isUsed: isUsed), title: "Replace \(path)?",
            text: "There is a file of this name already.", action: "Replace"))
      ]
    default: break
    }
    return []
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    guard case .row("plane", let plane) = target else { return [] }
    hair.point(at: plane, in: rect, with: mouse, size: size)
    return []
  }
}
