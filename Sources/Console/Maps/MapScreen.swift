import CryoEM
import Ground
import Surface
import Terminal
import Viewing

/// Maps to look at: a shaded surface that turns, and three linked slices.
struct MapScreen: CrossHairScreen {
  let shelf: MapShelf
  /// Index of the step that is shown, and of the one that blinks with it.
  var step: Int
  var other: Int
  var kind = MapKind.map
  /// The maps that are in memory, and their requests in the order of their use.
  private(set) var maps: [MapRequest: ReadMap] = [:]
  private(set) var uses: [MapRequest] = []
  /// What is wrong with maps that could not be read.
  private(set) var problems: [MapRequest: Problem] = [:]
  /// The last map that was shown, which stays until the next one is there.
  private(set) var lastShown: MapRequest?
  var pane = Pane.surface
  var isZoomed = false
  var camera: ViewCamera?
  var fit = Fit.surface
  /// Levels by the kind of map; of those that are not there yet the usual one.
  var levels: [MapKind: MapLevel] = [:]
  var colouring = Colouring.plain
  var showsMask = false
  /// Whether learnt hinges and axes are drawn.
  var showsHinge = true
  /// Which of the masks is the veil.
  var chosen: Int
  var showsProjections = false
  var hair = CrossHair()
  /// The cross-hair, Å in the shared frame.
  var cross: Vector3?
  /// Where the mouse was last while it is held down.
  var dragged: Point?
  /// When the surface was turned last, seconds since 1970.
  var lastTurn: Double?
  /// Which of the drafts it is drawn as while it turns.
  var coarseness = 0
  let studio = MapStudio()

  /// The pane that keys go to.
  enum Pane: Int, Sendable, Hashable, CaseIterable { case surface, first, second, third }

  /// What fills the picture of the surface.
  enum Fit: Sendable, Hashable { case surface, mask, box }

  /// What colours the surface.
  enum Colouring: String, Sendable, Hashable, CaseIterable {
    case plain = "one colour"
    case localResolution = "local resolution"
    case halves = "difference of the halves"
    case regions
    case motion = "how far it moves"
  }

  init(shelf: MapShelf) {
    self.shelf = shelf
    chosen = shelf.chosen
    step = max(0, shelf.steps.count - 1)
    other = 0
    if shelf.steps.last?.maps[.sharpened] != nil { kind = .sharpened }
  }

  /// Begins with the step of a title, where there is one.
  mutating func open(at title: String) {
    if let index = shelf.steps.firstIndex(where: { $0.title == title }) { step = index }
  }

  var title: String { "Maps of \(shelf.title)" }

  var status: String {
    [stepTitle, shown.map { "box \($0.map.volume.size)" }].compactMap { $0 }
      .joined(separator: ", ")
  }

  var stepTitle: String? { shelf.steps.indices.contains(step) ? shelf.steps[step].title : nil }

  /// The map that is asked for.
  var wanted: (kind: MapKind, request: MapRequest)? {
    shelf.steps.indices.contains(step) ? shelf.steps[step].map(of: kind) : nil
  }

  /// The map that is shown: the one that is asked for, or the last one while that is being read.
  var shown: ReadMap? {
    (wanted.flatMap { maps[$0.request] }) ?? lastShown.flatMap { maps[$0] }
  }

  /// The mask that is chosen, and its fulcrum.
  var mask: ReadMap? {
    shelf.masks.indices.contains(chosen) ? maps[shelf.masks[chosen]] : nil
  }

  var fulcrum: Vector3? { shelf.fulcra.indices.contains(chosen) ? shelf.fulcra[chosen] : nil }

  /// The map whose values colour the surface.
  var colourRequest: MapRequest? {
    switch colouring {
    case .localResolution: shelf.localResolution
    case .halves: differenceRequest
    default: nil
    }
  }

  /// The difference of the half-maps of what is shown, or of the last step that has it.
  private var differenceRequest: MapRequest? {
    let steps = [shelf.steps.indices.contains(step) ? shelf.steps[step] : nil].compactMap { $0 }
    return (steps + shelf.steps.reversed()).compactMap { $0.maps[.difference] }.first
  }

  var colourings: [Colouring] {
    Colouring.allCases.filter { kind in
      switch kind {
      case .plain: true
      case .localResolution: shelf.localResolution != nil
      case .halves: differenceRequest != nil
      case .regions: !shelf.masks.isEmpty
      case .motion: shelf.sway != nil
      }
    }
  }

  /// The level of the surface in the map that is shown.
  var level: MapLevel? {
    guard let shown else { return nil }
    return levels[shown.request.kind]
      ?? .mass(max(0.1, shown.map.levels.mass(above: shown.usualLevel)))
  }

  var density: Float? {
    guard let shown, let level else { return nil }
    return level.density(in: shown.map.levels)
  }

  /// Voxels along an edge of the map that is shown; 0 without one.
  var size: Int { shown?.map.volume.size ?? 0 }

  var unread: String? {
    if shown != nil { return nil }
    return wanted.flatMap { problems[$0.request]?.what } ?? "The map is being read"
  }

  // MARK: Reading

  /// What has to be read for what is to be seen.
  var missing: [MapRequest] {
    var all: [MapRequest] = []
    if let wanted { all.append(wanted.request) }
    if let colourRequest { all.append(colourRequest) }
    all += shelf.masks
    return all.filter { maps[$0] == nil && problems[$0] == nil }
  }

  func opening(_ surroundings: Surroundings) -> [Effect] { missing.map { .read(.map($0)) } }

  func refresh(_ surroundings: Surroundings) -> [Effect] { missing.map { .read(.map($0)) } }

  /// Maps that are kept in memory beside those that are needed.
  private var kept = 4

  /// Keeps the maps of all steps, as what plays them does.
  mutating func keepAll() { kept = max(kept, shelf.steps.count + 1) }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .map(let read):
      maps[read.request] = read
      use(read.request)
      settle()
    case .mapProblem(let request, let problem) where isOurs(request):
      problems[request] = problem
      return [.complain(problem)]
    default: break
    }
    return []
  }

  private func isOurs(_ request: MapRequest) -> Bool {
    shelf.masks.contains(request) || shelf.localResolution == request
      || shelf.steps.contains { $0.maps.values.contains(request) }
  }

  private mutating func use(_ request: MapRequest) {
    uses.removeAll { $0 == request }
    uses.append(request)
    let needed = Set(
      [wanted?.request, colourRequest, lastShown].compactMap { $0 } + shelf.masks)
    for old in uses.dropLast(kept) where !needed.contains(old) {
      maps[old] = nil
      uses.removeAll { $0 == old }
    }
  }

  /// Puts the camera and the cross-hair where there is something to see, once there is.
  private mutating func settle() {
    if let wanted, maps[wanted.request] != nil { lastShown = wanted.request }
    guard let shown else { return }
    if cross == nil { cross = fulcrum ?? centre(of: shown) }
    if camera == nil {
      camera = ViewCamera(reach: shown.map.halfEdge)
      fitCamera()
    }
    placeHair()
  }

  private func centre(of map: ReadMap) -> Vector3 { map.map.centre }

  /// The cross-hair's voxel in the map that is shown.
  mutating func placeHair() {
    guard let shown, let cross else { return }
    hair.voxel = CrossHair.nearest(shown.map.voxel(of: cross), size: shown.map.volume.size)
  }

  /// The cross-hair from its voxel, after a key has moved it.
  mutating func placeCross() {
    guard let shown else { return }
    cross = shown.map.point(ofVoxel: Vector3(SIMD3<Double>(hair.voxel)))
  }

  mutating func changeStep(to next: Int) -> [Effect] {
    step = min(max(0, next), shelf.steps.count - 1)
    if let wanted, maps[wanted.request] != nil { use(wanted.request) }
    settle()
    return refreshed
  }

  /// What is missing, and who is asked for.
  var refreshed: [Effect] { missing.map { .read(.map($0)) } }
}
