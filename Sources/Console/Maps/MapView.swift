import CryoEM
import Ground
import Viewing

/// What surface and slices of maps share: the map that is shown, at which level and in which colours, the
/// mask on it, and the point that all of them mark.
struct MapView: Sendable {
  var steps: MapSteps
  var cache = MapCache()
  /// Levels by the kind of map; of those that are not there yet the usual one.
  var levels: [MapKind: MapLevel] = [:]
  var colouring = MapColouring.plain
  /// Which of the masks is the veil, and whether it is seen.
  private(set) var chosen: Int
  var showsMask = false
  /// Whether learnt hinges and axes are drawn.
  var showsHinge = true
  /// The cross-hair, Å in the shared frame.
  var cross: Vector3?
  let studio = MapStudio()

  init(_ shelf: MapShelf) {
    steps = MapSteps(shelf)
    chosen = shelf.chosen
  }

  var shelf: MapShelf { steps.shelf }

  // MARK: What is shown

  /// The map that is shown: the one that is asked for, or the last one while that is being read.
  var shown: ReadMap? { cache.shown(for: steps.wanted?.request) }

  /// Voxels along an edge of it; 0 without one.
  var size: Int { shown?.map.volume.size ?? 0 }

  /// Why nothing is shown; nil where something is.
  var unread: String? {
    if shown != nil { return nil }
    return cache.problem(of: steps.wanted?.request)?.what ?? "The map is being read"
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

  /// Sets the level of the kind of map that is shown.
  mutating func set(_ level: MapLevel) {
    if let shown { levels[shown.request.kind] = level }
  }

  mutating func stepLevel(_ steps: Int) {
    guard let shown, let level else { return }
    set(level.stepped(steps, in: shown.map.levels))
  }

  // MARK: Masks and regions

  /// The mask that is chosen, and its fulcrum.
  var mask: ReadMap? {
    shelf.masks.indices.contains(chosen) ? cache[shelf.masks[chosen]] : nil
  }

  var fulcrum: Vector3? { shelf.fulcra.indices.contains(chosen) ? shelf.fulcra[chosen] : nil }

  /// To another mask, its fulcrum under the cross-hair.
  mutating func stepRegion(by step: Int) {
    let count = shelf.masks.count
    chosen = (chosen + step + count) % max(1, count)
    showsMask = true
    if let fulcrum { cross = fulcrum }
  }

  // MARK: Reading

  /// What is needed for what is to be seen.
  private var needed: [MapRequest] {
    [steps.wanted?.request, colourRequest].compactMap { $0 } + shelf.masks
  }

  /// What of it has to be read.
  var missing: [MapRequest] { cache.missing(of: needed) }

  mutating func add(_ read: ReadMap) {
    cache.add(read, needed: needed)
    settle()
  }

  /// Whether a map is one of the shelf.
  func isOurs(_ request: MapRequest) -> Bool {
    shelf.masks.contains(request) || shelf.localResolution == request
      || shelf.steps.contains { $0.maps.values.contains(request) }
  }

  /// Goes to another map.
  mutating func go(_ change: (inout MapSteps) -> Void) {
    change(&steps)
    if let wanted = steps.wanted { cache.use(wanted.request, needed: needed) }
    settle()
  }

  /// Shows what was asked for, and puts the cross-hair where there is something to see, once there is.
  private mutating func settle() {
    if let wanted = steps.wanted { cache.show(wanted.request) }
    if let shown, cross == nil { cross = fulcrum ?? shown.map.centre }
  }
}
