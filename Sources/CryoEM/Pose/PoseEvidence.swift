/// What a particle's image says of its pose by itself, without any prior: the logarithm of the
/// likelihood is that of the pose + slope·c − ½ cᵀ·information·c for small changes c of the pose.
///
/// A change has five parameters: a rotation vector w in the frame of the reference, radians, with
/// A' = A·exp(w), and the shift in the image, Å, of where the refinement's fulcrum appears.
public struct PoseEvidence: Sendable, BitwiseCopyable {
  /// One number for each parameter.
  public var slope = InlineArray<5, Float>(repeating: 0)
  /// The symmetric matrix's upper triangle by rows: (0,0), (0,1) … (0,4), (1,1) … (4,4).
  public var information = InlineArray<15, Float>(repeating: 0)

  /// An image that says nothing.
  public init() {}

  /// The number of parameters, and of the triangle's elements.
  public static let parameters = 5, elements = 15

  /// An element of the matrix.
  public func information(_ row: Int, _ column: Int) -> Double {
    let (low, high) = (min(row, column), max(row, column))
    return Double(information[low * (9 - low) / 2 + high])
  }

  /// Whether the image says anything at all.
  public var isNothing: Bool {
    for index in information.indices where information[index] != 0 { return false }
    return true
  }
}
