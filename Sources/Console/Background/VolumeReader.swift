import CryoEM
import Ground
import Jobs
import Refinement

/// Reads the volumes of the fulcrum and mask view.
enum VolumeReader {
  static func volumes(of job: Job) -> MaskViewVolumes {
    let map = job[Parameter.input.map] ?? job[Parameter.input.halfMapA]
    let hasMask = job[Parameter.mask.type] != RefinementSettings.MaskMode.none
    let mask = hasMask ? job[Parameter.input.mask] : nil
    let shown = MapsInView(map: map.map(job.resolved), mask: mask.map(job.resolved))
    var result = MaskViewVolumes(
      job: job, map: shown.map, mask: shown.mask, report: shown.mask.map { MaskReport(of: $0) },
      problem: shown.problem)
    do throws(Problem) {
      if let first = job[Parameter.input.halfMapA], let other = job[Parameter.input.halfMapB] {
        result.resolution = try shown.resolution(
          of: job, halfMapA: job.resolved(first), halfMapB: job.resolved(other))
      }
    } catch { result.problem = result.problem ?? error }
    return result
  }

  /// The dynamic mask that the map gives at a threshold, with the distances of the job; nil where
  /// nothing is above zero.
  static func dynamicMask(
    _ job: Job, map: Volume, mask: Volume?, threshold: Double
  ) -> Volume? {
    let region =
      mask
      ?? Volume.sphere(
        size: map.size, pixelSize: map.pixelSize,
        radius: Double(map.size / 2 - 2) * map.pixelSize,
        outerRadius: Double(map.size / 2 - 1) * map.pixelSize)
    let settings = job.settings(given: DataFacts(box: map.size, pixelSize: map.pixelSize))
    return map.dynamicMask(
      inside: region, threshold: threshold, resolution: settings.maskStartResolution,
      near: settings.maskNear, far: settings.maskFar, absolute: settings.maskAbsolute)
  }
}
