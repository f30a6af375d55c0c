import CryoEM
import Glibc

// What a value of a STAR file becomes in a .cs file, which keeps single precision. Both directions are
// made of these functions, so that what comes back can be compared with what went.

/// A number in single precision.
func single(_ value: Double) -> Double { Double(Float(value)) }

/// The number with the fewest digits behind the point that `isRight` accepts; the number itself where
/// none has.
///
/// What a person or a program wrote as 5.28 degrees and was stored as radians in single precision is 5.28
/// again, and no 5.2799999.
func fewestDecimals(
  _ value: Double, from first: Int = 0, _ isRight: (Double) -> Bool
) -> Double {
  for digits in first...13 {
    let rounded = (value * powersOfTen[digits]).rounded() / powersOfTen[digits]
    if isRight(rounded) { return rounded }
  }
  return value
}

/// 10⁰ to 10¹³, exactly.
private let powersOfTen: [Double] = (0...13).map { power in
  (0..<power).reduce(1.0) { product, _ in product * 10 }
}

/// Numbers with the fewest digits that single precision stores in the same way.
///
/// Like all that makes a value of a STAR file, it starts from what is stored, so that it gives the same
/// from the number that was stored and from the one that is read again.
func fewestDecimals(ofSingles values: [Double]) -> [Double] {
  values.map { value in
    let stored = single(value)
    return fewestDecimals(stored) { single($0) == stored }
  }
}

/// RELION's Euler angles of a rotation, degrees.
struct StoredAngles: Equatable {
  var rot: Double, tilt: Double, psi: Double

  /// The angles with the fewest decimals of which cryoSPARC stores the same vector.
  init(_ rotation: Rotation) {
    let angles = rotation.eulerAngles
    let wanted = Particles.storedPose(rotation)
    for digits in 4...13 {
      let scale = powersOfTen[digits]
      func rounded(_ angle: Double) -> Double { (angle * scale).rounded() / scale }
      (rot, tilt, psi) = (rounded(angles.rot), rounded(angles.tilt), rounded(angles.psi))
      if storedPose == wanted { return }
    }
    (rot, tilt, psi) = (angles.rot, angles.tilt, angles.psi)
  }

  init(rot: Double, tilt: Double, psi: Double) {
    (self.rot, self.tilt, self.psi) = (rot, tilt, psi)
  }

  /// What cryoSPARC stores of them.
  var storedPose: SIMD3<Float> {
    Particles.storedPose(Rotation(rot: rot, tilt: tilt, psi: psi))
  }
}

/// alignments3D/pose of a rotation: log(Aᵀ) in single precision. What is nothing but rounding is zero.
func storedPose(_ rotation: Rotation) -> SIMD3<Float> {
  let vector = rotation.transposed.rotationVector
  func stored(_ value: Double) -> Float { abs(value) < 1e-13 ? 0 : Float(value) }
  return SIMD3(stored(vector.x), stored(vector.y), stored(vector.z))
}

/// An element of an origin, Å, of one of alignments3D/shift, pixels; `offset` is that of ctf/shift_A, Å.
func originOfShift(_ shift: Double, offset: Double, pixelSize: Double) -> Double {
  shift * pixelSize - offset
}

/// An element of alignments3D/shift, pixels, of an origin; `offset` is that of ctf/shift_A, and all
/// lengths are Å.
func storedShift(origin: Double, offset: Double, pixelSize: Double) -> Double {
  single((origin + offset) / pixelSize)
}

/// An origin, Å, of a stored shift, with the fewest decimals of which the same is stored.
func origin(ofStored shift: Double, offset: Double, pixelSize: Double) -> Double {
  fewestDecimals(originOfShift(shift, offset: offset, pixelSize: pixelSize)) {
    storedShift(origin: $0, offset: offset, pixelSize: pixelSize) == shift
  }
}

/// An angle of a .cs file, of degrees.
func storedAngle(_ degrees: Double) -> Double { single(radians(degrees)) }

/// Degrees of a stored angle, with the fewest decimals of which the same is stored.
func angle(ofStored radians: Double) -> Double {
  fewestDecimals(degrees(radians)) { storedAngle($0) == radians }
}

/// The rotation of a stored vector, as readers have it.
func rotation(ofStored pose: SIMD3<Float>) -> Rotation {
  Rotation(rotationVector: Vector3(Double(pose.x), Double(pose.y), Double(pose.z))).transposed
}

/// A micrograph's size, pixels, and where its coordinates count from.
struct CoordinateFrame: Equatable {
  var width: Double, height: Double
  /// Whether the two programs count y from opposite edges.
  var isFlipped: Bool

  /// location/center_x_frac of rlnCoordinateX.
  func storedX(_ pixels: Double) -> Double { single(pixels / width) }
  /// location/center_y_frac of rlnCoordinateY.
  func storedY(_ pixels: Double) -> Double {
    single(isFlipped ? 1 - pixels / height : pixels / height)
  }
  /// rlnCoordinateX with the fewest decimals.
  func x(_ stored: Double) -> Double {
    fewestDecimals(stored * width) { storedX($0) == stored }
  }
  /// rlnCoordinateY with the fewest decimals.
  func y(_ stored: Double) -> Double {
    fewestDecimals((isFlipped ? 1 - stored : stored) * height) { storedY($0) == stored }
  }
}

/// What a .cs file holds of an optics group.
struct StoredOptics: Equatable {
  var voltage: Double, sphericalAberration: Double, amplitudeContrast: Double
  var pixelSize: Double, imageSize: Int
  var aberrations: CryoSPARCAberrations

  init(_ group: OpticsGroup) {
    voltage = single(group.voltage)
    sphericalAberration = single(group.sphericalAberration)
    amplitudeContrast = single(group.amplitudeContrast)
    pixelSize = single(group.pixelSize)
    imageSize = group.imageSize
    // The wavelength is that of the stored voltage, which is what a reader has.
    var stored = group
    stored.voltage = voltage
    aberrations = CryoSPARCAberrations(stored)
    for path in CryoSPARCAberrations.lists {
      aberrations[keyPath: path] = aberrations[keyPath: path].map(single)
    }
  }

  /// The group as it is read again, with the fewest digits that store the same.
  func group(name: String) -> OpticsGroup {
    func plain(_ value: Double) -> Double { fewestDecimals(value) { single($0) == value } }
    var group = OpticsGroup(
      name: name, voltage: plain(voltage), sphericalAberration: plain(sphericalAberration),
      amplitudeContrast: plain(amplitudeContrast), pixelSize: plain(pixelSize),
      imageSize: imageSize)
    group.oddZernike = aberrations.oddZernike
    group.evenZernike = aberrations.evenZernike
    group.magnification = Magnification(
      zip(aberrations.anisomag, Magnification.identity.elements).map { stored, identity in
        fewestDecimals(identity + stored) { single($0 - identity) == stored }
      })
    shorten(&group)
    return group
  }

  /// Rounds Zernike coefficients as far as they are stored in the same way.
  private func shorten(_ group: inout OpticsGroup) {
    for digits in 6...13 where !group.oddZernike.isEmpty || !group.evenZernike.isEmpty {
      var short = group
      let scale = powersOfTen[digits]
      short.oddZernike = group.oddZernike.map { ($0 * scale).rounded() / scale }
      short.evenZernike = group.evenZernike.map { ($0 * scale).rounded() / scale }
      if StoredOptics(short) == self {
        group = short
        return
      }
    }
  }
}

extension CryoSPARCAberrations {
  /// The lists of coefficients.
  static let lists: [WritableKeyPath<CryoSPARCAberrations, [Double]> & Sendable] = [
    \.tilt, \.trefoil, \.tetra, \.anisomag,
  ]
}
