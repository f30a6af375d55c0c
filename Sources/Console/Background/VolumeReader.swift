import CryoEM
import EMFiles
import Refinement

/// Reads the volumes of the fulcrum and mask view.
enum VolumeReader {
  static func volumes(of job: Job) -> MaskViewVolumes {
    var result = MaskViewVolumes(job: job)
    do throws(Problem) {
      if let path = job[Parameter.input.map] ?? job[Parameter.input.halfMapA] {
        result.map = try volume(job.resolved(path))
      }
      if job[Parameter.mask.type] != RefinementSettings.MaskMode.none,
        let path = job[Parameter.input.mask]
      {
        let mask = try volume(job.resolved(path))
        if let map = result.map, map.size != mask.size {
          throw Problem(
            "the mask has a box of \(mask.size), the map one of \(map.size)",
            whatToDo: "Resample one of them.")
        }
        result.mask = mask
        result.report = MaskReport(of: mask)
      }
    } catch { result.problem = error }
    return result
  }

  private static func volume(_ path: String) throws(Problem) -> Volume {
    try Volume(readingCubic: path)
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
