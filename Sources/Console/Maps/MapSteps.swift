/// The steps of a shelf, and which map of which step is looked at.
struct MapSteps: Sendable, Hashable {
  let shelf: MapShelf
  /// Index of the step that is shown, and of the one that blinks with it.
  var index: Int
  private(set) var other = 0
  private(set) var kind = MapKind.map

  init(_ shelf: MapShelf) {
    self.shelf = shelf
    index = max(0, shelf.steps.count - 1)
    if shelf.steps.last?.maps[.sharpened] != nil { kind = .sharpened }
  }

  private var step: MapStep? {
    shelf.steps.indices.contains(index) ? shelf.steps[index] : nil
  }

  var title: String? { step?.title }

  /// The title of the step that blinks with the one that is shown; nil where they are the same.
  var otherTitle: String? {
    other != index && shelf.steps.indices.contains(other) ? shelf.steps[other].title : nil
  }

  /// The map that is asked for.
  var wanted: (kind: MapKind, request: MapRequest)? { step?.map(of: kind) }

  /// The difference of the half-maps of what is shown, or of the last step that has it.
  var difference: MapRequest? {
    ((step.map { [$0] } ?? []) + shelf.steps.reversed()).compactMap { $0.maps[.difference] }.first
  }

  mutating func go(to next: Int) { index = min(max(0, next), shelf.steps.count - 1) }

  /// To the step of a title, where there is one.
  mutating func go(to title: String) {
    if let found = shelf.steps.firstIndex(where: { $0.title == title }) { index = found }
  }

  /// To the step that was seen before, and back.
  mutating func blink() {
    (index, other) = (other, index)
    go(to: index)
  }

  /// To the next kind of map that the step has.
  ///
  /// - Returns: whether there is another.
  mutating func nextKind() -> Bool {
    let all = MapKind.shown.filter { step?.maps[$0] != nil }
    guard all.count > 1 else { return false }
    let now = wanted.flatMap { all.firstIndex(of: $0.kind) } ?? 0
    kind = all[(now + 1) % all.count]
    return true
  }
}
