import Surface

extension Marker {
  /// What to know of it before one wonders about a blank plot; empty for markers that fonts have.
  var advice: String {
    self == .octant
      ? "; few fonts and multiplexers have them: choose others if plots are blank" : ""
  }
}
