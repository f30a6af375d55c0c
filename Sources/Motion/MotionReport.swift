import CryoEM
import Ground
import Refinement

/// How the regions of a complex move against the first of them, in numbers.
public struct MotionReport: Codable, Sendable, Equatable {
  public typealias Measured = BodyMotion.Measured

  /// A region's part in a mode, for an amplitude of one standard deviation.
  public struct Part: Codable, Sendable, Equatable {
    public var region: String
    /// Degrees, about an axis (a unit vector in the frame of the maps), which is known to some degrees.
    public var rotation: Measured
    public var axis: [Double]
    public var axisError: Double
    /// Of the region's centre, Å.
    public var translation: [Double]
    /// Root of the mean square displacement of the region's points, Å.
    public var displacement: Double
    /// The point of the axis nearest to the region's centre: Å from the box centre, and as a voxel's
    /// index; what the region moves along the axis, Å.
    public var hinge: [Measured]
    public var hingeVoxel: [Double]
    public var slide: Double
  }

  /// A principal mode.
  public struct Mode: Codable, Sendable, Equatable {
    /// Share of the mean square displacement of all moving regions' points, 0…1.
    public var share: Measured
    /// Root of that mean square, Å.
    public var displacement: Measured
    /// Twice the gain in log likelihood by the mode, and what it must be for the mode to be claimed
    /// (Schwarz, 1978): a mode of noise gains less.
    public var gain: Double
    public var leastGain: Double
    public var isClaimed: Bool
    public var parts: [Part]
    /// Particles by their amplitude along the mode, from −4 to 4 standard deviations; empty for modes
    /// that are not claimed.
    public var histogram: [Int]
  }

  /// Where a region is on average against the first, from where the consensus has it: a turn about its
  /// fulcrum (rotation vector, degrees) and a shift of that (Å), and the fulcrum, Å from the box centre.
  public struct Mean: Codable, Sendable, Equatable {
    public var region: String
    public var rotation: [Double]
    public var translation: [Double]
    public var fulcrum: [Double]
  }

  /// All of a region's motion.
  public struct Region: Codable, Sendable, Equatable {
    public var name: String
    public var motion: BodyMotion
  }

  /// The first is the one that the others' motion is against.
  public var regions: [String]
  /// Particles that are in all regions, and those among them from which the motion was learnt.
  public var particles: Int
  public var learntFrom: Int
  /// How many particles' worth of exact poses that was.
  public var told: Double
  /// Share of particles that do not follow the motion, 0…1.
  public var outliers: Double
  public var modes: [Mode]
  public var motions: [Region]
  /// Nil in files of earlier versions.
  public var means: [Mean]?

  public static let histogramRange = -4.0...4.0
  public static let histogramBins = 32

  /// Modes that are more than noise.
  public var claimed: Int { modes.prefix { $0.isClaimed }.count }
}

extension MotionReport {
  /// The result in lines of at most 80 columns.
  public var text: String {
    var lines = [
      "\(Format.counted(particles, "particle")); against \(regions.first ?? ""): "
        + regions.dropFirst().joined(separator: ", ")
        + ", \(Format.shortest((1000 * outliers).rounded() / 10))% outliers"
    ]
    if claimed == 0 {
      lines.append("no mode: what moves is no more than the poses' noise")
      return lines.joined(separator: "\n")
    }
    func left(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let width = max(6, regions.map(\.count).max() ?? 0)
    lines.append(
      "mode  share    Å rms  " + left("region", width)
        + "  turns by    axis (known to)         hinge, voxel")
    for (index, mode) in modes.prefix(claimed).enumerated() {
      for (place, part) in mode.parts.enumerated() {
        let head =
          place == 0
          ? left("\(index + 1)", 6)
            + left(
              "\(Format.fixed(100 * mode.share.value, 0))±"
                + "\(Format.fixed(100 * mode.share.error, 0))%", 9)
          : left("", 15)
        lines.append(
          head + left(Format.fixed(part.displacement, 2), 7) + left(part.region, width) + "  "
            + left(
              "\(Format.fixed(part.rotation.value, 2))±\(Format.fixed(part.rotation.error, 2))°",
              12)
            + left(
              part.axis.map { Format.fixed($0, 2) }.joined(separator: ",")
                + " (\(Format.fixed(part.axisError, 0))°)", 24)
            + part.hingeVoxel.map { Format.fixed($0, 0) }.joined(separator: ","))
      }
    }
    let rest = modes.dropFirst(claimed).reduce(0) { $0 + $1.share.value }
    if claimed < modes.count {
      lines.append(
        "the other \(modes.count - claimed) modes, \(Format.fixed(100 * rest, 0))%, "
          + "are within noise")
    }
    return lines.joined(separator: "\n")
  }

  /// A row for each region's part in each mode, tab-separated.
  public var tsv: String {
    let names = [
      "mode", "claimed", "share", "share_error", "mode_displacement_A", "gain", "region",
      "displacement_A", "rotation_deg", "rotation_error_deg", "axis_x", "axis_y", "axis_z",
      "axis_error_deg", "translation_x_A", "translation_y_A", "translation_z_A", "hinge_x_A",
      "hinge_y_A", "hinge_z_A", "hinge_error_x_A", "hinge_error_y_A", "hinge_error_z_A", "slide_A",
    ]
    let rows = modes.enumerated().flatMap { index, mode in
      mode.parts.map { part in
        let numbers =
          [part.displacement, part.rotation.value, part.rotation.error] + part.axis
          + [part.axisError] + part.translation + part.hinge.map(\.value)
          + part.hinge.map(\.error) + [part.slide]
        let cells =
          ["\(index + 1)", mode.isClaimed ? "1" : "0"]
          + [mode.share.value, mode.share.error, mode.displacement.value, mode.gain].map {
            Format.fixed($0, 4)
          } + [part.region] + numbers.map { Format.fixed($0, 4) }
        return cells.joined(separator: "\t")
      }
    }
    return ([names.joined(separator: "\t")] + rows).joined(separator: "\n") + "\n"
  }
}
