import Fourier

/// The magnitudes of a half-set's images: packed, by shell of the window, and whole, by shell of the box
/// and before they are divided by the noise.
struct ImageMagnitudes: Sendable, Equatable, Columned {
  var packed: Magnitudes
  var whole: Magnitudes

  mutating func move(_ columns: inout Columns) {
    columns.move("packed", &packed)
    columns.move("whole", &whole)
  }

  /// Takes in what others found.
  mutating func add(_ other: ImageMagnitudes) {
    packed.add(other.packed)
    whole.add(other.whole)
  }
}

/// The largest modulus of the data, and the largest weight, of any image by shell: what fixes the quanta
/// of sums. A maximum is the same in whatever order images come.
struct Magnitudes: Sendable, Equatable, Columned {
  /// Per shell from 0 on.
  private(set) var data: [Float]
  private(set) var weight: [Float]

  mutating func move(_ columns: inout Columns) {
    columns.move("data", &data)
    columns.move("weight", &weight)
  }

  /// None, for shells 0..<`shells`.
  init(shells: Int) {
    data = [Float](repeating: 0, count: shells)
    weight = data
  }

  /// Takes in a pixel; what is no number does not count.
  @inline(__always)
  mutating func add(shell: Int, data value: Float, weight other: Float) {
    if value > data[shell] { data[shell] = value }
    if other > weight[shell] { weight[shell] = other }
  }

  /// Takes in what others found.
  mutating func add(_ other: Magnitudes) {
    for shell in data.indices {
      add(shell: shell, data: other.data[shell], weight: other.weight[shell])
    }
  }

  /// The quanta of sums of these images.
  ///
  /// - Parameters:
  ///   - factors: what data and weights of a shell are multiplied by, at most.
  ///   - scale: the largest scale of a particle.
  func quanta(factors: [Double], scale: Double) -> ExactSums.Quanta {
    var (most, heaviest) = (0.0, 0.0)
    for (shell, factor) in factors.enumerated() where shell < data.count {
      most = max(most, factor * Double(data[shell]))
      heaviest = max(heaviest, factor * Double(weight[shell]))
    }
    return ExactSums.Quanta(data: scale * most, weight: scale * scale * heaviest)
  }
}
