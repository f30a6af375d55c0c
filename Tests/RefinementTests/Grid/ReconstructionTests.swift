import CryoEM
import Fourier
import Testing

@testable import Ground
@testable import Refinement

struct ReconstructionTests {
  /// Exact projections at known poses, with and without a CTF, give the phantom back.
  @Test(arguments: [(Interpolation.cubic, false), (.cubic, true), (.trilinear, false)])
  func projectionsGiveTheObjectBack(interpolation: Interpolation, hasCTF: Bool) {
    // Trilinear interpolation wants twice the room.
    let body = SmallBody(period: interpolation == .cubic ? 48 : 64, fulcrum: .zero)
    var generator = SeededGenerator(seed: 31)
    let poses = randomAlignments(240, spread: 4)
    let inserted = ExactSums(
      radius: body.geometry.clampedGridRadius(ofShell: 15), interpolation: interpolation)
    let all = body.points.points(factor: body.ones, band: 15)
    for pose in poses {
      let phase = generator.uniform(0, 3)
      let ctf = body.points.shells.map { shell in
        hasCTF ? Float(sineAndCosine(phase + 0.03 * Double(shell * shell)).sine) : 1
      }
      let images = body.packed([pose], ctf: ctf)
      inserted.insert(
        images.image(0), points: all,
        at: ExactSums.Placement(
          matrix: SliceMatrix(
            rotation: pose.rotation, oversampling: body.geometry.oversampling,
            magnification: [1, 0, 0, 1]),
          shift: SIMD2<Float>(pose.position / body.geometry.windowEdge)),
        scale: 1)
    }
    let accumulator = inserted.completed
    let reconstruction = Reconstruction(
      geometry: body.geometry, radius: accumulator.radius, size: body.geometry.period)
    let means = reconstruction.shellMeans([accumulator])
    let found = reconstruction.volume(
      of: .init(parts: [accumulator], regularisation: means.map { Float(1e-4 * $0 + 1e-20) }))
    #expect(found.size == body.geometry.period && found.pixelSize == body.pixelSize)
    let truth = body.phantom.map(size: body.geometry.period, pixelSize: body.pixelSize)
    let mask = Volume.sphere(
      size: body.geometry.period, pixelSize: body.pixelSize, radius: 33, outerRadius: 42)
    let fsc = fourierShellCorrelation(found, truth, mask: mask)
    let shells = Int(13 * body.geometry.oversampling)
    for shell in 1...shells { #expect(fsc[shell] > 0.99, "shell \(shell): \(fsc[shell])") }
    // Not only the shape: the density itself. Where the slices lie sparse about the missing origin,
    // division by the weights errs by some per cent.
    let gains = shellGains(of: found * mask, over: truth * mask)
    for shell in 1...shells {
      #expect(abs(gains[shell] - 1) < (shell < 8 ? 0.12 : 0.02), "shell \(shell): \(gains[shell])")
    }
  }

  /// The regression of one map on another, shell by shell.
  private func shellGains(of map: Volume, over truth: Volume) -> [Double] {
    let (a, b) = (map.spectrum, truth.spectrum)
    var sums = [SIMD2<Double>](repeating: .zero, count: a.shellCount)
    a.forEachShellSample { index, shell, multiplicity in
      let (x, y) = (SIMD2<Double>(a.values[index]), SIMD2<Double>(b.values[index]))
      sums[shell] += multiplicity * SIMD2((x * y).sum(), (y * y).sum())
    }
    return sums.map { $0.x / $0.y }
  }

  /// numerator / (denominator + regularisation), of one fold and more, with the other half let in.
  @Test func divisionFollowsItsFormula() {
    let body = SmallBody(window: 16, period: 24, radius: 3)
    let radius = body.geometry.clampedGridRadius(ofShell: 7)
    let poses = randomAlignments(90)
    let images = body.packed(poses)
    let all = body.points.points(factor: body.ones, band: 7)
    func accumulated(_ members: Range<Int>) -> Accumulator {
      let inserted = ExactSums(radius: radius, interpolation: .cubic)
      for member in members {
        inserted.insert(
          images.image(member), points: all,
          at: ExactSums.Placement(
            matrix: SliceMatrix(
              rotation: poses[member].rotation, oversampling: 1.5, magnification: [1, 0, 0, 1]),
            shift: SIMD2<Float>(poses[member].position / body.geometry.windowEdge)),
          scale: 1)
      }
      return inserted.completed
    }
    let reconstruction = Reconstruction(
      geometry: body.geometry, radius: radius)
    func density(
      _ parts: Accumulator..., shared: Accumulator? = nil, sharedShells: Int = 0, last: Int = 12
    ) -> [Float] {
      reconstruction.volume(
        of: .init(
          parts: parts, shared: shared.map { [$0] } ?? [], sharedShells: sharedShells,
          regularisation: (0...radius).map { $0 <= last ? 0.5 : .infinity })
      ).voxels
    }
    func difference(_ a: [Float], _ b: [Float]) -> Float {
      zip(a, b).map { abs($0 - $1) }.max() ?? 1
    }
    let (first, rest, whole) = (accumulated(0..<30), accumulated(30..<90), accumulated(0..<90))
    let expected = density(rest)
    let size = expected.map { abs($0) }.max() ?? 0
    #expect(difference(density(first, rest), density(whole)) < 2e-5 * size)
    #expect(difference(density(whole), expected) > 0.01 * size)
    // All shells shared: the sum of both.
    #expect(
      difference(density(rest, shared: first, sharedShells: radius), density(whole)) < 1e-4 * size)
    // Up to a shell: the sum below, its own above.
    let part = spectrum(density(rest, shared: first, sharedShells: 5), reconstruction)
    let (own, both) = (
      spectrum(density(rest), reconstruction), spectrum(density(whole), reconstruction)
    )
    // The envelope's correction mixes shells a little, so shells are compared, not samples.
    #expect(abs(part[3] / both[3] - 1) < 0.01 && abs(part[8] / own[8] - 1) < 0.02)
    #expect(abs(both[8] / own[8] - 1) > 0.05 && abs(both[3] / own[3] - 1) > 0.02)
    // Infinite regularisation leaves nothing.
    let cut = spectrum(density(whole, last: 5), reconstruction)
    #expect(cut[9] < 0.1 * both[9] && abs(cut[3] / both[3] - 1) < 0.02)
  }

  /// The density in a box, made by columns and planes, is the middle of that of the whole cube, made by
  /// one transform; and the same for any number of threads.
  @Test(arguments: [Interpolation.cubic, .trilinear])
  func theDensityInABoxIsTheMiddleOfTheCube(interpolation: Interpolation) {
    let body = SmallBody(window: 16, period: 24, radius: 3)
    let radius = body.geometry.clampedGridRadius(ofShell: 7)
    let poses = randomAlignments(20)
    let images = body.packed(poses, noise: true)
    let inserted = ExactSums(radius: radius, interpolation: interpolation)
    for (index, pose) in poses.enumerated() {
      inserted.insert(
        images.image(index), points: body.points.points(factor: body.ones, band: 7),
        at: ExactSums.Placement(
          matrix: SliceMatrix(
            rotation: pose.rotation, oversampling: 1.5, magnification: [1, 0, 0, 1]),
          shift: SIMD2<Float>(pose.position / body.geometry.windowEdge)),
        scale: 1)
    }
    let sums = inserted.completed
    let reconstruction = Reconstruction(geometry: body.geometry, radius: radius, size: 24)
    let regularisation = (0...radius).map { $0 <= 10 ? Float(0.5) : .infinity }
    let whole = reconstruction.volume(of: .init(parts: [sums], regularisation: regularisation))
    let expected = CentredMap.boxed(whole.voxels, from: 24, to: 16)
    let found = (1...2).map {
      reconstruction.density(of: sums, regularisation: regularisation, box: 16, threads: $0)
    }
    let size = expected.map { abs($0) }.max() ?? 0
    #expect(size > 0)
    #expect(zip(found[0], expected).allSatisfy { abs($0 - $1) < 1e-5 * size })
    #expect(found[0] == found[1])
  }

  /// Powers of the shells of a density, without the cube's corners, where the correction blows up.
  private func spectrum(_ density: [Float], _ reconstruction: Reconstruction) -> [Double] {
    let cube = reconstruction.cube.size
    let map = Volume(size: cube, pixelSize: 1, voxels: density)
    let ball = Volume.sphere(
      size: cube, pixelSize: 1, radius: 0.3 * Double(cube), outerRadius: 0.42 * Double(cube))
    return (map * ball).spectrum.shellPower
  }
}
