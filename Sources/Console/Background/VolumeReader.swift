import CryoEM
import Ground
import Jobs
import Refinement
import Runs

/// Reads the volumes of the fulcrum and mask view.
enum VolumeReader {
  static func volumes(of job: Job) -> MaskViewVolumes {
    let map = job[Parameter.input.map] ?? job[Parameter.input.halfMapA]
    let hasMask = job[Parameter.mask.type] != RefinementSettings.MaskMode.none
    let mask = Parameter.input.mask
    let masks =
      job.regions.isEmpty ? [hasMask ? job[mask] : nil] : job.regions.map { $0[mask] }
    let shown = MapsInView(map: map.map(job.resolved), masks: masks.map { $0.map(job.resolved) })
    var result = MaskViewVolumes(
      job: job, map: shown.map,
      masks: shown.masks.map { mask in
        .init(mask: mask, report: mask.map { MaskReport(of: $0) })
      }, problem: shown.problem)
    if let half = job[Parameter.input.halfMapA], job.regions.isEmpty {
      // Beside the final half-maps of a run stands what it has learnt.
      let folder = RunFolder(FilePath.folder(of: FilePath.folder(of: job.resolved(half))))
      result.hinge = folder.exists ? LearntHinge((try? folder.summary())?.motion) : nil
    }
    do throws(Problem) {
      if let first = job[Parameter.input.halfMapA], let other = job[Parameter.input.halfMapB] {
        let found = try shown.resolutions(
          of: job, halfMapA: job.resolved(first), halfMapB: job.resolved(other))
        for (index, resolution) in found.enumerated() {
          result.masks[index].resolution = resolution
        }
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
