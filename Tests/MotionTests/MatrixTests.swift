import CryoEM
import Ground
import Testing

@testable import Motion

struct MatrixTests {
  private func random(_ size: Int, _ generator: inout SeededGenerator) -> Matrix {
    var matrix = Matrix(size, size)
    for index in matrix.elements.indices { matrix.elements[index] = generator.normal() }
    return matrix
  }

  private func distance(_ a: Matrix, _ b: Matrix) -> Double {
    (a - b).elements.map(abs).max() ?? 0
  }

  @Test(arguments: [1, 5, 6, 18])
  func factorsAndEigenvectors(size: Int) throws {
    var generator = SeededGenerator(seed: UInt64(size))
    let square = random(size, &generator)
    let matrix = square * square.transposed + .identity(size)
    let factor = try #require(matrix.cholesky)
    #expect(distance(factor * factor.transposed, matrix) < 1e-10)
    #expect(distance(factor.inverseAsFactor * matrix, .identity(size)) < 1e-9)
    #expect(distance(factor.invertedFactor * factor, .identity(size)) < 1e-10)
    let (values, vectors) = matrix.eigen
    #expect(values == values.sorted(by: >))
    var diagonal = Matrix(size, size)
    for index in 0..<size { diagonal[index, index] = values[index] }
    #expect(distance(vectors * diagonal * vectors.transposed, matrix) < 1e-9)
    #expect((matrix * -1).cholesky == nil)
  }

  /// How far a motion moves a shape, against its voxels moved one by one.
  @Test func displacementIsThatOfThePoints() throws {
    var mask = Volume(size: 16, pixelSize: 3)
    for z in 5..<9 { for y in 2..<12 { for x in 7..<13 { mask[x, y, z] = Float(x + y) / 20 } } }
    let shape = try #require(RegionShape(mask: mask))
    let (turn, shift, fulcrum) = (
      Vector3(0.01, -0.02, 0.005), Vector3(0.3, -0.1, 0.2), Vector3(4, -7, 2)
    )
    var (weight, sum) = (0.0, 0.0)
    mask.forEachVoxel { index, point in
      let moved = shift + cross(turn, point - fulcrum)
      weight += Double(mask.voxels[index])
      sum += Double(mask.voxels[index]) * (moved * moved).sum()
    }
    let displacement = shape.displacement(rotation: turn, translation: shift, fulcrum: fulcrum)
    #expect(abs(displacement - (sum / weight).squareRoot()) < 1e-9)
    let x = [turn.x, turn.y, turn.z, shift.x, shift.y, shift.z]
    let form = zip(x, shape.metric(fulcrum: fulcrum) * x).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(form - displacement * displacement) < 1e-9)
    #expect(abs(shape.volume - weight * 27) < 1e-6)
    #expect(RegionShape(mask: Volume(size: 8, pixelSize: 1)) == nil)
  }
}
