import CryoEM
import Fourier
import Glibc
import Phantoms
import Testing

struct PhantomTests {
  private let phantom = Phantom(blobs: [
    GaussianBlob(position: Vector3(7, -4, 2), width: 4, weight: 1000),
    GaussianBlob(position: Vector3(-9, 5, 6), width: 5, weight: 700),
    GaussianBlob(position: Vector3(1, 8, -11), width: 4, weight: 1300),
  ])
  private let pose = Pose(rotation: Rotation(rot: 50, tilt: 64, psi: -31), origin: Vector2(5, -8))

  /// The map made in Fourier space is the density of the formula, sampled.
  @Test func mapIsTheDensity() {
    let map = phantom.map(size: 32, pixelSize: 2.5)
    var worst = 0.0
    map.forEachVoxel { index, position in
      worst = max(worst, abs(Double(map.voxels[index]) - phantom.density(at: position)))
    }
    #expect(worst < 2e-3 * Double(map.maximum))
  }

  @Test func transformIsTheIntegral() {
    // A sum over a fine grid stands for the integral.
    let k = Vector3(0.03, -0.02, 0.05)
    var sum = SIMD2<Double>.zero
    let grid = Volume(size: 40, pixelSize: 2)
    grid.forEachVoxel { _, x in
      let phase = -2 * Double.pi * (k * x).sum()
      sum += phantom.density(at: x) * 8 * SIMD2(cos(phase), sin(phase))
    }
    let error = sum - phantom.transform(at: k)
    #expect((error * error).sum().squareRoot() < 1e-3 * phantom.mass)
  }

  @Test func spectraAreTheTransform() {
    let (size, pixel) = (24, 3.0)
    let spectrum = phantom.spectrum(size: size, pixelSize: pixel)
    let image = PhantomProjector(phantom, boxSize: size, pixelSize: pixel).transform(at: pose)
    for (kx, ky, kz) in [(0, 0, 0), (3, -5, 2), (0, 4, -7), (11, 0, 0), (6, -6, 6)] {
      let k = Vector3(Double(kx), Double(ky), Double(kz)) / (Double(size) * pixel)
      let expected = phantom.transform(at: k) / (pixel * pixel * pixel)
      let index =
        (transformIndex(kz, size: size) * size + transformIndex(ky, size: size)) * 13 + kx
      let difference = SIMD2<Double>(spectrum.values[index]) - expected
      #expect((difference * difference).sum().squareRoot() < 1e-3)
    }
    for (kx, ky) in [(0, 0), (3, -5), (0, 7), (8, 7)] {
      let k = Vector2(Double(kx), Double(ky)) / (Double(size) * pixel)
      // The central slice, with the phase of the shift by −origin.
      let slice = phantom.transform(at: pose.rotation.lifted(k)) / (pixel * pixel * pixel)
      let angle = 2 * Double.pi * (k * pose.origin).sum()
      let shifted = SIMD2(
        slice.x * cos(angle) - slice.y * sin(angle), slice.x * sin(angle) + slice.y * cos(angle))
      let value = SIMD2<Double>(image[transformIndex(ky, size: size) * 13 + kx])
      let error = ((value - shifted) * (value - shifted)).sum().squareRoot()
      #expect(error < 1e-3)
    }
  }

  /// In real space: blobs of a projection are where the pose puts them.
  @Test func projectionIsASumOfGaussiansInThePlane() {
    let (size, pixel) = (40, 2.5)
    let image = PhantomProjector(phantom, boxSize: size, pixelSize: pixel).image(at: pose)
    var (worst, largest) = (0.0, 0.0)
    for index in image.indices {
      let x = Vector2(Double(index % size - 20), Double(index / size - 20)) * pixel
      let expected = phantom.blobs.reduce(0.0) { sum, blob in
        let d = x - pose.position(of: blob.position)
        let variance = blob.width * blob.width
        return sum + blob.weight / (2 * .pi * variance) * exp(-(d * d).sum() / (2 * variance))
      }
      // Voxels of 2.5 Å behind each other.
      worst = max(worst, abs(Double(image[index]) - expected / pixel))
      largest = max(largest, expected / pixel)
    }
    #expect(worst < 3e-3 * largest)
  }

  @Test func magnificationDistortsTheSlice() {
    let (size, pixel) = (24, 3.0)
    let m: Magnification = [1.03, 0.02, -0.01, 0.96]
    let image = PhantomProjector(phantom, boxSize: size, pixelSize: pixel, magnification: m)
      .transform(at: Pose(rotation: pose.rotation, origin: .zero))
    let k = Vector2(4, -7) / (Double(size) * pixel)
    let q = Vector2(m[0] * k.x + m[1] * k.y, m[2] * k.x + m[3] * k.y)
    let expected = phantom.transform(at: pose.rotation.lifted(q)) / (pixel * pixel * pixel)
    let difference = SIMD2<Double>(image[17 * 13 + 4]) - expected
    #expect((difference * difference).sum().squareRoot() < 1e-3)
  }

  @Test func movingTheObjectIsMovingThePose() {
    let hinge = Vector3(3, 2, -1)
    let turn = Rotation(rotationVector: Vector3(0.2, 0.1, -0.3))
    let projector = PhantomProjector(phantom, boxSize: 24, pixelSize: 3)
    let moved = PhantomProjector(
      phantom.moved(rotation: turn, about: hinge), boxSize: 24, pixelSize: 3)
    let byPose = projector.transform(at: pose.moved(rotation: turn, about: hinge))
    let difference = zip(byPose, moved.transform(at: pose)).map { ($0 - $1).squaredModulus }
    #expect((difference.max() ?? 1) < 1e-4)
  }
}
