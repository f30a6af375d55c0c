import CryoEM
import Ground
import Motion
import Particles
import Refinement

/// What several regions come to together: one map of all, and how they move against the first.
struct RegionResults {
  let names: [String]
  let fulcra: [Vector3]
  let results: [RefinementResult]

  /// One map: each voxel of the regions that own it, by their local resolutions, and of the consensus where
  /// no region is. The maps are of the same images, and have one scale.
  func composite(consensus: Volume) -> Volume {
    var composite = Composite(like: consensus, consensus: consensus)
    for result in results {
      composite.add(
        Composite.Part(
          map: result.map, mask: result.fscMask, localResolution: result.localResolution))
    }
    return composite.map
  }

  /// How the regions move.
  ///
  /// - Throws: `Problem` where too few images say anything of it.
  func motion(threads: Int) throws(Problem) -> MotionAnalysis {
    var regions: [MovingRegion] = []
    for (index, result) in results.enumerated() {
      guard let shape = RegionShape(mask: result.fscMask),
        result.evidence.count == result.poses.count
      else {
        throw Problem(
          "the poses of \(names[index]) were not searched",
          whatToDo: "Let every region turn and move to learn how they move.")
      }
      regions.append(
        MovingRegion(
          name: names[index], fulcrum: fulcra[index], shape: shape, poses: result.poses,
          evidence: result.evidence))
    }
    let map = results[0].map
    return try MotionAnalysis(
      regions, box: map.size, pixelSize: map.pixelSize, threads: threads)
  }
}

extension MotionAnalysis {
  /// Columns for the particles of the first region: the poses of all others, and where each particle is
  /// along the modes.
  public var particleColumns: [ParticleColumn] {
    var columns = regions.dropFirst().flatMap(ParticleColumn.pose)
    for mode in amplitudes.indices {
      columns.append(
        ParticleColumn(
          starName: "rlnMotionMode\(mode + 1)", csName: "motion/mode\(mode + 1)",
          values: amplitudes[mode]))
      columns.append(
        ParticleColumn(
          starName: "rlnMotionMode\(mode + 1)StdDev", csName: "motion/mode\(mode + 1)_sd",
          values: deviations[mode]))
    }
    return columns
  }
}

extension ParticleColumn {
  /// The poses of a region, in columns of its name.
  fileprivate static func pose(of region: MovingRegion) -> [ParticleColumn] {
    func column(_ star: String, _ cs: String, _ values: [Double]) -> ParticleColumn {
      ParticleColumn(
        starName: "\(star)_\(region.name)", csName: "region_\(region.name)/\(cs)", values: values)
    }
    let angles = region.poses.map(\.rotation.eulerAngles)
    return [
      column("rlnAngleRot", "rot_deg", angles.map(\.rot)),
      column("rlnAngleTilt", "tilt_deg", angles.map(\.tilt)),
      column("rlnAnglePsi", "psi_deg", angles.map(\.psi)),
      column("rlnOriginXAngst", "origin_x_A", region.poses.map(\.origin.x)),
      column("rlnOriginYAngst", "origin_y_A", region.poses.map(\.origin.y)),
    ]
  }
}
