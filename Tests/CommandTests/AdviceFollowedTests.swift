import CryoEM
import EMFiles
import FoundationEssentials
import Ground
import Testing

/// Every way out that the check names is taken, as it is printed: it leads on.
struct AdviceFollowedTests {
  /// A data set that is spoilt in one way, what the check says of it, and what a person does then.
  struct Situation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let count: Int
    /// Spoils the set; returns further arguments.
    let spoil: @Sendable (SmallDataSet) throws -> [String]
    /// What is wrong, and the advice, in the words of the check.
    let what: String
    let advice: String
    /// Follows the advice; returns what stands in the place of the further arguments. Nil: sets the
    /// parameters that the printed advice names with their values.
    let follow: (@Sendable (SmallDataSet) throws -> [String])?

    init(
      _ name: String, count: Int = 12, what: String, advice: String,
      spoil: @escaping @Sendable (SmallDataSet) throws -> [String],
      follow: (@Sendable (SmallDataSet) throws -> [String])? = nil
    ) {
      (testDescription, self.count) = (name, count)
      (self.what, self.advice, self.spoil, self.follow) = (what, advice, spoil, follow)
    }

    /// A parameter with a value that is refused or warned of, and values that the advice names.
    static func value(
      _ key: String, _ value: String, also: [String] = [], what: String, advice: String,
      instead: [String?]
    ) -> [Situation] {
      instead.map { other in
        Situation(
          "\(key)=\(value), then \(other ?? "left out")", what: what, advice: advice,
          spoil: { _ in set(also + ["\(key)=\(value)"]) },
          follow: { _ in set(also + (other.map { ["\(key)=\($0)"] } ?? [])) })
      }
    }
  }

  private static func set(_ assignments: [String]) -> [String] {
    assignments.flatMap { ["--set", $0] }
  }

  /// The assignments in a sentence: "Set prior.enabled = true, …".
  private static func assignments(in advice: String) -> [String] {
    advice.matches(of: /([a-z]+\.[a-z_]+) = ([A-Za-z0-9.]*[A-Za-z0-9])/).map {
      "\($0.1)=\($0.2)"
    }
  }

  @Test(arguments: parameters + files + masks + particles + places)
  func itLeadsOn(_ situation: Situation) throws {
    let set = try SmallDataSet(count: situation.count)
    let spoilt = try situation.spoil(set)
    let told = try ProgramRun(["check", "job.toml"] + spoilt, in: set.path)
    #expect(told.errors.contains(situation.what), "\(told.errors)")
    let lines = told.errors.split(separator: "\n").map(String.init)
    let advice = try #require(
      lines.first { $0.contains(situation.advice) }, "\(told.errors)")
    let followed =
      try situation.follow?(set) ?? (spoilt + Self.set(Self.assignments(in: advice)))
    #expect(
      situation.follow != nil || followed.count > spoilt.count, "nothing to set in: \(advice)")
    let run = try ProgramRun(["check", "job.toml"] + followed, in: set.path)
    #expect(run.status == 0 && run.output.contains("Ready to run."), "\(run.errors)")
    #expect(!run.errors.contains(situation.what), "\(run.errors)")
  }

  private static let parameters: [Situation] =
    Situation.value(
      "search.maximum_resolution", "5", what: "finer than two pixels", advice: "Give at least 12.",
      instead: ["12"])
    + Situation.value(
      "refinement.initial_resolution", "5", what: "finer than two pixels",
      advice: "Give at least 12.", instead: ["12"])
    + Situation.value(
      "refinement.initial_resolution", "100", what: "coarser than half the box",
      advice: "give 12 to 30.", instead: ["12", "30"])
    + Situation.value(
      "refinement.split_resolution", "5", what: "finer than two pixels",
      advice: "Give at least 12.", instead: ["12"])
    + Situation.value(
      "image.highpass", "5", what: "finer than two pixels", advice: "Give more than 12, ",
      instead: ["12.1", nil])
    + Situation.value(
      "image.highpass", "12", what: "nothing is left of the first reference",
      advice: "Give more than 12, ", instead: ["12.1", nil])
    + Situation.value(
      "search.shift_extent", "96", what: "not less than half the box",
      advice: "give 10, for example.", instead: ["10"])
    + Situation.value(
      "image.window_outer", "0.4", also: ["image.window_inner=0.3"], what: "the window ends 38 Å",
      advice: "give at least 0.", instead: ["0.99"])
    + Situation.value(
      "image.window_outer", "0.92", also: ["image.window_inner=0.95"],
      what: "the window has no soft edge",
      advice: "Make image.window_outer larger than image.window_inner.", instead: ["0.96"])
    + Situation.value(
      "fulcrum.coordinates", "10,40,12", what: "outside of the maps' box of 32",
      advice: "0 to 31, or leave it out", instead: ["0,0,0", "31,31,31", nil])
    + Situation.value(
      "compute.cache_dir", "nowhere", what: "there is no such folder",
      advice: "name another on a local disk, or leave it out.", instead: [".", nil])
    + Situation.value(
      "compute.threads", "4096", what: "compute.threads = 4096: there are",
      advice: "leave compute.threads out", instead: [nil])
    + Situation.value(
      "search.rotation_extent", "70", also: ["prior.enabled=false"],
      what: "wider than a local refinement can support", advice: "20 degrees are wide",
      instead: ["20"])
    + Situation.value(
      "search.rotation_extent", "5", also: ["prior.rotation_sd=10"], what: "cuts the prior at 0.5",
      advice: "Leave search.rotation_extent out", instead: [nil])
    + Situation.value(
      "compute.memory_limit", "0.001", what: "the limit is",
      advice: "Raise compute.memory_limit", instead: ["4"])
    + Situation.value(
      "mask.start_resolution", "7", also: ["mask.type=dynamic"],
      what: "the map never gets better than two pixels", advice: "Leave mask.start_resolution out",
      instead: [nil])
    + Situation.value(
      "refinement.symmetry", "D7", what: "the mask does not have this symmetry",
      advice: "leave it C1", instead: ["C1"])
    + [
      Situation(
        "recentring without the prior", what: "poses can stray in early iterations",
        advice: "Set prior.enabled = true",
        spoil: { _ in set(["prior.enabled=false", "search.recenter_shifts=true"]) }),
      Situation(
        "a parameter without effect", what: "is set but has no effect",
        advice: "Set mask.type = \"dynamic\", or leave mask.near out.",
        spoil: { _ in set(["mask.near=7"]) }, follow: { _ in [] }),
      Situation(
        "a parameter with its condition", what: "mask.near is set but has no effect",
        advice: "Set mask.type = \"dynamic\"", spoil: { _ in set(["mask.near=7"]) },
        follow: { _ in set(["mask.near=7", "mask.type=dynamic"]) }),
      Situation(
        "no prior", what: "there is no prior", advice: "Set prior.enabled = true",
        spoil: { data in
          try data.writeHalfMaps(noise: 0.3)
          return set([
            "prior.enabled=false", "search.rotation_extent=0.5", "search.shift_extent=0",
            "input.half_map_a=half_a.mrc", "input.half_map_b=half_b.mrc",
          ])
        }),
      Situation(
        "a scale of its own", what: "a scale per particle follows",
        advice: "Turn refinement.minimize_scale off",
        spoil: { _ in set(["refinement.minimize_scale=true"]) }, follow: { _ in [] }),
      Situation(
        "a misspelt key", what: "prior.rotation_sdd", advice: "Did you mean prior.rotation_sd?",
        spoil: { _ in set(["prior.rotation_sdd=3"]) },
        follow: { _ in set(["prior.rotation_sd=3"]) }),
    ]

  private static let files: [Situation] = [
    Situation(
      "one half-map", what: "input.half_map_b: missing", advice: "Give both half-maps or neither.",
      spoil: { _ in set(["input.half_map_a=map.mrc"]) }, follow: { _ in [] }),
    Situation(
      "the same half-map twice", what: "the two half-maps are the same map",
      advice: "Give the two half-maps of the consensus, or neither.",
      spoil: { _ in set(["input.half_map_a=map.mrc", "input.half_map_b=map.mrc"]) },
      follow: { _ in [] }),
    Situation(
      "a flat map", what: "every voxel is 0", advice: "Give a map with density in it.",
      spoil: { data in
        try data.write(data.mask.map { _ in 0 }, to: "map.mrc")
        return []
      },
      follow: { data in
        try data.write(data.simulation.consensusMap, to: "map.mrc")
        return []
      }),
    Situation(
      "half-maps of two hands", what: "the half-maps agree", advice: "in one frame and of one hand",
      spoil: { data in
        try data.writeHalfMaps(noise: 0.01)
        let map = data.simulation.consensusMap
        var mirrored = map
        let size = map.size
        for z in 0..<size {
          for y in 0..<size {
            for x in 0..<size {
              mirrored[x, y, z] = map[(size - x) % size, z, y]
            }
          }
        }
        try data.write(mirrored, to: "other_b.mrc")
        return set(["input.half_map_a=half_a.mrc", "input.half_map_b=other_b.mrc"])
      },
      follow: { _ in set(["input.half_map_a=half_a.mrc", "input.half_map_b=half_b.mrc"]) }),
    Situation(
      "a folder that is there", what: "it exists already",
      advice: "Choose a new folder with --output",
      spoil: { _ in ["--output", "."] }, follow: { _ in ["--output", "runs/new"] }),
    Situation(
      "a header that is wrong", what: "its header may be wrong",
      advice: "--force_header_angpix 6)",
      spoil: { data in
        var map = data.simulation.consensusMap
        map.pixelSize = 5.7
        try data.write(map, to: "map.mrc")
        return []
      },
      follow: { data in
        try data.write(data.simulation.consensusMap, to: "map.mrc")
        return []
      }),
    Situation(
      "images in another folder", what: "particles.mrcs",
      advice: "Give the folder that image paths are relative to with --project-dir.",
      spoil: { data in
        try FileManager.default.createDirectory(
          atPath: data("project"), withIntermediateDirectories: false)
        try FileManager.default.moveItem(
          atPath: data("particles.mrcs"), toPath: data("project/particles.mrcs"))
        return []
      },
      follow: { _ in ["--project-dir", "project"] }),
  ]

  private static let masks: [Situation] = [
    Situation(
      "no mask", what: "input.mask: missing", advice: "or mask.type to none.",
      spoil: { data in
        let job = try String(contentsOfFile: data("job.toml"), encoding: .utf8)
        try data.write(job.replacing("mask = \"mask.mrc\"", with: ""), to: "job.toml")
        return []
      },
      follow: { _ in set(["mask.type=none"]) }),
    Situation(
      "values that are none of a mask", what: "the mask has values from",
      advice: "A mask goes from 0 (outside) to 1 (inside)",
      spoil: { data in
        try data.write(data.mask.map { 3 * $0 - 1 }, to: "mask.mrc")
        return []
      },
      follow: { data in
        try data.write(data.mask.map { min(max(3 * $0 - 1, 0), 1) }, to: "mask.mrc")
        return []
      }),
    Situation(
      "an empty mask", what: "the mask is empty",
      advice: "Give a mask that is 1 inside the region.",
      spoil: { data in
        try data.write(data.mask.map { 0.4 * $0 }, to: "mask.mrc")
        return []
      },
      follow: { data in
        try data.write(data.mask, to: "mask.mrc")
        return []
      }),
    softMask("binary", width: 0, what: "the mask is binary", advice: "about 10 voxels"),
    softMask("hard", width: 4, what: "soft edge is", advice: "Advised are 10 or more"),
    Situation(
      "a part without its place", what: "a part of a map",
      advice: "volume resample #part onGrid #map",
      spoil: { data in
        try data.writePart(of: data.mask, origin: .zero, to: "mask.mrc")
        return []
      },
      follow: { data in
        try data.write(data.mask, to: "mask.mrc")
        return []
      }),
    Situation(
      "a part without its place, saved with it", what: "a part of a map",
      advice: "or save it with its origin.",
      spoil: { data in
        try data.writePart(of: data.mask, origin: .zero, to: "mask.mrc")
        return []
      },
      follow: { data in
        try data.writePart(of: data.mask, origin: nil, to: "mask.mrc")
        return []
      }),
    Situation(
      "a whole map that says it is elsewhere", what: "by its origin it lies outside",
      advice: "or set its origin to 0 if it is whole.",
      spoil: { data in
        try data.write(data.mask.boxed(to: 40), origin: SIMD3(repeating: 500), to: "mask.mrc")
        return []
      },
      follow: { data in
        try data.write(data.mask.boxed(to: 40), to: "mask.mrc")
        return []
      }),
    Situation(
      "a mask that the box cuts off", what: "nothing of the mask is inside",
      advice: "Give a mask inside it",
      spoil: { data in
        try data.write(
          .sphere(
            size: 64, pixelSize: 6, radius: 12, outerRadius: 40, centre: Vector3(0, 0, 150)),
          to: "mask.mrc")
        return []
      },
      follow: { data in
        try data.write(
          .sphere(size: 64, pixelSize: 6, radius: 12, outerRadius: 40, centre: Vector3(0, 0, 50)),
          to: "mask.mrc")
        return []
      }),
  ]

  /// A ball with an edge of so many voxels, and of as many as are advised.
  private static func softMask(
    _ name: String, width: Double, what: String, advice: String
  ) -> Situation {
    Situation(
      "a \(name) mask", what: what, advice: advice,
      spoil: { data in
        try data.write(
          .sphere(size: 32, pixelSize: 6, radius: 24, outerRadius: 24 + 6 * width), to: "mask.mrc")
        return []
      },
      follow: { data in
        try data.write(
          .sphere(size: 32, pixelSize: 6, radius: 24, outerRadius: 24 + 60), to: "mask.mrc")
        return []
      })
  }

  private static let particles: [Situation] = [
    Situation(
      "no split", what: "has no half-sets", advice: "Set refinement.resplit = true",
      spoil: { data in
        try data.writeStar(hasSplit: false)
        return []
      }),
    Situation(
      "halves of other sizes", count: 18, what: "the half-sets are unequal, 13 and 5 particles",
      advice: "set refinement.resplit = true",
      spoil: { data in
        try data.writeStar(halfSets: (0..<18).map { $0 < 5 ? 2 : 1 })
        return []
      }),
    Situation(
      "a half of a few", what: "half-set A has 8 particles and B has 4",
      advice: "set refinement.resplit = true",
      spoil: { data in
        try data.writeStar(halfSets: (0..<12).map { $0 % 3 == 0 ? 2 : 1 })
        return []
      }),
    Situation(
      "optics groups of two samplings", what: "have different samplings",
      advice: "Extract all particles in one box and pixel size",
      spoil: { data in
        try data.writeStar(pixelSizes: [6, 5.5])
        return []
      },
      follow: { data in
        try data.writeStar(pixelSizes: [6, 6])
        return []
      }),
    Situation(
      "two particle files", what: "2 files; one is supported", advice: "Join them first",
      spoil: { _ in set(["input.particles=start.star,start.star"]) }, follow: { _ in [] }),
    Situation(
      "no CTF", what: "rlnVoltage", advice: "ctf.correct = false",
      spoil: { data in
        let text = try String(contentsOfFile: data("start.star"), encoding: .utf8)
        try data.write(text.replacing("_rlnVoltage", with: "_rlnOther"), to: "start.star")
        return []
      }),
    Situation(
      "phases flipped and multiplied", what: "multiplied by their CTF as well",
      advice: "Set the one that is not true to 0.",
      spoil: { data in
        try data.flag(flipped: 1, multiplied: 1)
        return []
      },
      follow: { data in
        try data.flag(flipped: 1, multiplied: 0)
        return []
      }),
  ]

  /// Coordinates of maps in larger boxes of the same pixels, and of others: all voxels of the range that
  /// is told are taken.
  private static let places: [Situation] = [
    (44, 6.0, "42,22,22", "outside of the particles' box", "6 to 38,", "6,6,6"),
    (44, 6.0, "42,22,22", "outside of the particles' box", "6 to 38,", "38,38,38"),
    (44, 6.0, "60,22,22", "outside of the maps' box of 44", "6 to 38,", "38,38,38"),
    (64, 4.0, "60,30,30", "outside of the particles' box", "8 to 56,", "56,56,8"),
    (24, 6.0, "24,0,0", "outside of the maps' box of 24", "0 to 23,", "23,0,0"),
  ].map { size, pixelSize, voxel, what, advice, instead in
    Situation(
      "voxel \(voxel) of a map of \(size), then \(instead)", what: what, advice: advice,
      spoil: { data in
        let map = data.simulation.consensusMap
        try data.write(
          pixelSize == 6
            ? map.boxed(to: size) : map.resampled(toPixelSize: pixelSize, size: size), to: "map.mrc"
        )
        return set(["fulcrum.coordinates=\(voxel)"])
      },
      follow: { _ in set(["fulcrum.coordinates=\(instead)"]) })
  }
}

extension SmallDataSet {
  /// Writes half_a.mrc and half_b.mrc, the map with noise of a share of its largest density.
  fileprivate func writeHalfMaps(noise: Double) throws {
    var generator = SeededGenerator(seed: 4)
    for name in ["half_a.mrc", "half_b.mrc"] {
      var half = simulation.consensusMap
      let deviation = noise * Double(half.maximum)
      for index in half.voxels.indices {
        half.voxels[index] += Float(deviation * generator.normal())
      }
      try write(half, to: name)
    }
  }

  fileprivate func write(_ map: Volume, origin: SIMD3<Float>, to name: String) throws {
    try MRCVolume.write(
      map.voxels, size: SIMD3(repeating: map.size), voxelSize: map.pixelSize, origin: origin,
      to: self(name))
  }

  /// Writes all but some planes of a map, with an origin or with that of the part.
  fileprivate func writePart(of map: Volume, origin: SIMD3<Float>?, to name: String) throws {
    let first = SIMD3(3, 2, 1)
    let size = SIMD3(repeating: map.size) &- SIMD3(4, 4, 2)
    var voxels: [Float] = []
    for z in 0..<size.z {
      for y in 0..<size.y {
        for x in 0..<size.x { voxels.append(map[first.x + x, first.y + y, first.z + z]) }
      }
    }
    let corner = SIMD3<Float>(Float(first.x), Float(first.y), Float(first.z)) * Float(map.pixelSize)
    try MRCVolume.write(
      voxels, size: size, voxelSize: map.pixelSize, origin: origin ?? corner, to: self(name))
  }

  /// Says in the table of optics what was done to the images.
  fileprivate func flag(flipped: Int, multiplied: Int) throws {
    try writeStar()
    let text = try String(contentsOfFile: self("start.star"), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let last = try #require(lines.firstIndex { $0.hasPrefix("_rlnImageSize") })
    var changed = lines
    changed[last] += "\n_rlnCtfDataArePhaseFlipped #8\n_rlnCtfDataAreCtfPremultiplied #9"
    let row = try #require(lines.indices.first { $0 > last && lines[$0].contains("group1") })
    changed[row] += " \(flipped) \(multiplied)"
    try write(changed.joined(separator: "\n"), to: "start.star")
  }
}
