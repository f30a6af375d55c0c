import CryoEM
import Fourier
import Phantoms
import TestSupport
import Testing

/// One image of RELION's forward model with what it was made from.
private struct RelionCase {
  var name: String
  var pose: Pose
  var optics: OpticsGroup
  var defocus: Defocus
  var image: [Float]

  static let boxSize = 32

  /// The phantom of the fixtures.
  static let phantom = Phantom(
    blobs: [
      (0, 0, 0, 3.2, 900), (13, 4, -6, 3, 700), (-9, 11, 5, 3, 1100), (4, -14, 9, 3.2, 800),
      (-12, -6, -10, 3, 600), (7, 8, 14, 3.2, 1000), (-3, 15, -12, 3, 500), (15, -8, 3, 3, 650),
    ].map { GaussianBlob(position: Vector3($0.0, $0.1, $0.2), width: $0.3, weight: $0.4) })

  static func all(_ name: String = "cases", images: String = "model") throws -> [RelionCase] {
    let text = try fixtures.text("relion_\(name).star")
    let optics = try StarTable(text, block: "data_optics").rows.map { row in
      OpticsGroup(
        name: row["rlnOpticsGroupName"] ?? "", voltage: row.number("rlnVoltage"),
        sphericalAberration: row.number("rlnSphericalAberration"),
        amplitudeContrast: row.number("rlnAmplitudeContrast"),
        pixelSize: row.number("rlnImagePixelSize"), imageSize: boxSize,
        beamTilt: Vector2(row.number("rlnBeamTiltX"), row.number("rlnBeamTiltY")),
        oddZernike: row.list("rlnOddZernike"), evenZernike: row.list("rlnEvenZernike"),
        magnification: [
          row.number("rlnMagMat00"), row.number("rlnMagMat01"), row.number("rlnMagMat10"),
          row.number("rlnMagMat11"),
        ])
    }
    let pixels = try fixtures.halves("relion_\(images).f16")
    let rows = try StarTable(text, block: "data_particles").rows
    try #require(pixels.count == rows.count * boxSize * boxSize)
    return rows.enumerated().map { index, row in
      let group = optics[Int(row.number("rlnOpticsGroup")) - 1]
      let pose = Pose(
        rotation: Rotation(
          rot: row.number("rlnAngleRot"), tilt: row.number("rlnAngleTilt"),
          psi: row.number("rlnAnglePsi")),
        origin: Vector2(row.number("rlnOriginXAngst"), row.number("rlnOriginYAngst")))
      let defocus = Defocus(
        u: row.number("rlnDefocusU"), v: row.number("rlnDefocusV"),
        angle: radians(row.number("rlnDefocusAngle")),
        phaseShift: radians(row.number("rlnPhaseShift")), bFactor: row.number("rlnCtfBfactor"),
        scale: row.number("rlnCtfScalefactor"))
      let range = (index * boxSize * boxSize)..<((index + 1) * boxSize * boxSize)
      return RelionCase(
        name: "\(index) \(group.name)", pose: pose, optics: group, defocus: defocus,
        image: Array(pixels[range]))
    }
  }

  /// Root mean square difference between RELION's image and the model of this case's numbers,
  /// relative to the image, over the samples of the transform that are in both bands.
  var error: Double {
    let size = Self.boxSize
    let model = PhantomProjector(
      Self.phantom, boxSize: size, pixelSize: optics.pixelSize, magnification: optics.magnification
    ).transform(at: pose)
    let ctf = ContrastTransferFunction(optics: optics, defocus: defocus)
    var values: [Float] = []
    var phases: [Float] = []
    ctf.fill(values: &values, boxSize: size, pixelSize: optics.pixelSize)
    ctf.fillPhases(values: &phases, boxSize: size, pixelSize: optics.pixelSize)
    let observed = RealTransform(shape: [size, size]).forward(image)
    var (difference, power): (Float, Float) = (0, 0)
    for index in model.indices {
      let (kx, ky) = (index % (size / 2 + 1), signedFrequency(index / (size / 2 + 1), size: size))
      guard kx * kx + ky * ky <= (size / 2 - 1) * (size / 2 - 1) else { continue }
      // The phase origin of an image's transform is its corner.
      let sample = (kx + ky).isMultiple(of: 2) ? observed[index] : -observed[index]
      let expected = values[index] * model[index].times(.unit(angle: Double(phases[index])))
      difference += (sample - expected).squaredModulus
      power += sample.squaredModulus
    }
    return Double(difference / power).squareRoot()
  }
}

struct RelionModelTests {
  /// Trilinear interpolation with four-fold padding, and storage as halves, leave this much.
  private let tolerance = 0.01

  @Test func imagesAreRelions() throws {
    for image in try RelionCase.all() {
      #expect(image.error < tolerance, "\(image.name)")
    }
    for image in try RelionCase.all("coma", images: "model_coma") {
      #expect(image.error < tolerance, "\(image.name)")
    }
  }

  /// Every sign matters: changed, some image is far off that was right.
  @Test func everySignIsSeen() throws {
    let changes: [(String, (inout RelionCase) -> Void)] = [
      ("origin x", { $0.pose.origin.x *= -1 }), ("origin y", { $0.pose.origin.y *= -1 }),
      ("rotation", { $0.pose.rotation = $0.pose.rotation.transposed }),
      ("defocus", { ($0.defocus.u, $0.defocus.v) = (-$0.defocus.u, -$0.defocus.v) }),
      ("astigmatism", { ($0.defocus.u, $0.defocus.v) = ($0.defocus.v, $0.defocus.u) }),
      ("defocus angle", { $0.defocus.angle *= -1 }),
      ("phase shift", { $0.defocus.phaseShift *= -1 }),
      ("B factor", { $0.defocus.bFactor *= -1 }), ("scale", { $0.defocus.scale *= -1 }),
      ("Cs", { if $0.optics.beamTilt == .zero { $0.optics.sphericalAberration *= -1 } }),
      ("amplitude contrast", { $0.optics.amplitudeContrast *= -1 }),
      ("tilt x", { $0.optics.beamTilt.x *= -1 }), ("tilt y", { $0.optics.beamTilt.y *= -1 }),
      ("magnification xy", { $0.optics.magnification[1] *= -1 }),
      ("magnification yx", { $0.optics.magnification[2] *= -1 }),
      (
        "magnification transposed",
        {
          let m = $0.optics.magnification
          $0.optics.magnification = [m[0], m[2], m[1], m[3]]
        }
      ),
      ("magnification x", { $0.optics.magnification[0] = 2 - $0.optics.magnification[0] }),
      ("magnification y", { $0.optics.magnification[3] = 2 - $0.optics.magnification[3] }),
    ]
    let cases = try RelionCase.all()
    for (name, change) in changes { expectSeen(name, in: cases, change) }
    for term in [0, 1, 2, 5] {
      expectSeen("odd \(term)", in: cases) { $0.optics.oddZernike[term] *= -1 }
    }
    for term in 0..<9 {
      expectSeen("even \(term)", in: cases) { $0.optics.evenZernike[term] *= -1 }
    }
    let coma = try RelionCase.all("coma", images: "model_coma")
    for term in [3, 4] {
      expectSeen("odd \(term)", in: coma) { $0.optics.oddZernike[term] *= -1 }
    }
  }

  /// Looks at the images but the last, which has all terms together and would see anything.
  private func expectSeen(
    _ name: String, in cases: [RelionCase], _ change: (inout RelionCase) -> Void
  ) {
    let single = cases.filter { !$0.name.hasSuffix(" all") }
    let worst = single.map { image in
      var changed = image
      change(&changed)
      let isSame =
        changed.pose == image.pose && changed.optics == image.optics
        && changed.defocus == image.defocus
      return isSame ? 0 : changed.error
    }.max()
    #expect((worst ?? 0) > 10 * tolerance, "\(name)")
  }
}
