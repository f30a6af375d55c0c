/// A division of 0 ..< count into sets that are united step by step, each known by its smallest element.
struct DisjointSets {
  /// For each element a smaller one of its set, or itself.
  private var parents: [Int32]

  /// Every element alone.
  init(count: Int) { parents = (0..<Int32(count)).map { $0 } }

  /// The smallest element of the set of an element.
  mutating func root(of element: Int) -> Int {
    var element = element
    while Int(parents[element]) != element {
      // Halves the way for the next one who asks.
      parents[element] = parents[Int(parents[element])]
      element = Int(parents[element])
    }
    return element
  }

  /// Makes the sets of two elements one.
  mutating func unite(_ a: Int, _ b: Int) {
    let (a, b) = (root(of: a), root(of: b))
    parents[max(a, b)] = Int32(min(a, b))
  }

  /// Unites elements of equal keys; those without one stay as they are.
  mutating func unite<Key: Hashable>(byKeys keys: some Sequence<Key?>) {
    var first: [Key: Int] = [:]
    first.reserveCapacity(parents.count)
    for (element, key) in keys.enumerated() {
      guard let key else { continue }
      if let other = first[key] { unite(other, element) } else { first[key] = element }
    }
  }

  /// The smallest element of the set of each element.
  mutating func roots() -> [Int32] { parents.indices.map { Int32(root(of: $0)) } }
}
