import CryoEM
import Glibc

/// A round Gaussian blob of density.
public struct GaussianBlob: Sendable, Hashable {
  /// Its centre, Å from the box centre.
  public var position: Vector3
  /// Its standard deviation, Å.
  public var width: Double
  /// Its integral over space, density · Å³.
  public var weight: Double

  public init(position: Vector3, width: Double, weight: Double) {
    self.position = position
    self.width = width
    self.weight = weight
  }
}

/// An object whose density, Fourier transform and projections are known exactly: a sum of Gaussians.
///
/// ρ(x) = Σ w (2πσ²)^(−3/2) exp(−|x − c|²/2σ²), and its transform ∫ρ(x) exp(−2πi k·x) dx =
/// Σ w exp(−2π²σ²k² − 2πi k·c).
public struct Phantom: Sendable, Equatable {
  /// The blobs.
  public var blobs: [GaussianBlob]

  public init(blobs: [GaussianBlob]) { self.blobs = blobs }

  /// Two objects in one.
  public static func + (left: Phantom, right: Phantom) -> Phantom {
    Phantom(blobs: left.blobs + right.blobs)
  }

  /// The density at a point, Å from the box centre.
  public func density(at point: Vector3) -> Double {
    blobs.reduce(0) { sum, blob in
      let offset = point - blob.position
      let variance = blob.width * blob.width
      return sum + blob.weight * pow(2 * .pi * variance, -1.5)
        * exp(-(offset * offset).sum() / (2 * variance))
    }
  }

  /// The Fourier transform at a spatial frequency (1/Å), density · Å³: real and imaginary part.
  public func transform(at k: Vector3) -> SIMD2<Double> {
    blobs.reduce(.zero) { sum, blob in
      let phase = -2 * Double.pi * (k * blob.position).sum()
      let amplitude =
        blob.weight * exp(-2 * Double.pi * Double.pi * blob.width * blob.width * (k * k).sum())
      return sum + amplitude * SIMD2(cos(phase), sin(phase))
    }
  }

  /// The integral of the density.
  public var mass: Double { blobs.reduce(0) { $0 + $1.weight } }

  /// The centre of mass, Å from the box centre.
  public var centreOfMass: Vector3 {
    blobs.reduce(.zero) { $0 + $1.weight * $1.position } / mass
  }

  /// The object after a turn about a point and a shift (Å).
  public func moved(rotation: Rotation, about point: Vector3, shift: Vector3 = .zero) -> Phantom {
    Phantom(
      blobs: blobs.map { blob in
        var moved = blob
        moved.position = point + rotation.applied(to: blob.position - point) + shift
        return moved
      })
  }

  /// The object with every blob's variance grown by a function of its position, Å².
  public func blurred(byVariance variance: (Vector3) -> Double) -> Phantom {
    Phantom(
      blobs: blobs.map { blob in
        var blurred = blob
        blurred.width = (blob.width * blob.width + variance(blob.position)).squareRoot()
        return blurred
      })
  }
}
