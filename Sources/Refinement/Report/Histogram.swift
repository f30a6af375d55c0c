extension IterationMetrics.Histogram {
  /// A histogram of values with equal bins from `lower` to `upper`; values beyond go into the outer
  /// bins. Without an upper end it is the 99th percentile, rounded up a little.
  public init(of values: [Double], lower: Double = 0, upper: Double? = nil, bins: Int = 50) {
    let sorted = values.filter(\.isFinite).sorted()
    func quantile(_ share: Double) -> Double {
      guard !sorted.isEmpty else { return 0 }
      let position = share * Double(sorted.count - 1)
      let below = Int(position)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
    }
    let end = max(upper ?? quantile(0.99) * 1.05, lower + 1e-6)
    var counts = [Int](repeating: 0, count: bins)
    for value in sorted {
      let bin = Int((value - lower) / (end - lower) * Double(bins))
      counts[min(max(bin, 0), bins - 1)] += 1
    }
    self.init(
      lower: lower, upper: end, counts: counts, median: quantile(0.5),
      percentile95: quantile(0.95),
      mean: sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count))
  }
}
