import CryoEM
import Fourier
import Ground

extension Reconstruction {
  /// The density of an accumulator in a box about the centre, `box`³ samples, x fastest: numerator /
  /// (denominator + regularisation of the shell).
  ///
  /// For the full box, whose cube has gigabytes: it is never whole in real space, and the planes beyond
  /// the box are not made at all. Threads share rows and planes, so that the samples are the same for
  /// any number of them.
  ///
  /// - Parameters:
  ///   - regularisation: per shell of the cube; infinite where nothing is to remain.
  ///   - box: even, at most the cube's size.
  func density(
    of sums: Accumulator, regularisation: [Float], box: Int, threads: Int
  ) -> [Float] {
    let transform = PlaneColumnTransform(size: cube.size)
    let spectrum = FFTBuffer<ComplexFloat>(count: cube.size * transform.planeLength)
    let width = PlaneColumnTransform.blockWidth
    let limit = min(radius, cube.size / 2 - 1)
    let quotient = Quotient(parts: [sums], regularisation: regularisation)
    parallelFor(count: 2 * limit + 1, chunk: 4, threads: threads) { rows, _ in
      let (block, spare) = (transform.block(), transform.block())
      withSampler(quotient) { sample in
        for y in rows.lazy.map({ $0 - limit }) {
          let row = spectrum.pointer + transformIndex(y, size: cube.size) * transform.rowLength
          for x in stride(from: 0, through: limit, by: width) {
            block.clear()
            for z in -limit...limit {
              sample(z, y, x, block.pointer + transformIndex(z, size: cube.size) * width)
            }
            transform.inverseColumns(block, into: row + x, spare: spare)
          }
        }
      }
    }
    return planes(of: spectrum, transform, box: box, interpolation: sums.interpolation)
  }

  /// The planes of a cube that lie in a box, cut to it, the envelopes of the interpolation and of a
  /// `Symmetriser` divided out.
  private func planes(
    of spectrum: FFTBuffer<ComplexFloat>, _ transform: PlaneColumnTransform, box: Int,
    interpolation: Interpolation
  ) -> [Float] {
    let size = cube.size
    let corner = (size - box) / 2
    let correction = cube.correction(
      for: [interpolation] + (geometry.symmetry.order > 1 ? [Symmetriser.interpolation] : []))
    let voxels = Float(cube.period) * Float(cube.period) * Float(cube.period)
    return parallelArray(count: box * box * box, chunk: 4 * box * box) { range, density in
      let plane = FFTBuffer<Float>(count: size * size)
      for z in range.lowerBound / (box * box)..<range.upperBound / (box * box) {
        transform.inversePlane(
          spectrum.pointer + (z + corner) * transform.planeLength, into: plane.pointer)
        for y in 0..<box {
          let outer = correction[z + corner] * correction[y + corner] / voxels
          let source = plane.pointer + (y + corner) * size + corner
          let target = density + (z * box + y) * box
          for x in 0..<box { target[x] = source[x] * outer * correction[x + corner] }
        }
      }
    }
  }
}
