import CryoEM
import Ground
import Refinement

/// A map and masks in the map's own box, as a person looks at them to place a fulcrum: voxels are
/// those of the map's file.
public struct MapsInView: Sendable {
  public private(set) var map: Volume?
  /// In the order in which they were given; nil for those that cannot be read.
  public private(set) var masks: [Volume?]
  /// What is wrong with one of them; the map is there also where a mask cannot be.
  public private(set) var problem: Problem?

  /// Reads them.
  ///
  /// - Parameters:
  ///   - map: nil for masks alone, in their own box.
  ///   - masks: brought into the map's box as a refinement would bring them into its own; nil for none.
  public init(map: String?, masks: [String?]) {
    self.masks = masks.map { _ in nil }
    do throws(Problem) {
      if let map { self.map = try Volume(readingCubic: map) }
    } catch {
      problem = error
      return
    }
    for (index, mask) in masks.enumerated() {
      guard let mask else { continue }
      do throws(Problem) {
        if let map, let grid = self.map?.sampling {
          self.masks[index] = try Self.mask(mask, on: grid, of: map)
        } else {
          self.masks[index] = try Volume(readingCubic: mask)
        }
      } catch { problem = problem ?? error }
    }
  }

  /// The resolution (Å, FSC 0.143) of half-maps inside each mask, as the check of the job measures it;
  /// nil without a mask, and where they have another box than the map.
  public func resolutions(
    of job: Job, halfMapA: String, halfMapB: String
  ) throws(Problem) -> [Double?] {
    guard masks.contains(where: { $0 != nil }) else { return masks.map { _ in nil } }
    let (a, b) = (try Volume(readingCubic: halfMapA), try Volume(readingCubic: halfMapB))
    return masks.map { mask in
      guard let mask, a.size == mask.size, b.size == mask.size else { return nil }
      let settings = job.settings(given: DataFacts(box: mask.size, pixelSize: mask.pixelSize))
      let measurement = HalfMapMeasurement(
        halfA: a, halfB: b, mask: mask.withinImages(settings), settings: settings)
      return measurement.fsc.resolution143
    }
  }

  private static func mask(
    _ path: String, on grid: Sampling, of map: String
  ) throws(Problem) -> Volume? {
    let keys = Parameter.input
    let header = try MapHeader(key: keys.map.key, path: map)
    var stored = try StoredMap(key: keys.mask.key, path: path)
    let frame = MapHeader.frame(of: [header, stored.header], box: grid)
    var fitting = MapFitting(box: grid.size, pixelSize: grid.pixelSize, frame: frame)
    var findings = FindingList()
    let fitted = stored.checkValues(&findings) ? fitting.fitMask(stored, &findings) : nil
    if let problem = findings.errors.first?.problem { throw problem }
    return fitted
  }
}
