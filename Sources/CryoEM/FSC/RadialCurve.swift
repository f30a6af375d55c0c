/// A quantity by shell of the transform of a cube or square: an FSC, a noise spectrum, a Guinier plot.
///
/// With voxels of p Å and n of them along an edge, the edge is L = n · p Å. Shell s holds the samples
/// whose distance from the origin rounds to s, at a spatial frequency of s/L 1/Å and a resolution of
/// L/s Å. Shells with a fraction are in between. A curve may end before the transform does.
public struct RadialCurve: Sendable, Equatable {
  /// The value of each shell, from shell 0 on.
  public var values: [Double]
  /// L, the edge of the cube or square whose shells they are, Å.
  public var edge: Double

  public init(_ values: [Double], edge: Double) {
    self.values = values
    self.edge = edge
  }

  /// L/s, the resolution of a shell, Å; infinite for shell 0.
  public func resolution(ofShell shell: Int) -> Double {
    shell > 0 ? edge / Double(shell) : .infinity
  }

  /// L/d, the shell with its fraction that has a resolution of d Å.
  public func shell(atResolution resolution: Double) -> Double { edge / resolution }

  /// s/L, the spatial frequency of a shell, 1/Å.
  public func frequency(ofShell shell: Int) -> Double { Double(shell) / edge }

  /// 1/L, by which frequencies of neighbouring shells differ, 1/Å; 1 for curves without an edge, which
  /// are drawn by shell.
  public var frequencyStep: Double { edge > 0 ? 1 / edge : 1 }

  /// The shell, with its fraction, at which the curve first falls below a threshold: the straight line
  /// between the last shell above and the first below; nil where the curve never does.
  public func firstCrossing(below threshold: Double) -> Double? {
    for shell in values.indices.dropFirst() where values[shell] < threshold {
      let (before, after) = (values[shell - 1], values[shell])
      guard before > after else { return Double(shell) }
      let fraction = (before - threshold) / (before - after)
      return Double(shell - 1) + Swift.min(Swift.max(fraction, 0), 1)
    }
    return nil
  }

  /// The resolution in Å at which the curve first falls below a threshold; that of its last shell where
  /// it never does.
  public func resolution(below threshold: Double) -> Double {
    let shell = firstCrossing(below: threshold) ?? Double(Swift.max(count - 1, 1))
    return edge / Swift.max(shell, 1e-3)
  }

  /// The curve without the shells after one.
  public func cut(after last: Int) -> RadialCurve {
    RadialCurve(Array(values.prefix(last + 1)), edge: edge)
  }

  // MARK: Between shells and on other grids

  /// The value at a shell with a fraction: that of the nearest, and of the last beyond it.
  public func value(nearest shell: Double) -> Double {
    values[Swift.min(Int(shell.rounded()), count - 1)]
  }

  /// The value at a shell with a fraction, on the straight line between its neighbours; the last one as
  /// far as the next shell, 0 from there on.
  public func value(at shell: Double) -> Double {
    let below = Int(shell)
    guard below < count else { return 0 }
    let next = values[Swift.min(below + 1, count - 1)]
    return values[below] + (shell - Double(below)) * (next - values[below])
  }

  /// The curve in the shells of a cube or square with another edge, L′ Å: shell s has the value nearest to
  /// shell s · L/L′.
  public func resampled(toEdge edge: Double, shells: Int) -> RadialCurve {
    RadialCurve(values(shells, every: self.edge / edge), edge: edge)
  }

  /// The curve in the shells of a grid of the same voxels, from one of `size` along its edge to one of
  /// `newSize`. The ratio of the sizes is exact where that of the edges need not be, so that a place half
  /// way between two shells is rounded alike for all pixel sizes.
  public func resampled(fromSize size: Int, to newSize: Int, shells: Int) -> RadialCurve {
    let ratio = Double(size) / Double(newSize)
    return RadialCurve(values(shells, every: ratio), edge: edge / ratio)
  }

  private func values(_ shells: Int, every step: Double) -> [Double] {
    (0..<shells).map { value(nearest: Double($0) * step) }
  }
}

extension RadialCurve: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { values.count }
  public subscript(shell: Int) -> Double { values[shell] }
}
