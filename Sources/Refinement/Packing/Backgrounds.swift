import Glibc
import Ground

/// What the corners of some images say of how they were normalised: outside the particle an image is
/// noise, whose deviation is the same in all images of one normalisation.
struct Backgrounds: Sendable, Equatable {
  /// The median deviation, and the tenth and ninetieth percentiles, in the images' grey values.
  let deviation: Double
  let low: Double
  let high: Double
  /// By what share of it the deviations differ between images, beyond what `scatter` explains.
  let spread: Double
  /// The standard error with which an image's own corners know its deviation, as a share of it.
  let scatter: Double

  /// What the strongest particles make of the corners: their signal, which the defocus spreads, was
  /// seen to differ by a seventh in boxes of 64 Å. A gain of each image's own differs by more.
  static let spreadOfSignals = 0.2
  /// What one image counts for at most: a threefold deviation. Few strange images are no reason to
  /// change all.
  private static let largestRatio = 3.0

  /// Nil where most images have no background: the window takes all of the image, or its outside is a
  /// constant.
  ///
  /// - Parameter images: of a sample.
  init?(_ images: [ImageTransformer.Background]) {
    let known = images.filter { $0.deviation > 0 }
    guard !known.isEmpty, 2 * known.count > images.count else { return nil }
    let sorted = known.map(\.deviation).sorted()
    func percentile(_ share: Double) -> Double {
      Double(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))])
    }
    let median = percentile(0.5)
    (deviation, low, high) = (median, percentile(0.1), percentile(0.9))
    let limit = log(Self.largestRatio)
    let ratios = known.map { min(max(log(Double($0.deviation) / median), -limit), limit) }
    let count = Double(known.count)
    let mean = ratios.reduce(0, +) / count
    let between = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count - 1, 1)
    let own = known.reduce(0) { $0 + Double($1.error * $1.error) } / count
    spread = max(0, between - own).squareRoot()
    scatter = own.squareRoot()
  }

  /// Whether the images were normalised alike: what differs is what small corners make of equal noise,
  /// and what signals reach into them.
  var areAlike: Bool { spread <= max(Self.spreadOfSignals, scatter) }

  /// What differs, in words.
  var summary: String {
    func rounded(_ value: Double) -> String { Format.rounded(value, digits: 3) }
    return "the background's deviation goes from \(rounded(low)) to \(rounded(high)) (tenth to "
      + "ninetieth percentile of a sample)"
  }
}
