import Fourier

@testable import Refinement

extension Accumulator {
  /// All numerators.
  var numerators: [ComplexFloat] { (0..<count).map { numerator[$0] } }
  /// All denominators.
  var denominators: [Float] { (0..<count).map { denominator[$0] } }
}
