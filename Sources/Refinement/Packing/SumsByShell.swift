/// Sums over images by shell, and by direction where that is asked for.
protocol SumsByShell: Columned {
  /// Those by shell, with their names as columns.
  static var curves: [(name: String, path: WritableKeyPath<Self, [Double]>)] { get }
  var directions: NoiseDirections.Sums { get set }
}

extension SumsByShell {
  mutating func move(_ columns: inout Columns) {
    for (name, path) in Self.curves { columns.move(name, &self[keyPath: path]) }
    columns.move("directions", &directions)
  }

  mutating func add(_ other: Self) {
    for (_, path) in Self.curves {
      self[keyPath: path] = zip(self[keyPath: path], other[keyPath: path]).map { $0 + $1 }
    }
    directions.add(other.directions)
  }
}
