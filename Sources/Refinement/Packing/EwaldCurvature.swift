import CryoEM
import Glibc
import Ground
import Particles

/// What the curvature of the Ewald sphere does to images: a sample k of an image does not hold the
/// object's transform V at k on the plane across the beam alone, but at two points behind and before it.
///
/// With s the hand of the data as for the body's own defocus, κ = λk²/2 and α = ½(C + iD), where C is
/// the CTF and D the CTF a quarter of a turn farther on (first Born approximation; DeRosier,
/// Ultramicroscopy 81, 83, 2000; Wolf, DeRosier & Grigorieff, Ultramicroscopy 106, 376, 2006):
///
///     Y(k) = α V(k, −sκ) + α* V(k, +sκ)
///
/// Both are inserted: ½(C − iD)Y at (k, −sκ) and ½(C + iD)Y at (k, +sκ). On average over defoci each
/// holds V at its point ¼(1 + ρ(C² − D²)) times, the other point's share being ρ, what V has in common
/// at two points λk² apart along the beam: the transform of the mask there. ρ = 1 is the plane with C²,
/// ρ = 0 the single side-band of RELION's reconstruction.
struct EwaldCurvature: Sendable, Equatable {
  /// +1 where what is above the plane of the box centre is nearer to focus, −1 for the other hand.
  let sign: Int
  /// What is added to both values of the defocus for the plane through the box centre, Å, by particle:
  /// the body's motion about its fulcrum takes it up or down.
  let changes: [Double]
  /// How far the body's centre lies above that plane, Å, by particle.
  let heights: [Double]
  /// ρ of each optics group by shell of the box.
  let overlaps: [[Float]]

  /// - Parameters:
  ///   - thickness: of the mask about its centre.
  ///   - particles: at the poses of the wholes.
  ///   - now: the poses of the body.
  ///   - box: edge of the images, pixels.
  init(
    sign: Int, thickness: MaskThickness, centres: BodyCentres, particles: ParticleSet,
    now: [Pose], box: Int
  ) {
    self.sign = sign
    heights = now.map { ($0.rotation.row2 * centres.body).sum() }
    changes = zip(particles.poses, now).map { start, now in
      -Double(sign)
        * (centres.height(start: start.rotation, now: now.rotation)
          - (now.rotation.row2 * centres.body).sum())
    }
    overlaps = particles.optics.map { group in
      let edge = Double(box) * group.pixelSize
      return (0...box / 2).map { shell in
        let k = Double(shell) / edge
        return Float(thickness.overlap(atDistance: group.wavelength * k * k))
      }
    }
  }

  /// How far a point goes along the beam in grid units, times its squared distance from the origin.
  ///
  /// - Parameter period: edge of the grid's box, Å.
  static func coefficient(wavelength: Double, period: Double) -> Double {
    wavelength / (2 * period)
  }
}

/// How a mask's volume is spread about its centre of mass.
public struct MaskThickness: Sendable, Equatable {
  /// The centre of mass, Å from the box centre.
  public let centre: Vector3
  /// Share of the mask in shells of a voxel about its centre, and their radii, Å.
  private let shares: [Double]
  private let radii: [Double]

  /// - Returns: nil for a mask without anything in it.
  public init?(_ mask: Volume) {
    guard let centre = mask.centreOfMass else { return nil }
    self.centre = centre
    var sums = [Double](repeating: 0, count: 2 * mask.size)
    var means = sums
    mask.forEachVoxel { index, position in
      let weight = Double(max(0, mask.voxels[index]))
      guard weight > 0 else { return }
      let offset = position - centre
      let radius = (offset * offset).sum().squareRoot()
      let shell = min(Int(radius / mask.pixelSize), sums.count - 1)
      sums[shell] += weight
      means[shell] += weight * radius
    }
    let total = sums.reduce(0, +)
    let filled = sums.indices.filter { sums[$0] > 0 }
    shares = filled.map { sums[$0] / total }
    radii = filled.map { means[$0] / sums[$0] }
  }

  /// A ball about the box centre.
  public init(ballOfRadius radius: Double) {
    centre = .zero
    let count = 64
    radii = (0..<count).map { radius * (Double($0) + 0.5) / Double(count) }
    let squares = radii.map { $0 * $0 }
    let total = squares.reduce(0, +)
    shares = squares.map { $0 / total }
  }

  /// What the transform of a density that fills the mask has in common with itself a distance away,
  /// 1/Å: the mean of exp(2πi q·x) over the mask and over all directions of q.
  public func overlap(atDistance q: Double) -> Double {
    zip(shares, radii).reduce(0) { sum, part in
      let angle = 2 * .pi * q * part.1
      return sum + part.0 * (angle < 1e-6 ? 1 : sin(angle) / angle)
    }
  }

  /// The share of its amplitude that a reconstruction from planes keeps at a resolution: the mean of
  /// cos(πλz/d²) over the mask and over views from all sides.
  public func keptAmplitude(resolution: Double, wavelength: Double) -> Double {
    overlap(atDistance: wavelength / (2 * resolution * resolution))
  }

  /// Diameter of a ball that is spread as far, Å.
  public var diameter: Double {
    let square = zip(shares, radii).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    return 2 * (square * 5 / 3).squareRoot()
  }
}

extension ImagePacker {
  /// Packs one whole image for its two points: slot 0 for that at −sκ and slot 1 for that at +sκ.
  ///
  /// Of images that were multiplied by their CTF the phases near its zeros are given up, as where a body
  /// takes a defocus of its own.
  ///
  /// - Throws: `Problem` where its image cannot be used.
  func packSideBands(
    _ particle: Int, _ ewald: EwaldCurvature, into images: PackedImages, _ workspace: Workspace
  ) throws(Problem) {
    try transformer.load(particle, into: workspace.image)
    unflip(particle, workspace)
    subtractOutside(particle, workspace)
    subtractNeighbours(particle, workspace)
    let change = ewald.changes[particle]
    evaluateCTF(change: change, of: particle, workspace)
    evaluateCTF(
      change: change, turn: .pi / 2, of: particle, workspace, into: &workspace.quadrature)
    let group = transformer.optics(of: particle)
    let number = Int(transformer.particles.opticsIndices[particle])
    let slot = transformer.particles.slot(of: particle)
    let edge = Double(geometry.box) * group.pixelSize
    // 2δ in the weights: what the body's height adds to 2γ at k², of pixels.
    let turn =
      2 * .pi * group.wavelength * Double(ewald.sign) * ewald.heights[particle] / (edge * edge)
    let (first, second) = (images.planes(0), images.planes(1))
    let overlap = ewald.overlaps[number]
    let noise = inverseNoise[slot]
    let directions = slot < directionFactors.count ? directionFactors[slot] : []
    for index in 0..<points.count {
      let pixel = Int(points.spectrumIndices[index])
      let shell = Int(shells[pixel])
      let own = workspace.image.ctf[pixel]
      let (c, d) = (workspace.other[pixel], workspace.quadrature[pixel])
      var factor = noise[shell] * (directions.isEmpty ? 1 : directions[pixel])
      var data = workspace.image.spectrum[pixel] * (0.5 * factor)
      if group.isPremultiplied {
        let power = own * own + 0.01
        data *= own / power
        factor *= own * own / power
      } else if group.isPhaseFlipped, own < 0 {
        data = -data
      }
      // (C ∓ iD) Y
      (first.real[index], first.imaginary[index]) = (
        c * data.x + d * data.y, c * data.y - d * data.x
      )
      (second.real[index], second.imaginary[index]) = (
        c * data.x - d * data.y, c * data.y + d * data.x
      )
      let (kx, ky) = (Double(points.kx[index]), Double(points.ky[index]))
      let angle = turn * (kx * kx + ky * ky)
      let (sine, cosine) = (Float(sin(angle)), Float(cos(angle)))
      let common = (c * c - d * d) * cosine - 2 * c * d * sine
      let weight = 0.25 * factor * (c * c + d * d + overlap[min(shell, overlap.count - 1)] * common)
      first.weight[index] = weight
      second.weight[index] = weight
    }
  }
}
