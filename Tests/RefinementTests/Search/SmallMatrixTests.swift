import CryoEM
import Testing

@testable import Ground
@testable import Refinement

struct SmallMatrixTests {
  /// B Bᵀ + 0.1 of random B: symmetric and positive definite.
  private func positive(seed: UInt64) -> Matrix5 {
    var generator = SeededGenerator(seed: seed)
    let b = (0..<25).map { _ in generator.normal() }
    var matrix = Matrix5()
    for row in 0..<5 {
      for column in 0..<5 {
        let product = (0..<5).reduce(0.0) { $0 + b[5 * row + $1] * b[5 * column + $1] }
        matrix[row, column] = product + (row == column ? 0.1 : 0)
      }
    }
    return matrix
  }

  @Test(arguments: [UInt64(1), 2, 3, 4]) func inverseTimesMatrixIsTheIdentity(seed: UInt64) throws {
    let matrix = positive(seed: seed)
    let inverse = try #require(matrix.inverse)
    for row in 0..<5 {
      for column in 0..<5 {
        let product = (0..<5).reduce(0.0) { $0 + inverse[row, $1] * matrix[$1, column] }
        #expect(abs(product - (row == column ? 1 : 0)) < 1e-9)
      }
    }
  }

  /// 5 − 1 on the diagonal and ones beside it: the inverse of a·1 + J is known in closed form.
  @Test func knowsAnInverseInClosedForm() throws {
    var matrix = Matrix5()
    for row in 0..<5 { for column in 0..<5 { matrix[row, column] = row == column ? 3 : 1 } }
    let inverse = try #require(matrix.inverse)
    // (2·1 + J)⁻¹ = ½ (1 − J / 7).
    for row in 0..<5 {
      for column in 0..<5 {
        let expected = 0.5 * ((row == column ? 1 : 0) - 1.0 / 7)
        #expect(abs(inverse[row, column] - expected) < 1e-14)
      }
    }
  }

  @Test func solvesByItsFactor() throws {
    let matrix = positive(seed: 9)
    let factor = try #require(matrix.cholesky)
    var right = Vector5()
    for index in 0..<5 { right[index] = Double(index) - 1.7 }
    let product = matrix.times(factor.solvingAsFactor(right))
    for index in 0..<5 { #expect(abs(product[index] - right[index]) < 1e-10) }
    #expect(abs(right.dot(product) - right.dot(right)) < 1e-9)
  }

  @Test func refusesWhatIsNotPositive() {
    var matrix = Matrix5()
    for index in 0..<5 { matrix[index, index] = 1 }
    matrix[2, 2] = -1
    #expect(matrix.inverse == nil && matrix.cholesky == nil)
    matrix[2, 2] = 1
    (matrix[0, 4], matrix[4, 0]) = (2, 2)
    #expect(matrix.inverse == nil)
  }
}
