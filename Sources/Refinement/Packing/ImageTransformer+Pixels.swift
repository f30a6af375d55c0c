import Ground

/// What an image's pixels are before anything is done to them.
extension ImageTransformer {
  /// Mean and deviation of an image where the window begins to take it away, in its grey values; zeros
  /// where it takes nothing.
  struct Background: Sendable {
    var mean: Float = 0
    /// 0 where there is no noise.
    var deviation: Float = 0
    /// The standard error of the deviation as a share of it, from how the image's four corners differ.
    var error: Float = 0
  }

  /// The deviation is that of Gaussian noise with the mean absolute deviation, √(π/2) times as large:
  /// a hot pixel of a hundred deviations changes it by a hundredth.
  func background(of pixels: UnsafeBufferPointer<Float>) -> Background {
    if outside.isEmpty { return Background() }
    var background = Background()
    for index in outside { background.mean += pixels[Int(index)] }
    background.mean /= Float(outside.count)
    let parts = corners.filter { !$0.isEmpty }.map { corner in
      corner.reduce(Float(0)) { $0 + abs(pixels[Int($1)] - background.mean) }
    }
    let ofGaussian = (Float.pi / 2).squareRoot()
    background.deviation = ofGaussian * parts.reduce(0, +) / Float(outside.count)
    guard parts.count == corners.count, background.deviation > 0 else { return background }
    let squares = zip(parts, corners).map { sum, corner in
      let relative = ofGaussian * sum / (Float(corner.count) * background.deviation) - 1
      return relative * relative
    }
    background.error = (squares.reduce(0, +) / Float(squares.count * (squares.count - 1)))
      .squareRoot()
    return background
  }

  /// How many times the median power an image may have: a hot pixel of a hundred standard deviations
  /// is far below, and contamination, too.
  static let largestExcess = 1e4

  /// The problem of an image that outshines the others.
  func excess(of particle: Int, _ times: Double) -> Problem {
    Problem(
      "\(source.name(of: particle)): it is \(Int(min(times, 1e15))) times as strong as the others",
      whatToDo: "Look for a hot pixel, or normalise the images alike.")
  }

  /// Refuses pixels that are not numbers or of a size that no detector and no normalisation gives, and
  /// images without content: those say nothing, and count as if they did.
  func check(
    _ pixels: UnsafeMutableBufferPointer<Float>, of particle: Int
  ) throws(Problem) -> (sum: Float, low: Float, high: Float) {
    var sum: Float = 0
    var low = Float.infinity
    var high = -Float.infinity
    for pixel in pixels {
      sum += pixel
      if pixel < low { low = pixel }
      if pixel > high { high = pixel }
    }
    func problem(_ what: String) -> Problem {
      Problem(
        "\(source.name(of: particle)): \(what)",
        whatToDo: "Extract the particle again, or leave it out of the particle file.")
    }
    guard max(-low, high) <= largestPixel else {
      throw problem("it has values as large as \(max(-low, high))")
    }
    guard sum.isFinite else { throw problem("it has values that are not numbers") }
    guard low < high else { throw problem("every pixel is \(low)") }
    return (sum, low, high)
  }
}
