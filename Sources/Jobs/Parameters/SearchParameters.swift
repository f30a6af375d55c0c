import CryoEM

/// How far and how finely poses are searched.
public struct SearchParameters: ParameterGroup {
  public let rotationExtent: ParameterKey<Double> = .init(
    "search.rotation_extent", "Rotation search extent", unit: "degrees",
    .number(.init(from: 0, to: 180)), default: 20,
    derived: DefaultRule("three standard deviations of the prior where it is on") { job, _ in
      guard job[Parameter.prior.enabled] == true, let sd = job[Parameter.prior.rotationDeviation]
      else { return nil }
      return 3 * sd > 180 ? (180, "all rotations") : (3 * sd, "3 × sd")
    }, .search, to: .settings(\.rotationExtent, as: radians), whileRunning: true,
    cryosparc: "Rotation search extent (deg)",
    relion: "Local angular searches: 3 x Stddev (--sigma_ang)",
    help: """
      The furthest that a particle may turn from where the search is centred. Make it as wide as the \
      motion that you expect, 20 for a swinging head and 3 to 9 for sharper detail; 0 keeps the \
      orientations. With the prior on and this not set it is three of the prior's standard \
      deviations. If many particles end at the limit it is too small, or the mask holds too little.
      """)

  public let shiftExtent: ParameterKey<Double> = .init(
    "search.shift_extent", "Shift search extent", unit: "Å", .number(.init(from: 0)),
    default: 10,
    derived: DefaultRule(
      "three standard deviations of the prior where it is on, and at most a quarter of the box"
    ) { job, data in
      let follows = job[Parameter.prior.enabled] == true
      let extent = follows ? 3 * (job[Parameter.prior.shiftDeviation] ?? 7) : 10
      if let data, extent > data.halfBox / 2 { return (data.halfBox / 2, "a quarter of the box") }
      return follows ? (extent, "3 × sd") : nil
    }, .search, to: .settings(\.shiftExtent), whileRunning: true,
    cryosparc: "Shift search extent (A)",
    relion: "Offset search range (--offset_range, pixels)",
    cistem: "Search Range in X, Y (Å)",
    help: """
      The furthest that the fulcrum may move in the image plane from where the search is centred. \
      With the prior on and this not set it is three of the prior's standard deviations; 0 keeps the \
      position of the fulcrum. Wide extents cost time and memory, since the window that is kept of \
      each image grows with them.
      """)

  public let alignmentResolution: ParameterKey<Double> = .init(
    "search.alignment_resolution", "Maximum alignment resolution", unit: "degrees",
    .number(.init(to: 45, above: 0)), default: 0.1, .search, advanced: true,
    to: .settings(\.alignmentResolution, as: radians), whileRunning: true,
    cryosparc: "Maximum alignment resolution (degrees)",
    relion: "Angular sampling interval (--healpix_order)",
    cistem: "Angular Search Step (°)",
    help: """
      The finest spacing of the rotation grid; the polish that follows is continuous, so that the \
      poses are not rounded to it. Rarely worth a change: coarser saves time only with wide extents.
      """)

  public let recenterRotations: ParameterKey<Bool> = .init(
    "search.recenter_rotations", "Re-center rotations each iteration", .toggle,
    default: false, .search, advanced: true, to: .settings(\.recenterRotations), whileRunning: true,
    cryosparc: "Re-center rotations each iteration?",
    help: """
      Centres the search and the rotation prior on the pose of the last iteration instead of the \
      input's, so that a particle can wander further than one extent. Use it with the prior on: \
      without it poses can stray in early iterations and never come back.
      """)

  public let recenterShifts: ParameterKey<Bool> = .init(
    "search.recenter_shifts", "Re-center shifts each iteration", .toggle,
    default: false, .search, advanced: true, to: .settings(\.recenterShifts), whileRunning: true,
    cryosparc: "Re-center shifts each iteration?",
    help: """
      Centres the search and the shift prior on the position of the last iteration instead of the \
      input's. Use it with the prior on, for bodies that move further than one shift extent.
      """)

  public let maximumResolution: ParameterKey<Double> = .init(
    "search.maximum_resolution", "Maximum align resolution", unit: "Å",
    .number(.init(above: 0)), whenUnset: "automatic (FSC 0.143)", .search, advanced: true,
    to: .settings(\.maximumResolution),
    cryosparc: "Maximum align resolution (A)",
    relion: "Limit resolution E-step to (--strict_highres_exp)",
    cistem: "High-Resolution Limit (Å)",
    help: """
      Poses are never aligned on detail finer than this, whatever the FSC says. Set it, to 6 or 8, \
      when a small or noisy region over-fits: spikes or shells in the map and an FSC that does not \
      fall to zero. It must be at least two pixels.
      """)

  public let method: ParameterKey<SearchMethod> = .init(
    "search.method", "Search", .choice(of: SearchMethod.self), default: .adaptive,
    .search, advanced: true, to: .settings(\.exhaustiveSearch) { $0 == .exhaustive },
    whileRunning: true, cryosparc: "Branch and bound (always)",
    relion: "Exhaustive local grid (always)",
    help: """
      Adaptive goes from coarse to fine, keeps the likely poses of each stage and polishes the \
      best. Exhaustive scores every pose of the finest grid: hundreds of times slower, there to \
      check the adaptive search on a few particles.
      """)
}
