/// The half-spectrum of a real cube within a radius, in blocks of eight columns along z that are
/// neighbours in x.
///
/// The phase origin is at index 0 of the cube. Blocks hold whole columns, so also samples beyond the
/// radius, which mean nothing.
public final class BallSpectrum: Sendable {
  /// Columns of a block.
  public static let width = LineTransform.width

  /// Eight columns: y frequency `ky`, x frequencies from `kx` on.
  public struct Block: Sendable {
    public let ky: Int, kx: Int
  }

  /// Samples along the cube's edge.
  public let size: Int
  /// Largest distance from the origin of samples that count.
  public let radius: Int
  /// The blocks, by x and then by y.
  public let blocks: [Block]
  /// Sample z of the block's column x is at (block · size + z) · 8 + x, z in FFTW's order.
  public let values: FFTBuffer<ComplexFloat>

  /// A spectrum of zeros.
  public init(size: Int, radius: Int) {
    precondition(size > 0 && size % 2 == 0)
    self.size = size
    self.radius = radius
    blocks = Self.blocks(size: size, radius: radius)
    values = FFTBuffer(count: blocks.count * size * Self.width)
  }

  /// The largest frequency along an axis: none is Nyquist's.
  public var limit: Int { Self.limit(size: size, radius: radius) }

  static func limit(size: Int, radius: Int) -> Int { min(radius, size / 2 - 1) }

  /// The largest frequency along z, or y, within a radius where the others have a squared distance.
  static func reach(size: Int, radius: Int, beyond square: Int) -> Int? {
    let rest = radius * radius - square
    guard rest >= 0 else { return nil }
    return min(limit(size: size, radius: radius), Int(Double(rest).squareRoot()))
  }

  private static func blocks(size: Int, radius: Int) -> [Block] {
    var blocks: [Block] = []
    for kx in stride(from: 0, through: limit(size: size, radius: radius), by: width) {
      guard let reach = reach(size: size, radius: radius, beyond: kx * kx) else { continue }
      for ky in -reach...reach { blocks.append(Block(ky: ky, kx: kx)) }
    }
    return blocks
  }

  /// The same frequencies on a cube of another size over the same edge, with other samples; those that
  /// one of the cubes cannot hold are zero.
  ///
  /// - Parameter radius: beyond which nothing is taken over.
  public func resampled(to size: Int, radius: Int) -> BallSpectrum {
    let result = BallSpectrum(size: size, radius: radius)
    let (limit, square) = (min(limit, result.limit), self.radius * self.radius)
    let width = Self.width
    var places: [SIMD2<Int>: Int] = [:]
    for (number, block) in blocks.enumerated() { places[SIMD2(block.ky, block.kx)] = number }
    for (number, block) in result.blocks.enumerated() {
      guard abs(block.ky) <= limit, let known = places[SIMD2(block.ky, block.kx)] else { continue }
      let count = min(width, limit - block.kx + 1)
      for kz in -limit...limit where count > 0 {
        let nearest = block.ky * block.ky + block.kx * block.kx + kz * kz
        guard nearest <= square else { continue }
        let target = (number * size + transformIndex(kz, size: size)) * width
        let source = (known * self.size + transformIndex(kz, size: self.size)) * width
        (result.values.pointer + target).update(from: values.pointer + source, count: count)
      }
    }
    return result
  }

  /// Bytes of a spectrum.
  public static func bytes(size: Int, radius: Int) -> Int {
    blocks(size: size, radius: radius).count * size * width * MemoryLayout<ComplexFloat>.stride
  }

  /// Calls `body` with the block, z frequency and index of the first of each eight neighbours along x of
  /// which some are within the radius.
  @inlinable
  public func forEachEight(_ body: (_ block: Block, _ kz: Int, _ index: Int) -> Void) {
    forEachEight(blocks: blocks.indices, body)
  }

  /// The same of some of the blocks.
  @inlinable
  public func forEachEight(
    blocks numbers: Range<Int>, _ body: (_ block: Block, _ kz: Int, _ index: Int) -> Void
  ) {
    let limit = limit
    for number in numbers {
      let block = blocks[number]
      let nearest = block.ky * block.ky + block.kx * block.kx
      for kz in -limit...limit where nearest + kz * kz <= radius * radius {
        body(block, kz, (number * size + transformIndex(kz, size: size)) * Self.width)
      }
    }
  }
}
