import CryoEM
import Glibc
import Ground
import TestSupport
import Testing

/// The matrix of a turn about z or y written down from its definition.
private func about(_ axis: Character, _ angleInDegrees: Double) -> Rotation {
  let (c, s) = (cos(radians(angleInDegrees)), sin(radians(angleInDegrees)))
  return axis == "z"
    ? Rotation(rows: Vector3(c, -s, 0), Vector3(s, c, 0), Vector3(0, 0, 1))
    : Rotation(rows: Vector3(c, 0, s), Vector3(0, 1, 0), Vector3(-s, 0, c))
}

func largestDifference(_ a: Rotation, _ b: Rotation) -> Double {
  let rows = [a.row0 - b.row0, a.row1 - b.row1, a.row2 - b.row2]
  return rows.map { max($0.max(), -$0.min()) }.max() ?? 0
}

struct RotationTests {
  @Test func eulerAnglesAreTheProductOfThreeTurns() {
    for (rot, tilt, psi) in [(30.0, 40.0, 50.0), (-120, 95, 170), (77, 180, -12), (5, 0, 9)] {
      let expected = (about("z", rot) * about("y", tilt) * about("z", psi)).transposed
      #expect(largestDifference(Rotation(rot: rot, tilt: tilt, psi: psi), expected) < 1e-14)
    }
  }

  @Test func eulerAnglesComeBack() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<1000 {
      let rot = generator.uniform(-180, 180)
      let tilt = generator.uniform(0.01, 179.99)
      let psi = generator.uniform(-180, 180)
      let angles = Rotation(rot: rot, tilt: tilt, psi: psi).eulerAngles
      #expect(abs(angles.rot - rot) < 1e-7)
      #expect(abs(angles.tilt - tilt) < 1e-7)
      #expect(abs(angles.psi - psi) < 1e-7)
    }
  }

  @Test(arguments: [0, 1e-300, 1e-12, 1e-8, 1e-5, 179.99999, 180 - 1e-8, 180])
  func degenerateTiltsGiveTheMatrixBack(tilt: Double) {
    for (rot, psi) in [(20.0, 33.0), (-170, 100), (0, -45), (90, 90), (180, 0)] {
      let rotation = Rotation(rot: rot, tilt: tilt, psi: psi)
      let angles = rotation.eulerAngles
      let again = Rotation(rot: angles.rot, tilt: angles.tilt, psi: angles.psi)
      #expect(largestDifference(rotation, again) < 1e-8)
    }
  }

  @Test func atTiltZeroAndHalfTurnRotIsZero() {
    let flat = Rotation(rot: 20, tilt: 0, psi: 33).eulerAngles
    #expect(flat.rot == 0 && flat.tilt == 0 && abs(flat.psi - 53) < 1e-12)
    let turned = Rotation(rot: 20, tilt: 180, psi: 33).eulerAngles
    #expect(turned.rot == 0 && turned.tilt == 180 && abs(turned.psi - 13) < 1e-12)
  }

  @Test func rotationVectorIsTheMatrixExponential() {
    // Σ [v]×ⁿ / n!, summed as it stands.
    let v = Vector3(0.3, -0.8, 0.5)
    let cross = [Vector3(0, -v.z, v.y), Vector3(v.z, 0, -v.x), Vector3(-v.y, v.x, 0)]
    var sum = [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)]
    var term = sum
    for n in 1..<30 {
      term = term.map { row in
        (cross[0] * row.x + cross[1] * row.y + cross[2] * row.z) / Double(n)
      }
      for i in 0..<3 { sum[i] += term[i] }
    }
    let expected = Rotation(rows: sum[0], sum[1], sum[2])
    #expect(largestDifference(Rotation(rotationVector: v), expected) < 1e-14)
  }

  @Test func rotationVectorsComeBack() {
    var generator = SeededGenerator(seed: 2)
    for length in [0, 1e-300, 1e-16, 1e-9, 1e-4, 0.5, 3, Double.pi - 1e-9] {
      for _ in 0..<20 {
        let direction = generator.normalVector3()
        let v = direction * (length / (direction * direction).sum().squareRoot())
        let error = Rotation(rotationVector: v).rotationVector - v
        #expect((error * error).sum().squareRoot() <= 2e-15 + 1e-14 * length)
      }
    }
  }

  @Test func halfATurnHasItsAxis() {
    for axis in [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1), Vector3(0.6, 0, -0.8)] {
      let v = Rotation(rotationVector: axis * Double.pi).rotationVector
      #expect(abs(abs((v * axis).sum()) - Double.pi) < 1e-12)
    }
  }

  @Test func angleBetweenTinyTurns() {
    let a = Rotation(rot: 12, tilt: 34, psi: 56)
    let b = a * Rotation(rotationVector: Vector3(0, 3e-7, 4e-7))
    #expect(abs(a.angle(to: b) - 5e-7) < 1e-14)
    #expect(abs(b.angle(to: a) - 5e-7) < 1e-14)
  }

  @Test func nearestRotationBeatsItsNeighbours() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<50 {
      let rows = (0..<3).map { _ in generator.normalVector3() }
      func trace(_ r: Rotation) -> Double {
        (r.row0 * rows[0] + r.row1 * rows[1] + r.row2 * rows[2]).sum()
      }
      let nearest = Rotation(nearestTo: rows[0], rows[1], rows[2])
      #expect(largestDifference(nearest * nearest.transposed, .identity) < 1e-14)
      for _ in 0..<100 {
        let far = Rotation.random(using: &generator)
        let near = nearest * Rotation(rotationVector: 0.01 * generator.normalVector3())
        #expect(trace(nearest) >= trace(far) && trace(nearest) >= trace(near))
      }
    }
  }

  @Test func nearestRotationOfAReflectionIsProper() {
    let r = Rotation(nearestTo: Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, -0.1))
    #expect(largestDifference(r, .identity) < 1e-12)
  }

  @Test func orthonormalisingKeepsARotation() {
    var rotation = Rotation(rot: 10, tilt: 20, psi: 30)
    let exact = rotation
    rotation.row0 += Vector3(1e-7, -2e-7, 1e-7)
    let mended = rotation.orthonormalised
    #expect(largestDifference(mended, exact) < 3e-7)
    #expect(largestDifference(mended * mended.transposed, .identity) < 1e-15)
  }

  @Test func randomRotationsAreUniform() {
    var generator = SeededGenerator(seed: 4)
    let count = 20_000
    var meanDirection = Vector3.zero
    var angles = 0.0
    for _ in 0..<count {
      let rotation = Rotation.random(using: &generator)
      meanDirection += rotation.row2
      angles += rotation.angle
    }
    meanDirection /= Double(count)
    #expect((meanDirection * meanDirection).sum().squareRoot() < 0.02)
    // The mean angle of the Haar distribution is π/2 + 2/π.
    #expect(abs(angles / Double(count) - (Double.pi / 2 + 2 / Double.pi)) < 0.02)
  }

  @Test func ballOfRotationsCoversItsExtent() {
    let (extent, spacing) = (radians(12), radians(3))
    let grid = Rotation.ball(extent: extent, spacing: spacing)
    #expect(grid.first == .identity)
    #expect(grid.allSatisfy { $0.angle <= extent * 1.0001 })
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      let direction = generator.normalVector3()
      let scale = extent * 0.7 * generator.uniform() / (direction * direction).sum().squareRoot()
      let target = Rotation(rotationVector: direction * scale)
      let nearest = grid.map { $0.angle(to: target) }.min() ?? .infinity
      // The covering radius of the body-centred lattice is √5/(2√3) of the spacing.
      #expect(nearest < spacing * 0.66)
    }
    let distances = grid.dropFirst().map { $0.angle(to: grid[0]) }
    #expect(abs((distances.min() ?? 0) - spacing) < 1e-12)
  }
}
