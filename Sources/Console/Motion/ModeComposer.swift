import CryoEM
import Ground
import Motion
import Synchronization
import Tools
import Viewing

/// Composes maps of the complex along its modes, and keeps the regions' maps of the last run for the next.
final class ModeComposer: Sendable {
  /// Voxels along an edge of what is composed: more than a terminal shows.
  static let largestSize = 96

  private struct Parts {
    var folder: String
    var report: MotionReport
    var parts: [Composite.Part]
  }

  private let known = Mutex<Parts?>(nil)

  /// The map of a moment.
  ///
  /// - Throws: why the run's maps cannot be read.
  func map(_ request: MapRequest, of frame: ModeFrame) throws(Problem) -> ReadMap {
    let parts = try parts(of: frame.folder)
    let places = parts.report.arrangement(mode: frame.mode, amplitude: frame.amplitude)
    return ReadMap(
      request, MotionOutput.composed(parts.parts, places, scheduler(threads: 1)), centre: .zero)
  }

  private func parts(of folder: String) throws(Problem) -> Parts {
    if let known = known.withLock({ $0 }), known.folder == folder { return known }
    let motion = RegionMotion(reading: folder)
    if let problem = motion.problem { throw problem }
    guard let report = motion.report, let first = motion.regions.first else {
      throw Problem("\(folder): there are no maps of regions", whatToDo: "Choose a finished run.")
    }
    let (_, grid) = try MapGrid.read(first.source.map)
    var read: [Composite.Part] = []
    for name in report.regions {
      guard let region = motion.regions.first(where: { $0.name == name }) else {
        throw Problem(
          "\(folder): the map or the mask of \(name) is missing",
          whatToDo: "Choose a run that is whole.")
      }
      read.append(
        Self.reduced(try region.source.read(on: grid, reference: first.source.map)))
    }
    let parts = Parts(folder: folder, report: report, parts: read)
    known.withLock { $0 = parts }
    return parts
  }

  /// Large maps in fewer voxels. Which resolution is where would be lost on the way, and decides only whose
  /// density is seen where masks overlap.
  private static func reduced(_ part: Composite.Part) -> Composite.Part {
    let size = part.map.size
    guard size > largestSize else { return part }
    let pixel = part.map.pixelSize * Double(size) / Double(largestSize)
    func smaller(_ volume: Volume) -> Volume {
      volume.resampled(toPixelSize: pixel, size: largestSize)
    }
    return Composite.Part(
      map: smaller(part.map), mask: smaller(part.mask).map { min(max($0, 0), 1) })
  }
}
