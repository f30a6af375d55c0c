import CryoEM
import Surface
import Viewing

/// What colours surface and slices.
enum MapColouring: String, Sendable, Hashable, CaseIterable {
  case plain = "one colour"
  case localResolution = "local resolution"
  case halves = "difference of the halves"
  case regions
  case motion = "how far it moves"
}

extension MapView {
  /// The map whose values colour the surface.
  var colourRequest: MapRequest? {
    switch colouring {
    case .localResolution: shelf.localResolution
    case .halves: steps.difference
    case .plain, .regions, .motion: nil
    }
  }

  /// What it can be coloured by.
  var colourings: [MapColouring] {
    MapColouring.allCases.filter { kind in
      switch kind {
      case .plain: true
      case .localResolution: shelf.localResolution != nil
      case .halves: steps.difference != nil
      case .regions: !shelf.masks.isEmpty
      case .motion: shelf.sway != nil
      }
    }
  }

  /// The colours, as far as they are in memory.
  var colours: SurfaceColours {
    switch colouring {
    case .plain: return .plain
    case .localResolution, .halves:
      guard let values = cache[colourRequest], let range = colourRange else { return .plain }
      return colouring == .halves
        ? .magnitudes(values.map, range.range) : .values(values.map, range.range)
    case .regions:
      let masks = shelf.masks.compactMap { cache[$0]?.map }
      return masks.count == shelf.masks.count ? .regions(masks) : .plain
    case .motion:
      guard let sway = shelf.sway, let range = colourRange else { return .plain }
      return .motion(sway, mask?.map, range.range)
    }
  }

  /// The range of what colours the surface; nil for none.
  var colourRange: (range: ClosedRange<Double>, unit: String)? {
    switch colouring {
    case .plain, .regions: return nil
    case .localResolution: return cache[colourRequest].map { ($0.valueRange, "Å") }
    case .halves:
      guard let density else { return nil }
      // As large as the level itself is as bad as noise.
      return (0...max(1e-9, abs(Double(density))), "of density")
    case .motion:
      guard let sway = shelf.sway, let shown else { return nil }
      let reach = mask?.map.extent(above: 0.5)?.radius ?? shown.map.halfEdge
      let most = sway.distance(at: sway.fulcrum + Vector3(reach, 0, 0))
      return (0...max(0.1, most), "Å")
    }
  }

  var colourMap: ColourMap { .viridis }
}
