import CryoEM
import EMFiles
import Refinement

/// Reads the volumes of the fulcrum and mask view.
enum VolumeReader {
  static func volumes(of job: Job) -> MaskViewVolumes {
    var result = MaskViewVolumes(job: job)
    do throws(Problem) {
      if let path = job["input.map"]?.string ?? job["input.half_map_a"]?.string {
        result.map = try volume(job.resolved(path))
      }
      if job["mask.type"]?.string != "none", let path = job["input.mask"]?.string {
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
    return map.dynamicMask(
      inside: region, threshold: threshold,
      resolution: job["mask.start_resolution"]?.double ?? 12, near: job["mask.near"]?.double ?? 3,
      far: job["mask.far"]?.double ?? 12, absolute: job["mask.absolute"]?.bool ?? false)
  }
}
