import CryoEM
import Foundation
import Report
import Viewing

@testable import Console
@testable import Ground
@testable import Jobs
@testable import Motion
@testable import Refinement
@testable import Runs

/// Runs made up of formulas, the same at every call: for screens that need something to show.
enum SampleRuns {
  /// 21 November 2026, 09:00 UTC.
  static let start = 1_795_252_800.0

  /// The curves of a refinement that comes from 4.2 Å and settles at 3.3 Å.
  static func metrics(iterations: Int, seed: Int = 0) -> [IterationMetrics] {
    (0...iterations).map { metrics(iteration: $0, seed: seed) }
  }

  static func metrics(iteration: Int, seed: Int) -> IterationMetrics {
    let box = 128
    let pixel = 1.5
    let shells = box / 2
    let resolution = 3.3 + Double(seed) * 0.1 + 0.9 * exp(-Double(iteration) * 0.9)
    let crossing = Double(box) * pixel / resolution
    func curve(_ shift: Double, _ width: Double) -> [Double] {
      (0..<shells).map { shell in
        let s = Double(shell)
        let phase: Double = s * 1.7 + Double(seed + iteration)
        let fall: Double = 1 / (1 + exp((s - crossing * shift) / width))
        return max(-0.05, fall + 0.02 * sin(phase) * s / 64)
      }
    }
    let turned = 6 * (1 - exp(-Double(iteration)))
    return IterationMetrics(
      iteration: iteration, boxSize: box, pixelSize: pixel,
      bandShell: iteration == 0 ? 0 : Int(crossing * 0.92),
      fsc: FSCReport(
        noMask: curve(0.72, 6), spherical: curve(0.8, 5), loose: curve(0.9, 4),
        tight: curve(0.97, 3), corrected: curve(0.94, 2.6), resolution143: resolution,
        resolution50: resolution * 1.22),
      rotationFromStart: histogram(upper: 20, mean: turned, width: 2.5),
      rotationFromPrevious: histogram(upper: 20, mean: 5 * exp(-Double(iteration)), width: 0.6),
      shiftFromStart: histogram(upper: 10, mean: turned / 3, width: 1),
      shiftFromPrevious: histogram(upper: 10, mean: 2 * exp(-Double(iteration)), width: 0.3),
      shareAtLimit: 0.004, posteriorRotation: 0.8, posteriorShift: 0.35,
      driftRotation: [0.02, 0.03], driftShift: [0.05, 0.04], greyscale: [1.02, 0.99],
      orientationAzimuths: 36, orientationCounts: orientations,
      noise: (0..<2).map { half in
        (0..<shells).map { shell -> Double in
          let fall: Double = 40 * exp(-Double(shell) / 18)
          return fall + 2 + 0.2 * Double(half)
        }
      },
      guinier: (0..<shells).map { shell -> Double in 12 - pow(Double(shell) / 14, 2) },
      scale: histogram(upper: 2, mean: 1, width: 0.15),
      effectiveSampleSize: histogram(upper: 60, mean: 14, width: 8),
      scoreGain: histogram(upper: 80, mean: 25, width: 12), evaluationsPerParticle: 210,
      particles: 2500, skipped: 3,
      seconds: ["reconstruction": 8, "search": 64, "filtering": 5], cpuSeconds: 150,
      views: ViewStatistics(
        samplingCompensation: 0.76, unseen: 0, effectiveDirections: 214.4, cells: 576))
  }

  static func histogram(upper: Double, mean: Double, width: Double) -> IterationMetrics.Histogram {
    let bins = 40
    let counts = (0..<bins).map { bin -> Int in
      let value = (Double(bin) + 0.5) / Double(bins) * upper
      return Int(400 * exp(-pow((value - mean) / width, 2) / 2))
    }
    return IterationMetrics.Histogram(
      lower: 0, upper: upper, counts: counts, median: mean, percentile95: mean + 1.64 * width,
      mean: mean)
  }

  private static let orientations: [Int] = {
    (0..<18).flatMap { row in
      (0..<36).map { column in
        let elevation = (Double(row) + 0.5) / 18 * .pi - .pi / 2
        let azimuth = (Double(column) + 0.5) / 36 * 2 * .pi
        let tilt: Double = 1 + 0.7 * sin(azimuth) * cos(elevation)
        return Int(8 * cos(elevation) * tilt)
      }
    }
  }()

  static func job(name: String = "head") -> Job {
    var job = Job(name: name, folder: "/data/ribosome")
    let values = [
      "input.particles": "particles.star", "input.half_map_a": "J42/half_map_a.mrc",
      "input.half_map_b": "J42/half_map_b.mrc", "input.mask": "masks/head_soft.mrc",
      "prior.enabled": "true", "prior.rotation_sd": "5", "prior.shift_sd": "2.5",
    ]
    for (key, value) in values { try? job.set(key, to: value) }
    if name == "head-wide" {
      try? job.set("search.rotation_extent", to: "30")
      try? job.set("prior.rotation_sd", to: "10")
      try? job.set("refinement.subtract_outside", to: "true")
    }
    return job
  }

  /// A job of two regions, of which the second has a prior of its own.
  static func regionJob() -> Job {
    var job = job()
    job[Parameter.input.mask] = nil
    for (key, value) in [
      ("head.mask", "masks/head_soft.mrc"), ("body.mask", "masks/body.mrc"),
      ("body.prior.rotation_sd", "3"), ("body.fulcrum.coordinates", "31,30,48"),
    ] { try? job.set("region.\(key)", to: value) }
    return job
  }

  static func manifest(
    name: String = "head", status: RunStatus = .running, iterations: Int = 4,
    started: Double = start
  ) -> RunManifest {
    var manifest = RunManifest(
      name: name, particles: 2500, boxSize: 128, pixelSize: 1.5, threads: 8,
      maximumIterations: 20, at: started)
    manifest.version = "0.1.0"
    manifest.host = "cryo01"
    manifest.processID = 4711
    manifest.status = status
    manifest.iteration = iterations + (status.isLive ? 1 : 0)
    manifest.startResolution = 4.2
    manifest.resolution = metrics(iteration: iterations, seed: 0).fsc.resolution143
    manifest.memory = 1_240_000_000
    manifest.cpuSeconds = 640
    manifest.heartbeat = started + 400
    if status.isLive {
      manifest.progress = RunProgress(
        stage: .search, iteration: iterations + 1, done: 1130, total: 2500, perSecond: 38.2)
    } else {
      manifest.ended = started + 512
    }
    return manifest
  }

  /// A scheduler's lane that is set up, and the built-in one.
  static var lanes: [Lane] {
    var cluster = Lane.slurm
    (cluster.name, cluster.title) = ("cluster", "Cluster, four nodes")
    (cluster.request.nodes, cluster.request.threads) = (4, 32)
    return [cluster, .slurm]
  }

  /// A run that waits for a scheduler.
  static func waiting() -> RunSnapshot {
    var snapshot = RunSnapshot(folder: "/data/ribosome/runs/waiting")
    var manifest = manifest(name: "waiting", status: .queued, iterations: 0)
    (manifest.memory, manifest.cpuSeconds, manifest.ended) = (0, 0, start)
    manifest.message = "Waits in the queue of Slurm"
    snapshot.manifest = manifest
    snapshot.status = .queued
    snapshot.job = job(name: "waiting")
    snapshot.events = [
      RunEvent(.started, "Started by fulcrum 0.1.0 on cryo01", at: start),
      RunEvent(.ended, manifest.message, at: start),
    ]
    snapshot.batchJob = BatchJob(lane: "slurm", laneTitle: "Slurm", number: "4711")
    return snapshot
  }

  static func snapshot(
    name: String = "head", status: RunStatus = .running, iterations: Int = 4, seed: Int = 0
  ) -> RunSnapshot {
    var snapshot = RunSnapshot(folder: "/data/ribosome/runs/\(name)")
    var manifest = manifest(name: name, status: status, iterations: iterations)
    snapshot.metrics = metrics(iterations: iterations, seed: seed)
    snapshot.job = job(name: name)
    snapshot.status = status
    snapshot.events = events(iterations: iterations)
    snapshot.iterationsWithMaps = [iterations - 1, iterations].filter { $0 > 0 }
    if status == .finished {
      let verdict = RunSummary.verdict(
        converged: true, iterations: iterations, before: 4.2, after: 3.33, shareAtLimit: 0.004)
      manifest.message = verdict
      snapshot.summary = RunSummary(
        converged: true, iterations: iterations, resolutionBefore: 4.2, resolutionAfter: 3.33,
        resolutionAtHalf: 4.1, medianRotation: 5.9, medianShift: 2, shareAtLimit: 0.004,
        particles: 2500, skipped: 3, bFactor: -84, fulcrum: [1, 2, 3], seconds: 512,
        cpuSeconds: 3900, verdict: verdict)
      snapshot.files = ["map_sharp.mrc", "map.mrc", "half_map_a.mrc", "half_map_b.mrc"].map {
        RunFile(path: "\(snapshot.folder)/final/\($0)", bytes: 8_389_632, title: "Map")
      }
      var final = metrics(iteration: iterations, seed: seed)
      (final.iteration, final.isFinal) = (iterations + 1, true)
      final.cones = ConeStatistics(
        areaRatio: 0.68, resolutions: halfSphere(count: 256).map { 3.1 + 0.9 * pow($0.z, 4) })
      (final.fsc.resolution143, final.fsc.resolution50) = (3.33, 4.1)
      snapshot.final = final
      snapshot.chimeraXLine = "chimerax \(snapshot.folder)/final/map_sharp.mrc"
    }
    snapshot.manifest = manifest
    return snapshot
  }

  private static func events(iterations: Int) -> [RunEvent] {
    var events = [
      RunEvent(.started, "Started by fulcrum 0.1.0 on cryo01, 8 threads", at: start),
      RunEvent(
        .warning, "no half-maps: the same map starts both halves", iteration: 0, at: start + 1),
      RunEvent(.stage, "Reading and packing images", stage: .packing, iteration: 0, at: start + 2),
    ]
    for item in metrics(iterations: iterations) {
      let time = start + 20 + Double(item.iteration) * 77
      events.append(
        RunEvent(.stage, "Aligning", stage: .search, iteration: item.iteration, at: time))
      events.append(
        RunEvent(
          .iteration,
          "Iteration \(item.iteration): \(Format.resolution(item.fsc.resolution143)) inside the mask",
          iteration: item.iteration, at: time + 70))
    }
    return events
  }

  /// - Parameter withParents: whether some come from others.
  static func listings(withParents: Bool = false) -> [RunListing] {
    let all: [(String, RunStatus, Int, Double, String)] = [
      ("head", .running, 4, start, ""),
      ("head-wide", .finished, 7, start - 86_400, "wide extents, as a control"),
      ("body", .finished, 6, start - 2 * 86_400, ""),
      ("small-region", .failed, 1, start - 3 * 86_400, "mask too small"),
      ("first-try", .interrupted, 2, start - 9 * 86_400, ""),
    ]
    return all.map { name, status, iterations, started, note in
      var manifest = manifest(name: name, status: status, iterations: iterations, started: started)
      if status == .finished {
        manifest.message = RunSummary.verdict(
          converged: true, iterations: iterations, before: 4.2, after: 3.33, shareAtLimit: 0.004)
      }
      if status == .failed { manifest.message = "the mask is empty" }
      if withParents { manifest.parent = parents[name] }
      return RunListing(
        entry: RunCatalogue.Entry(
          folder: RunFolder("/data/ribosome/runs/\(name)"), manifest: manifest, status: status,
          note: note, problem: nil), job: job(name: name),
        summary: withParents ? snapshot(name: name, status: status).summary : nil)
    }
  }

  private static let parents: [String: RunManifest.Parent] = [
    "head-wide": RunManifest.Parent(run: "body", iteration: 4),
    "head": RunManifest.Parent(run: "head-wide", iteration: 0, kind: .rerun),
    "small-region": RunManifest.Parent(run: "body", iteration: 0, kind: .rerun),
    "first-try": RunManifest.Parent(run: "consensus", iteration: 3),
  ]

  /// Runs that go on and runs that wait, beside those that have ended.
  static func queueListings() -> [RunListing] {
    let going = metrics(iterations: 4)
    let more: [(String, RunStatus, Int)] = [
      ("head-narrow", .paused, 0), ("head-next", .queued, 12), ("body-again", .queued, 3),
    ]
    var all = listings()
    all[0].trend = RunTrend(
      resolutions: going.map(\.fsc.resolution143), shareAtLimit: going.last?.shareAtLimit)
    var head = manifest()
    head.remaining = try? JSONDecoder().decode(
      RemainingTime.self, from: Data(#"{"least":130,"most":410,"toldAt":380}"#.utf8))
    all[0].entry = RunCatalogue.Entry(
      folder: all[0].entry.folder, manifest: head, status: .running, note: "", problem: nil)
    for (name, status, turn) in more {
      var manifest = manifest(
        name: name, status: status, iterations: status == .queued ? 0 : 7, started: start - 60)
      if turn > 0 {
        manifest.turn = RunManifest.Turn(number: turn, threads: 4, memory: 1 << 30)
        (manifest.message, manifest.resolution) = (LocalQueue.waits, nil)
      }
      var listing = RunListing(
        entry: RunCatalogue.Entry(
          folder: RunFolder("/data/ribosome/runs/\(name)"), manifest: manifest, status: status,
          note: "", problem: nil), job: job(name: name))
      if status == .paused {
        listing.trend = RunTrend(
          resolutions: [4.2, 3.9, 3.7, 3.8, 3.6, 3.55, 3.5], shareAtLimit: 0.21)
      }
      all.append(listing)
    }
    let entries = RunCatalogue.placed(all.map(\.entry))
    for (index, entry) in entries.enumerated() { all[index].entry = entry }
    return all
  }

  /// The runs of a sweep: two have finished, one goes on, one waits.
  static func sweepListings() -> [RunListing] {
    outcomes().map { outcome in
      var manifest = manifest(
        name: outcome.name, status: outcome.status, iterations: 3,
        started: start - 40_000 + Double(outcome.number))
      manifest.group = RunManifest.Group(
        name: "head-sweep", number: outcome.number, count: 4, varied: outcome.varied)
      manifest.part = outcome.part
      manifest.particles = outcome.particles
      manifest.resolution = outcome.resolution
      manifest.message = outcome.message
      return RunListing(
        entry: RunCatalogue.Entry(
          folder: RunFolder(outcome.folder), manifest: manifest, status: outcome.status, note: "",
          problem: nil), job: job())
    }
  }

  /// What became of them.
  static func outcomes() -> [SweepOutcome] {
    let statuses: [RunStatus] = [.finished, .finished, .running, .queued]
    return statuses.enumerated().map { index, status in
      let values = [
        SweepValue(key: "prior.rotation_sd", value: index < 2 ? "3" : "10"),
        SweepValue(
          key: "input.mask", value: "/data/ribosome/masks/\(index % 2 == 0 ? "head" : "beak").mrc"),
      ]
      var outcome = SweepOutcome(
        named: "head-sweep-\(index + 1)", number: index + 1, status: status, varied: values)
      outcome.folder = "/data/ribosome/runs/\(outcome.name)"
      outcome.part = ParticlePart(fraction: 0.2, all: 12_500)
      outcome.particles = 2500
      guard status == .finished else {
        outcome.message = status == .queued ? "Waits for its turn in the sweep head-sweep" : ""
        outcome.seconds = status == .queued ? 0 : 95
        return outcome
      }
      outcome.resolution = index == 0 ? 3.42 : 3.38
      outcome.shareAtLimit = index == 0 ? 0.004 : 0.231
      outcome.samplingCompensation = index == 0 ? 0.84 : 0.82
      (outcome.turned, outcome.moved) = (4.1 + Double(index), 1.9)
      (outcome.posteriorRotation, outcome.posteriorShift) = (1.31, index == 0 ? 0.36 : 0.41)
      outcome.seconds = 250 + 30 * Double(index)
      if index == 1 {
        outcome.objection = "23.1% of particles are at the search limit of rotation (9°)"
      }
      return outcome
    }
  }

  /// A ball with a knob, and a soft mask around the knob.
  static func volumes() -> MaskViewVolumes { ballWithKnob }

  // Made once: they take longer than what is tested on them.
  private static let ballWithKnob: MaskViewVolumes = {
    let size = 48
    var map = Volume(size: size, pixelSize: 3)
    for z in 0..<size {
      for y in 0..<size {
        for x in 0..<size {
          let place = SIMD3(Double(x - 24), Double(y - 24), Double(z - 24))
          let knob = place - SIMD3(8, 6, 4)
          let ball = exp(-(place * place).sum() / 120)
          let bump = 1.4 * exp(-(knob * knob).sum() / 20)
          map[x, y, z] = Float(ball + bump)
        }
      }
    }
    let mask = Volume.sphere(
      size: size, pixelSize: 3, radius: 24, outerRadius: 36, centre: SIMD3(24, 18, 12))
    return MaskViewVolumes(
      job: job(), map: map, masks: [.init(mask: mask, report: MaskReport(of: mask))], problem: nil)
  }()

  /// The middle of the ball.
  private static let middle: MaskViewVolumes.Mask = {
    let mask = Volume.sphere(
      size: 48, pixelSize: 3, radius: 27, outerRadius: 36, centre: SIMD3(-12, -6, -3))
    return .init(mask: mask, report: MaskReport(of: mask))
  }()

  /// The same for a job with regions: the knob, and the middle of the ball.
  static func volumes(of job: Job) -> MaskViewVolumes {
    var volumes = volumes()
    volumes.job = job
    if job.regions.count == 2 { volumes.masks.append(middle) }
    return volumes
  }

  /// How the knob moves against the ball: two modes, and one of noise.
  static func motion() -> RegionMotion {
    func measured(_ value: Double, _ error: Double) -> MotionReport.Measured {
      .init(value: value, error: error)
    }
    func mode(_ number: Int, _ share: Double, _ axis: [Double], claimed: Bool) -> MotionReport.Mode
    {
      let part = MotionReport.Part(
        region: "body", rotation: measured(5 / Double(number), 0.2), axis: axis,
        axisError: 12, translation: [0.4, -0.2, 0], displacement: 4.2 / Double(number),
        hinge: [measured(6, 1), measured(-3, 2), measured(0, 2)], hingeVoxel: [26, 23, 24],
        slide: 0.1)
      return MotionReport.Mode(
        share: measured(share, 0.02), displacement: measured(4.2 / Double(number), 0.1),
        gain: claimed ? 900 : 3, leastGain: 41, isClaimed: claimed, parts: [part],
        histogram: claimed
          ? (0..<32).map { bin in
            let place = (Double(bin) - 15.5) / 4
            return Int(320 * exp(-0.5 * place * place))
          } : [])
    }
    let report = MotionReport(
      regions: ["head", "body"], particles: 2500, learntFrom: 2500, told: 1800, outliers: 0.02,
      modes: [
        mode(1, 0.72, [0, 0.6, 0.8], claimed: true), mode(2, 0.2, [0.8, 0, -0.6], claimed: true),
        mode(3, 0.08, [1, 0, 0], claimed: false),
      ], motions: [])
    var motion = RegionMotion(folder: "/data/ribosome/runs/two")
    motion.report = report
    motion.regions = report.regions.map { name in
      let final = "/data/ribosome/runs/two/final/\(name)"
      return RegionMotion.Region(
        name: name, source: .init(map: "\(final)/map.mrc", mask: "\(final)/\(name).mrc"),
        fulcrum: name == "head" ? Vector3(24, 18, 12) : Vector3(-12, -6, -3))
    }
    return motion
  }

  /// The ball with its knob as a run's maps: sharper at its end, coarser voxels in iterations.
  static func map(_ request: MapRequest) -> ReadMap {
    let volumes = volumes()
    var map = volumes.map ?? Volume(size: 48, pixelSize: 3)
    switch request.kind {
    case .mask:
      let isSecond = request.files.first?.hasSuffix("body.mrc") == true
      map = Self.volumes(of: regionJob()).masks[isSecond ? 1 : 0].mask ?? map
    case .sharpened: map = map.map { $0 * $0 }
    case .difference: map = map.map { 0.2 * $0 }
    case .localResolution:
      let empty = map
      empty.forEachVoxel { index, place in map.voxels[index] = Float(4 + place.x / 40) }
    default: break
    }
    if let frame = request.frame {
      // What moves moves along x.
      map = map.moved(by: FrameChange(centre: Vector3(-2 * frame.amplitude, 0, 0)))
    }
    let viewed = ViewedMap(map)
    return ReadMap(
      request: request, map: viewed, usualLevel: LevelTable.usual(for: map, viewed.levels),
      valueRange: request.kind == .localResolution ? 3.2...4.8 : 0...1)
  }

  static func slices(of folder: String, iteration: Int?) -> SliceSet {
    let volumes = volumes()
    let map = volumes.map?.voxels ?? []
    return SliceSet(
      request: SliceRequest(folder: folder, iteration: iteration, source: .map),
      planes: (0..<3).map {
        SliceReader.plane(
          $0, of: map, mask: volumes.masks[0].mask?.voxels, size: 48, at: SIMD3(32, 30, 28))
      },
      projections: (0..<3).map {
        SliceReader.projection($0, of: map, mask: volumes.masks[0].mask?.voxels, size: 48)
      }, centre: SIMD3(32, 30, 28), pixelSize: 3)
  }

  static func particles(of folder: String, iteration: Int) -> ParticleTable {
    let count = 300
    func column(_ name: String, _ value: (Double) -> Double) -> ParticleTable.Column {
      .init(
        name: name, values: (0..<count).map { value(Double($0)) },
        word: ["turned °": "turned", "moved Å": "moved"][name])
    }
    return ParticleTable(
      folder: folder, iteration: iteration,
      columns: [
        column("turned °") { 6 + 3 * sin($0 * 0.7) }, column("moved Å") { 2 + cos($0 * 1.3) },
        column("rot °") { ($0 * 37).truncatingRemainder(dividingBy: 360) - 180 },
        column("tilt °") { 90 + 60 * sin($0) }, column("psi °") { 170 * cos($0 * 2.1) },
        column("half") { 1 + $0.truncatingRemainder(dividingBy: 2) },
      ], count: count)
  }

  static func difference(_ folder: String) -> PoseDifference {
    PoseDifference(
      folder: folder, rotation: histogram(upper: 4, mean: 0.8, width: 0.5),
      shift: histogram(upper: 2, mean: 0.4, width: 0.25))
  }
}
