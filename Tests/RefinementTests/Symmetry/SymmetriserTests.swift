import CryoEM
import Fourier
import Phantoms
import Testing

@testable import Refinement

/// Symmetrised sums against the insertion of every image at all of its equivalent poses.
struct SymmetriserTests {
  private static let groups = [
    "C2", "C3", "C7", "D1", "D2", "D7", "T", "O", "I", "I1", "I2", "I3", "I4",
  ]

  /// A body whose period has the room that a symmetric reference gets.
  private static func body(_ group: PointGroup) -> SmallBody {
    let plain = SmallBody(window: 32, period: 40, radius: 6, blobWidth: 1)
    return SmallBody(plain, symmetry: group)
  }

  private func density(
    of body: SmallBody, _ images: PackedImages, poses: [(image: Int, rotation: Rotation)],
    positions: [Vector2], symmetrised: Bool, threads: Int = 2
  ) -> [Float] {
    let inserted = ExactSums(
      radius: body.geometry.clampedGridRadius(ofShell: 15), interpolation: .trilinear)
    let all = body.points.points(factor: body.ones, band: 15)
    for pose in poses {
      inserted.insert(
        images.image(pose.image), points: all,
        at: ExactSums.Placement(
          matrix: SliceMatrix(
            rotation: pose.rotation, oversampling: body.geometry.oversampling,
            magnification: [1, 0, 0, 1]),
          shift: SIMD2<Float>(positions[pose.image] / body.geometry.windowEdge)),
        scale: 1)
    }
    let accumulator = inserted.completed
    var geometry = body.geometry
    if symmetrised {
      Symmetriser(group: geometry.symmetry, threads: threads).symmetrise([accumulator])
    } else {
      geometry = body.geometry(with: .c1)
    }
    let reconstruction = Reconstruction(
      geometry: geometry, radius: accumulator.radius, size: geometry.period)
    return reconstruction.volume(
      of: .init(
        parts: [accumulator],
        regularisation: reconstruction.shellMeans([accumulator]).map { Float(1e-3 * $0 + 1e-20) })
    ).voxels
  }

  /// Whatever the images show, symmetric or not, the sums are those of all equivalent poses.
  @Test(arguments: groups)
  func sumsAreThoseOfAllEquivalentPoses(name: String) throws {
    let group = try PointGroup(name)
    let body = Self.body(group)
    let poses = randomAlignments(max(12, 400 / group.order), spread: 3)
    let images = body.packed(poses)
    let positions = poses.map(\.position)
    let found = density(
      of: body, images, poses: poses.indices.map { ($0, poses[$0].rotation) },
      positions: positions, symmetrised: true)
    let expected = density(
      of: body, images,
      poses: poses.indices.flatMap { index in
        group.operators.map { (index, poses[index].rotation * $0) }
      }, positions: positions, symmetrised: false)
    // Where the mask of such a period is 1, and without the origin and the rim, to which the two kernels
    // reach differently.
    let size = body.geometry.period
    let mask = Volume.sphere(size: size, pixelSize: body.pixelSize, radius: 24, outerRadius: 30)
    func spectrum(_ voxels: [Float]) -> CubicSpectrum {
      (Volume(size: size, pixelSize: body.pixelSize, voxels: voxels) * mask).spectrum
    }
    let (a, b) = (spectrum(found), spectrum(expected))
    var (difference, power) = (0.0, 0.0)
    a.forEachShellSample { index, shell, multiplicity in
      guard (1...17).contains(shell) else { return }
      difference += multiplicity * Double((a.values[index] - b.values[index]).squaredModulus)
      power += multiplicity * Double(b.values[index].squaredModulus)
    }
    #expect((difference / power).squareRoot() < 0.01, "\((difference / power).squareRoot())")
  }

  /// The same bytes for any number of threads, and nothing at all for C1.
  @Test func threadsSymmetriseAlike() throws {
    let body = Self.body(try PointGroup("D3"))
    let poses = randomAlignments(10)
    let images = body.packed(poses)
    let maps = [1, 3].map {
      density(
        of: body, images, poses: poses.indices.map { ($0, poses[$0].rotation) },
        positions: poses.map(\.position), symmetrised: true, threads: $0)
    }
    #expect(maps[0] == maps[1])
    let plain = Self.body(.c1)
    let (one, other) = (
      density(
        of: plain, images, poses: [(0, poses[0].rotation)], positions: poses.map(\.position),
        symmetrised: true),
      density(
        of: plain, images, poses: [(0, poses[0].rotation)], positions: poses.map(\.position),
        symmetrised: false)
    )
    #expect(one == other)
  }
}

/// The sphere and the boxes of a symmetric reference.
struct SymmetricGeometryTests {
  /// A ball away from the axis: the sphere lies on what the group fixes and holds all copies.
  @Test(arguments: ["C1", "C2", "C5", "D3", "T", "I2"])
  func theSphereHoldsAllCopies(name: String) throws {
    let group = try PointGroup(name)
    let centre = Vector3(20, 10, -16)
    var mask = Volume(size: 40, pixelSize: 2)
    mask.forEachVoxel { index, position in
      let d = position - centre
      mask.voxels[index] = (d * d).sum() < 100 ? 1 : 0
    }
    let sphere = BoundingSphere(of: mask, symmetry: group)
    var radius = 0.0
    for turn in group.operators {
      let moved = turn.applied(to: sphere.centre) - sphere.centre
      #expect((moved * moved).sum() < 1e-16, "the centre is not fixed")
      mask.forEachVoxel { index, position in
        guard mask.voxels[index] > 0.5 else { return }
        let d = turn.applied(to: position) - sphere.centre
        radius = max(radius, (d * d).sum().squareRoot())
      }
    }
    #expect(radius <= sphere.radius + 1e-9 && radius > sphere.radius - 1e-9)
    // The best centre: that of the copies' centres, as far as the group leaves it.
    let expected: Vector3 =
      name == "C1" ? centre : name.hasPrefix("C") ? Vector3(0, 0, centre.z) : .zero
    let off = sphere.centre - expected
    #expect((off * off).sum().squareRoot() < 1, "\(sphere.centre)")
    let geometry = Geometry(
      box: 40, mask: mask, fulcrum: .zero, shiftExtent: 0, symmetry: group)
    #expect(geometry.symmetry == group)
    #expect(geometry.maskDiameter <= (name == "C1" ? 0.7 : 0.5) * Double(geometry.period))
  }

  /// A symmetric map differs from its copies by what reading between voxels costs, any other by more.
  @Test func asymmetryTellsWhatIsSymmetric() throws {
    let unit = Phantom(blobs: [GaussianBlob(position: Vector3(18, 4, 9), width: 6, weight: 1)])
    for name in ["C4", "D7", "O", "I1"] {
      let group = try PointGroup(name)
      let whole = group.copies(of: unit).map(size: 40, pixelSize: 2)
      #expect(group.asymmetry(of: whole) < 0.1, "\(name) \(group.asymmetry(of: whole))")
      let single = unit.map(size: 40, pixelSize: 2)
      #expect(group.asymmetry(of: single) > 0.5, "\(name) \(group.asymmetry(of: single))")
    }
    #expect(PointGroup.c1.asymmetry(of: unit.map(size: 40, pixelSize: 2)) == 0)
  }
}
