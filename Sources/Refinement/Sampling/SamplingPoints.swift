import CKernels
import CryoEM
import Fourier
import Glibc

/// The pixels of a window's half-plane in shell order, so that a band limit is a prefix.
///
/// Each Hermitian pair is there once (kx > 0, or kx = 0 and ky > 0), neither the origin nor the Nyquist
/// lines are. Within a shell the pixels go round by angle, which keeps the kernels' reads local.
public final class SamplingPoints: Sendable {
  /// Pixels along the window's edge.
  public let window: Int
  /// Highest shell.
  public let maximumShell: Int
  /// Number of pixels.
  public let count: Int
  /// `count` rounded up to whole lanes of the kernels; arrays are zero there.
  public let paddedCount: Int
  /// Frequencies in pixels of the window's transform.
  public let kx: FFTBuffer<Float>
  public let ky: FFTBuffer<Float>
  /// Shell of each pixel: the rounded length of (kx, ky).
  public let shells: [Int32]
  /// Where each pixel lies between the sectors of `NoiseDirections`.
  let sectorPositions: [Float]
  /// `shellEnds[s]` is the number of pixels in shells 0…s.
  public let shellEnds: [Int]
  /// Where each pixel is in FFTW's half-spectrum of the window.
  public let spectrumIndices: [Int32]

  /// The pixels of shells 1…`maximumShell` of a window.
  public init(window: Int, maximumShell: Int) {
    precondition(window % 2 == 0 && maximumShell < window / 2)
    var pixels: [(x: Int, y: Int, shell: Int, angle: Double)] = []
    for x in 0...maximumShell {
      for y in -maximumShell...maximumShell where x > 0 || y > 0 {
        let shell = shell(ofSquare: x * x + y * y)
        guard shell <= maximumShell else { continue }
        pixels.append((x, y, shell, atan2(Double(y), Double(x))))
      }
    }
    pixels.sort { ($0.shell, $0.angle, $0.x) < ($1.shell, $1.angle, $1.x) }
    self.window = window
    self.maximumShell = maximumShell
    count = pixels.count
    paddedCount = (count + 15) / 16 * 16
    kx = FFTBuffer(count: paddedCount)
    ky = FFTBuffer(count: paddedCount)
    var ends = [Int](repeating: 0, count: maximumShell + 1)
    for (index, pixel) in pixels.enumerated() {
      kx[index] = Float(pixel.x)
      ky[index] = Float(pixel.y)
      ends[pixel.shell] = index + 1
    }
    shells = pixels.map { Int32($0.shell) }
    sectorPositions = pixels.map { NoiseDirections.position(Double($0.x), Double($0.y)) }
    shellEnds = ends
    spectrumIndices = pixels.map {
      Int32(transformIndex($0.y, size: window) * (window / 2 + 1) + $0.x)
    }
  }

  /// `paddedCount` of the pixels of shells 1…`maximumShell`, without making them.
  static func paddedCount(window: Int, maximumShell: Int) -> Int {
    var count = 0
    for x in 0...maximumShell {
      for y in -maximumShell...maximumShell where x > 0 || y > 0 {
        if shell(ofSquare: x * x + y * y) <= maximumShell { count += 1 }
      }
    }
    return (count + 15) / 16 * 16
  }

  /// The number of pixels up to a shell.
  public func count(upTo shell: Int) -> Int { shellEnds[min(shell, maximumShell)] }

  /// A factor for each pixel from one for each shell, zero beyond `band` and in the padding.
  public func factors(perShell: [Double], band: Int) -> FFTBuffer<Float> {
    let factors = FFTBuffer<Float>(count: paddedCount)
    for index in 0..<count(upTo: band) { factors[index] = Float(perShell[Int(shells[index])]) }
    return factors
  }

  /// The factor 1 for each pixel up to a shell.
  public func factorsOfOne(upTo band: Int) -> FFTBuffer<Float> {
    factors(perShell: [Double](repeating: 1, count: band + 1), band: band)
  }

  /// A factor for each shell, divided by how the noise depends on direction.
  func factors(
    perShell: [Double], directions: NoiseDirections, band: Int
  ) -> FFTBuffer<Float> {
    let factors = factors(perShell: perShell, band: band)
    for index in 0..<count(upTo: band) {
      factors[index] /= Float(
        directions.ratio(shell: Int(shells[index]), position: sectorPositions[index]))
    }
    return factors
  }

  /// exp(−2πi k·p) of each column and each row, whose product moves a projection by p, in windows.
  ///
  /// - Parameters:
  ///   - columns: of kx from 0 on, `maximumShell` + 1.
  ///   - rows: of ky from −`maximumShell` on, 2 `maximumShell` + 1.
  func phases(
    of position: Vector2, columns: UnsafeMutablePointer<ComplexFloat>,
    rows: UnsafeMutablePointer<ComplexFloat>
  ) {
    for column in 0...maximumShell {
      columns[column] = .unit(angle: -2 * .pi * Double(column) * position.x)
    }
    for row in -maximumShell...maximumShell {
      rows[row + maximumShell] = .unit(angle: -2 * .pi * Double(row) * position.y)
    }
  }

  /// What the kernels need: the pixels up to `band` with their factors.
  func points(factor: FFTBuffer<Float>, band: Int) -> fulcrum_points {
    fulcrum_points(
      kx: kx.pointer, ky: ky.pointer, factor: factor.pointer,
      count: Int32((count(upTo: band) + 15) / 16 * 16))
  }
}
