import CryoEM
import Ground
import Jobs
import Particles
import Refinement
import Report

extension RunWriter {
  /// Writes final/: maps, masks, particles, FSC curves and the summary, which comes last, so that a
  /// summary means that everything is there.
  func writeFinal(
    _ result: RefinementResult, summary: RunSummary, prepared: PreparedInput
  ) throws(Problem) {
    let path = folder.finalPath
    let table = FSCTable(report: result.fsc, edge: result.map.edge)
    let particles = prepared.particleFile
    try insist { () throws(Problem) in
      // A region's is among its run's.
      if folder.root != folder.path { try folder.make(folder.root + "/final") }
      try folder.make(path)
    }
    for (name, map) in [
      ("map", result.map), ("map_sharp", result.sharpened), ("half_map_a", result.halfMapA),
      ("half_map_b", result.halfMapB), ("mask", result.mask), ("mask_fsc", result.fscMask),
      ("local_resolution", result.localResolution),
    ] {
      try insist { () throws(Problem) in
        try map.write(to: path + "/" + name + ".mrc", within: folder.root)
      }
    }
    try insist { () throws(Problem) in
      try folder.write(table.tsv, to: path + "/fsc.tsv")
      try folder.write(table.star(bFactor: result.bFactor), to: path + "/fsc.star")
      try folder.write(table.xml, to: path + "/fsc.xml")
      try folder.write(result.final, to: folder.finalMetricsPath)
    }
    try insist { () throws(Problem) in
      try particles.write(
        poses: result.poses, halfSets: prepared.newHalfSets,
        defoci: prepared.writesBodyDefocus ? result.bodyDefoci : result.refinedDefoci,
        extraColumns: Self.columns(of: result),
        to: path + "/particles." + particles.format.rawValue, within: folder.root)
    }
    if !result.evidence.isEmpty {
      try insist { () throws(Problem) in
        try PoseEvidenceFile.write(
          result.evidence, to: path + "/" + PoseEvidenceFile.name, within: folder.root)
      }
    }
    if let motion = summary.motion {
      try insist { () throws(Problem) in try folder.write(motion, to: path + "/motion.json") }
    }
    try insist { () throws(Problem) in try folder.write(summary, to: folder.summaryPath) }
  }

  /// How sharply each pose is known: the standard deviations of its posterior; and the scales, where they
  /// were fitted.
  private static func columns(of result: RefinementResult) -> [ParticleColumn] {
    let all = [
      (LocalRefinementColumn.rotation, result.rotationDeviations),
      (LocalRefinementColumn.shift, result.shiftDeviations),
      (LocalRefinementColumn.scale, result.scales ?? []),
    ]
    return all.filter { !$1.isEmpty }.map { names, values in
      ParticleColumn(starName: names.0, csName: names.1, values: values)
    }
  }
}

extension RunSummary {
  /// The summary of a result.
  init(of result: RefinementResult, fulcrum: Vector3, manifest: RunManifest) {
    let last = result.metrics.last
    let before = result.metrics.first { $0.iteration == 0 }?.fsc.resolution143
    let place = [fulcrum.x, fulcrum.y, fulcrum.z]
    self.init(
      converged: result.converged,
      iterations: result.metrics.map(\.iteration).max() ?? 0,
      resolutionBefore: before ?? manifest.startResolution ?? .infinity,
      resolutionAfter: result.fsc.resolution143,
      resolutionAtHalf: result.fsc.resolution50,
      fscEnd: result.fsc.endAboveThreshold,
      medianRotation: last?.rotationFromStart.median ?? 0,
      medianShift: last?.shiftFromStart.median ?? 0,
      shareAtLimit: last?.shareAtLimit ?? 0,
      particles: last?.particles ?? result.poses.count,
      skipped: result.badImages.count,
      badImages: result.badImages.isEmpty
        ? nil : result.badImages.prefix(1000).map { "particle \($0.particle + 1): \($0.reason)" },
      motion: last?.motion,
      bFactor: result.bFactor,
      samplingCompensation: result.final.views?.samplingCompensation,
      conicalAreaRatio: result.final.cones?.areaRatio,
      conicalEvenAreaRatio: result.final.cones?.evenAreaRatio,
      fulcrum: place,
      fulcrumVoxel: place.map { $0 / result.map.pixelSize + Double(result.map.size / 2) },
      seconds: manifest.duration,
      cpuSeconds: ProcessFacts.cpuSeconds + (manifest.cpuSecondsBefore ?? 0),
      verdict: "")
    part = manifest.part
    bodyDefocus = result.bodyDefocus.told
    verdict = Self.verdict(
      converged: converged, iterations: iterations, before: resolutionBefore,
      after: resolutionAfter, shareAtLimit: shareAtLimit, fscEnd: fscEnd, part: part)
  }
}
