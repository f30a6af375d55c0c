import CryoEM

/// The 3×2 matrix that takes pixels of an image's half-plane to units of a Fourier grid.
struct SliceMatrix: Sendable, Equatable {
  var elements: (Float, Float, Float, Float, Float, Float)

  /// Aᵀ · (M k, 0) times the oversampling; M is the optics group's magnification matrix.
  init(rotation: Rotation, oversampling: Double, magnification m: Magnification) {
    let (a, b) = (rotation.row0, rotation.row1)
    let x = (a * m[0] + b * m[2]) * oversampling
    let y = (a * m[1] + b * m[3]) * oversampling
    elements = (Float(x.x), Float(y.x), Float(x.y), Float(y.y), Float(x.z), Float(y.z))
  }

  /// The matrix of two columns: where a step along each of the two coordinates leads.
  init(columns x: Vector3, _ y: Vector3) {
    elements = (Float(x.x), Float(y.x), Float(x.y), Float(y.y), Float(x.z), Float(y.z))
  }

  static func == (left: SliceMatrix, right: SliceMatrix) -> Bool { left.elements == right.elements }

  func withPointer<Result>(_ body: (UnsafePointer<Float>?) -> Result) -> Result {
    withUnsafeBytes(of: elements) {
      body($0.assumingMemoryBound(to: Float.self).baseAddress)
    }
  }
}
