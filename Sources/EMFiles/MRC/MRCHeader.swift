/// The header of an MRC or CCP4 file (MRC2014: Cheng et al., J. Struct. Biol. 192, 2015).
///
/// Columns, rows and sections are the file's own order, fastest first; `axes` says which of x, y and
/// z each of them is.
public struct MRCHeader: Sendable, Equatable {
  /// Values along the fastest axis, the next, and the slowest (nx, ny, nz).
  public var columns: Int, rows: Int, sections: Int
  /// How values are stored.
  public var mode: MRCMode
  /// Index of the first column, row and section in the unit cell (nxstart…).
  public var start = SIMD3<Int32>(0, 0, 0)
  /// Sampling intervals along the cell's x, y and z (mx, my, mz).
  public var sampling: SIMD3<Int32>
  /// The cell's edges along x, y and z, Å.
  public var cell: SIMD3<Float>
  /// The cell's angles, degrees.
  public var angles = SIMD3<Float>(90, 90, 90)
  /// Which axis (1 = x, 2 = y, 3 = z) columns, rows and sections run along (mapc, mapr, maps).
  public var axes = SIMD3<Int32>(1, 2, 3)
  /// Statistics as the writer stated them; nothing promises that they are true.
  public var minimum: Float = 0, maximum: Float = -1, mean: Float = -2, rms: Float = -1
  /// Space group: 0 a stack of images, 1 a volume, 401 a stack of volumes.
  public var spaceGroup: Int32
  /// Bytes between the header and the values, and what they are.
  public var extendedByteCount = 0
  public var extendedType = ""
  /// The position of the first voxel, Å.
  public var origin = SIMD3<Float>(0, 0, 0)
  /// Whether values are stored least significant byte first.
  public var isLittleEndian = true
  /// Bytes of the file behind the last value; more than none is a reason to doubt the header.
  public internal(set) var trailingByteCount = 0
  /// Up to ten lines of text.
  public var labels: [String] = []

  /// Bytes of the fixed part.
  public static let byteCount = 1024

  /// A header for a new file of `columns` × `rows` × `sections` values of cubic voxels.
  ///
  /// - Parameter pixelSize: Å.
  public init(
    columns: Int, rows: Int, sections: Int, mode: MRCMode, pixelSize: Double, isStack: Bool
  ) {
    (self.columns, self.rows, self.sections) = (columns, rows, sections)
    self.mode = mode
    let depth = isStack ? 1 : sections
    sampling = SIMD3(Int32(columns), Int32(rows), Int32(depth))
    cell = SIMD3(columns, rows, depth).asFloat * Float(pixelSize)
    spaceGroup = isStack ? 0 : 1
  }

  /// Where the values begin.
  public var dataOffset: Int { MRCHeader.byteCount + extendedByteCount }

  /// Voxel edges along x, y and z, Å; zero where the header does not say.
  public var voxelSize: SIMD3<Double> {
    var size = SIMD3<Double>.zero
    for axis in 0..<3 where sampling[axis] > 0 && cell[axis] > 0 && cell[axis].isFinite {
      size[axis] = Double(cell[axis]) / Double(sampling[axis])
    }
    return size
  }

  /// Voxels along x, y and z.
  public var size: SIMD3<Int> {
    var size = SIMD3<Int>.zero
    for (axis, count) in [columns, rows, sections].enumerated() {
      size[Int(axes[axis]) - 1] = count
    }
    return size
  }

  /// Bytes of a section, or nil when the product is beyond any memory.
  var sectionByteCount: Int? { product([columns, rows, mode.byteCount]) }
  /// Bytes of all values.
  var valuesByteCount: Int? { product([columns, rows, sections, mode.byteCount]) }
}

extension SIMD3 where Scalar == Int {
  fileprivate var asFloat: SIMD3<Float> { SIMD3<Float>(Float(x), Float(y), Float(z)) }
}

/// The product of non-negative numbers; nil when it does not fit.
func product(_ factors: [Int]) -> Int? {
  var result = 1
  for factor in factors {
    let (value, overflow) = result.multipliedReportingOverflow(by: factor)
    if overflow { return nil }
    result = value
  }
  return result
}
