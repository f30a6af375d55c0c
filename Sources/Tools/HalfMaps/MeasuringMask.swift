import CryoEM
import Refinement

/// The mask inside which half-maps are measured: a file's, or one for those who have none.
public struct MeasuringMask: Sendable {
  /// How to come by a mask.
  public enum Choice: Sendable, Equatable {
    /// The mask that is in a file.
    case file(String)
    /// Made of the map.
    case automatic
    /// A sphere in the box.
    case sphere

    /// What a user writes: a file's name, or `auto` or `sphere`; nothing for `auto`.
    public init(_ text: String?) {
      switch text {
      case nil, "auto"?: self = .automatic
      case "sphere"?: self = .sphere
      case .some(let path): self = .file(path)
      }
    }

    /// The file; nil where there is none.
    public var path: String? { if case .file(let path) = self { path } else { nil } }
  }

  public let volume: Volume
  /// What it is, in words that follow "inside".
  public let description: String

  /// - Parameter pair: with the mask of the choice, where it names one.
  public init(_ choice: Choice, of pair: HalfMapPair) {
    let edge = Double(pair.a.size / 2) * pair.a.pixelSize
    let sphere = Volume.sphere(
      size: pair.a.size, pixelSize: pair.a.pixelSize, radius: 0.85 * edge,
      outerRadius: 0.99 * edge)
    if let mask = pair.mask, let path = choice.path {
      (volume, description) = (mask, path)
      return
    }
    guard choice == .automatic else {
      (volume, description) = (sphere, "a sphere in the box, as no mask was given")
      return
    }
    let settings = RefinementSettings()
    let mean = pair.a.combined(with: pair.b) { 0.5 * ($0 + $1) }
    let resolution = max(settings.maskStartResolution, 4 * mean.pixelSize)
    let made = mean.dynamicMask(
      inside: sphere, threshold: settings.maskThreshold, resolution: resolution,
      near: settings.maskNear, far: max(settings.maskFar, resolution))
    let percent = Int(100 * settings.maskThreshold)
    (volume, description) =
      made.map {
        ($0, "a mask made of the map (\(percent)% of its maximum), as none was given")
      } ?? (sphere, "a sphere in the box, as there is no density of which to make a mask")
  }
}
