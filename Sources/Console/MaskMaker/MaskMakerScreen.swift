import CryoEM
import Ground
import Jobs
import Surface
import Terminal
import Tools

/// Makes a mask of a map: a threshold with its live outline, pieces that are picked, spheres that are
/// painted, and the edge.
struct MaskMakerScreen: CrossHairScreen {
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

  func opening(_ surroundings: Surroundings) -> [Effect] {
    [.work(.makeMask(.filter(original, lowPass: sketch.lowPass)))]
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

  /// The map is there before the screen is.
  var unread: String? { nil }

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    hair.navigate(way, size: size)
    guard way == .back else { return [] }
    guard showsPreview else { return [.pop] }
    showsPreview = false
    return []
  }

  /// Å from the box centre.
  func place(of voxel: SIMD3<Int>) -> Vector3 {
    original.position(x: voxel.x, y: voxel.y, z: voxel.z)
  }

  /// The step of the threshold: a quarter of the noise's deviation, or a hundredth of the range.
  var step: Float {
    guard let filtered else { return 0 }
    if let noise = filtered.noise { return Float(0.25 * noise.deviation) }
    return 0.01 * (filtered.maximum - filtered.minimum)
  }

  // MARK: Changes

  /// Changes the sketch, as one change that can be taken back, and asks for what follows from it.
  mutating func change(_ body: (inout MaskSketch) -> Void) -> [Effect] {
    let before = sketch
    body(&sketch)
    guard sketch != before else { return [] }
    history.append(before)
    return following()
  }

  /// What has to be computed for the sketch of now.
  func following() -> [Effect] {
    guard let filtered else { return [] }
    guard let pieces = currentPieces else {
      return [.work(.makeMask(.pieces(filtered.map, threshold: sketch.threshold)))]
    }
    return showsPreview && preview?.sketch != sketch
      ? [.work(.makeMask(.preview(sketch, pieces)))] : []
  }

  mutating func cut(at threshold: Float) -> [Effect] {
    guard let filtered else { return [] }
    return change {
      $0.threshold = min(max(threshold, filtered.minimum), filtered.maximum)
    }
  }

  mutating func pick() -> [Effect] {
    guard let pieces = currentPieces else { return [] }
    var isPiece = true
    let voxel = hair.voxel
    let effects = change { isPiece = $0.toggle(voxel, of: pieces) }
    return isPiece ? effects : [.say("There is no piece under the cross; n goes to the next one")]
  }

  mutating func toggleAllPieces() -> [Effect] {
    change {
      $0.keepsAll.toggle()
      if !$0.keepsAll { ($0.keepsLargest, $0.picks) = (true, []) }
    }
  }

  /// Adds a sphere at the cross, or takes one away.
  mutating func paint(adds: Bool) -> [Effect] {
    let (place, radius) = (place(of: hair.voxel), radius)
    return change { $0.strokes.append(.init(centre: place, radius: radius, adds: adds)) }
  }

  mutating func undo() -> [Effect] {
    guard let last = history.popLast() else { return [] }
    let hadFilter = sketch.lowPass
    sketch = last
    return hadFilter == last.lowPass
      ? following() : [.work(.makeMask(.filter(original, lowPass: last.lowPass)))]
  }

  mutating func goToNextPiece() -> [Effect] {
    guard let pieces = currentPieces, !pieces.pieces.isEmpty else { return [] }
    visited = (visited + 1) % pieces.pieces.count
    if let voxel = pieces.voxel(ofPiece: visited) { hair.voxel = voxel }
    return []
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
}
