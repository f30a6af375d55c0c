import Fourier
import Ground

/// Real samples of a cube, x fastest.
enum CubeSamples: Sendable {
  case volume(Volume)
  case buffer(FFTBuffer<Float>)

  /// Calls `body` with the first sample.
  func withPointer(_ body: (UnsafePointer<Float>) -> Void) {
    switch self {
    case .volume(let volume):
      volume.voxels.withUnsafeBufferPointer { if let base = $0.baseAddress { body(base) } }
    case .buffer(let buffer): body(UnsafePointer(buffer.pointer))
    }
  }
}

/// The memory in which two maps are transformed side by side and correlated, used again for each mask.
///
/// Whoever holds it uses it for one pair at a time. Work is cut into a fixed number of parts, so that
/// the sums are the same for every scheduler.
struct SpectrumPair: Sendable {
  let size: Int
  private let transform: PlaneColumnTransform
  private let spectra: [FFTBuffer<ComplexFloat>]
  private static let parts = 32

  init(size: Int) {
    self.size = size
    transform = PlaneColumnTransform(size: size)
    let count = size * transform.planeLength
    spectra = [FFTBuffer(count: count), FFTBuffer(count: count)]
  }

  /// The FSC of two maps inside a mask. With `keep` the spectra are there afterwards.
  func curve(
    _ maps: [CubeSamples], inside mask: FSCMask?, keep: Bool = false, _ scheduler: Scheduler
  ) -> [Double] {
    scheduler(Self.parts) { transformPlanes(maps, mask, range($0)) }
    let sums = collected(Self.parts, scheduler) { correlate(range($0), keep: keep) }
    var total = ShellSums(size: size)
    for part in sums { total.add(part) }
    return total.curve
  }

  /// The maps of the kept spectra with random phases from a shell on, times size³, in the planes where
  /// a mask is not empty.
  func randomised(
    fromShell first: Int, seed: UInt64, inside mask: FSCMask?, _ scheduler: Scheduler
  ) -> [CubeSamples] {
    let phases = RandomPhases(size: size, firstShell: first)
    scheduler(Self.parts) { part in
      let (block, spare) = (transform.block(), transform.block())
      for half in 0..<2 {
        for y in range(part) {
          for x in stride(from: 0, to: transform.rowLength, by: PlaneColumnTransform.blockWidth) {
            let start = spectra[half].pointer + y * transform.rowLength + x
            phases.fill(
              block, from: start, planeLength: transform.planeLength, y: y, x: x,
              seed: half == 0 ? seed : ~seed)
            transform.inverseColumns(block, into: start, spare: spare)
          }
        }
      }
    }
    let maps = (0..<2).map { _ in FFTBuffer<Float>(count: size * size * size) }
    scheduler(Self.parts) { part in
      for half in 0..<2 {
        for z in range(part) where mask?.rows[z].isEmpty != true {
          transform.inversePlane(
            spectra[half].pointer + z * transform.planeLength,
            into: maps[half].pointer + z * size * size)
        }
      }
    }
    return maps.map { .buffer($0) }
  }

  /// The planes or rows of a part.
  private func range(_ part: Int) -> Range<Int> {
    part * size / Self.parts..<(part + 1) * size / Self.parts
  }

  private func transformPlanes(_ maps: [CubeSamples], _ mask: FSCMask?, _ planes: Range<Int>) {
    let plane = FFTBuffer<Float>(count: size * size)
    for half in 0..<2 {
      maps[half].withPointer { source in
        for z in planes {
          let target = spectra[half].pointer + z * transform.planeLength
          if let mask, mask.rows[z].isEmpty {
            target.update(repeating: .zero, count: size * transform.rowLength)
            continue
          }
          let samples = source + z * size * size
          if let mask {
            mask.multiply(samples, plane: z, into: plane.pointer)
          } else {
            plane.pointer.update(from: samples, count: size * size)
          }
          transform.forwardPlane(plane.pointer, into: target)
        }
      }
    }
  }

  private func correlate(_ rows: Range<Int>, keep: Bool) -> ShellSums {
    let width = PlaneColumnTransform.blockWidth
    let blocks = (0..<2).map { _ in transform.block() }
    let spare = transform.block()
    var sums = ShellSums(size: size)
    for y in rows {
      let ky = signedFrequency(y, size: size)
      for x in stride(from: 0, to: transform.rowLength, by: width) {
        // Beyond the last shell there is nothing to see.
        if !keep && ky * ky + x * x > sums.largestSquare { break }
        for half in 0..<2 {
          let start = spectra[half].pointer + y * transform.rowLength + x
          transform.forwardColumns(start, into: blocks[half], spare: spare)
          if keep { store(blocks[half], at: start) }
        }
        sums.add(blocks[0], blocks[1], ky: ky, kx: x)
      }
    }
    return sums
  }

  private func store(
    _ block: FFTBuffer<ComplexFloat>, at start: UnsafeMutablePointer<ComplexFloat>
  ) {
    let width = PlaneColumnTransform.blockWidth
    for z in 0..<size {
      (start + z * transform.planeLength).update(from: block.pointer + z * width, count: width)
    }
  }
}
