import Ground

/// The complex as it moves along a mode: its maps from one end to the other, and the film that plays them.
struct MovingComplex: Sendable {
  /// Nil until it is known how the regions move.
  var maps: MapScreen?
  /// How far it goes to either side, standard deviations.
  private(set) var reach = 2.0
  /// When it began to play, seconds since 1970, and from which step; nil while it stands.
  private var playing: (since: Double, step: Int)?

  var isPlaying: Bool { playing != nil }

  /// Steps a second while it plays.
  private static let pace = 5.0

  /// The step that is shown: while it plays to and fro that of the time.
  func step(_ surroundings: Surroundings) -> Int {
    guard let playing, let last = maps.map({ $0.view.shelf.steps.count - 1 }), last > 0 else {
      return index
    }
    let gone = playing.step + Int(max(0, surroundings.now - playing.since) * Self.pace)
    let place = gone % (2 * last)
    return place <= last ? place : 2 * last - place
  }

  /// The step at which it stands.
  private var index: Int { maps?.view.steps.index ?? 0 }

  /// Plays it, or holds it where it has come to.
  mutating func play(_ surroundings: Surroundings) {
    if isPlaying { hold(surroundings) } else { playing = (surroundings.now, index) }
  }

  /// Stops where it has come to.
  mutating func hold(_ surroundings: Surroundings) {
    guard isPlaying else { return }
    let place = step(surroundings)
    maps?.view.steps.index = place
    playing = nil
  }

  /// Goes along the mode by hand.
  mutating func step(by step: Int, _ surroundings: Surroundings) -> [Effect] {
    hold(surroundings)
    return maps?.go { $0.go(to: $0.index + step) } ?? []
  }

  /// Moves twice as far, after 8 standard deviations 2 again; to be seen once a mode is shown again.
  mutating func exaggerate() { reach = reach >= 8 ? 2 : 2 * reach }

  /// Takes the maps along a mode; the picture stays as it was turned.
  mutating func show(_ motion: RegionMotion, mode: Int) -> [Effect] {
    guard motion.regions.count > 1 else { return [] }
    let before = maps
    var screen = MapScreen(shelf: MapShelf(motion, mode: mode, reach: reach))
    let steps = screen.view.shelf.steps
    // All moments stay in memory, as they are played.
    screen.view.cache.capacity = steps.count + 1
    screen.view.steps.index = before?.view.steps.index ?? steps.count / 2
    screen.view.colouring = before?.view.colouring ?? .regions
    if let before {
      (screen.surface.camera, screen.view.levels) = (before.surface.camera, before.view.levels)
    }
    maps = screen
    return screen.reading + steps.compactMap { $0.maps[.map] }.map { .read(.map($0)) }
  }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    let effects = maps?.receive(news, &surroundings) ?? []
    // One level for all moments, or the surface would swell and shrink.
    if let level = maps?.view.level, maps?.view.levels[.map] == nil {
      maps?.view.levels[.map] = level
    }
    return effects
  }

  mutating func toggleColouring() {
    let isByRegion = maps?.view.colouring == .regions
    maps?.view.colouring = isByRegion ? .plain : .regions
  }

  /// A key that turns the surface.
  mutating func turn(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    maps?.pane = .surface
    return maps?.navigate(way, &surroundings) ?? []
  }
}
