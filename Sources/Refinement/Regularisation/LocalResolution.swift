import CryoEM
import Fourier
import Ground
import Glibc

/// The resolution of each voxel inside a mask: the cut-off with which each half-map foretells the other
/// one best there, the raw half-maps filtered by nothing but the bank.
///
/// Taking in a band pays where the local FSC of the half-maps is above 0.5, so that is what the map
/// tells, within a window of three wavelengths.
struct LocalResolution: Sendable {
  let geometry: Geometry
  let settings: RefinementSettings
  /// Finer steps than for a reference, as the numbers are looked at.
  private let step = 1.15

  /// Radius of the window in wavelengths of the cut-off: in narrower ones half-maps of noise alone come to
  /// correlate.
  private static let windowFactor = 3.0

  /// - Parameter mask: in the box of the maps. Nothing but it decides where voxels are looked at, so that
  ///   the same half-maps have the same local resolution wherever they come from.
  init(mask: Volume, settings: RefinementSettings) {
    let whole = Geometry(box: mask.size, mask: mask, fulcrum: .zero, shiftExtent: 0)
    // A mask as wide as the box needs no room: what wraps around is the far side of a sphere.
    geometry = Geometry(
      box: mask.size, pixelSize: mask.pixelSize, window: whole.window,
      period: min(whole.period, goodTransformSize(atLeast: mask.size)), centre: whole.centre,
      fulcrum: .zero, maskDiameter: whole.maskDiameter)
    self.settings = settings
  }

  /// The map in the images' box, Å; outside the mask the coarsest resolution that is told apart.
  ///
  /// - Parameters:
  ///   - halves: unfiltered half-maps in the images' box.
  ///   - resolution: of the whole, Å: local ones are looked for as far as four thirds of its frequency.
  func map(halves: [Volume], mask: Volume, resolution: Double) -> Volume {
    let period = geometry.period
    let edge = Double(period) * geometry.pixelSize
    let last = max(4, min(period / 2 - 2, Int((4 / 3 * edge / resolution).rounded(.up))))
    let size = min(period, CubeTransform.size(forRadius: last + 2))
    let floor = max(2, min(edge / settings.splitResolution, Double(last) / 4))
    let bank = FilterBank(
      from: floor, to: Double(last), step: step, settings: settings.nonuniform)
    let centred = CentredMap(geometry: geometry)
    let weights = CentredMap.interpolated(centred.moved(mask: mask), from: period, to: size)
    let rows = VoxelRows(of: weights, size: size)
    let spectra = halves.map {
      CentredMap.ball(centred.moved($0), size: period, radius: last + 1)
        .resampled(to: size, radius: last + 1)
    }
    let scale = 1 / Float(period * period * period)
    let cutOffs = CutOffSearch(
      bank: bank, transform: RowTransform(rows), awf: Self.windowFactor,
      threads: settings.threads
    ).cutOffs(
      halves: CutOffSearch.Halves(
        spectra: spectra, factors: [Float](repeating: scale, count: rows.count)),
      weights: [Double](repeating: 1, count: last + 1), mask: rows.values(of: weights))
    let positions = rows.cube(of: cutOffs.positions, rest: Float(bank.count - 1))
    let coarsest = Float(edge / bank.cutOff(at: 0))
    var result = Volume(
      size: mask.size, pixelSize: mask.pixelSize,
      voxels: parallelArray(repeating: coarsest, count: mask.voxels.count))
    let voxels = Float(size) * Float(geometry.pixelSize) / Float(edge)
    let centre = SIMD3<Float>(geometry.centre / geometry.pixelSize)
    let half = Float(mask.size / 2)
    let resolutions = (0...(64 * (bank.count - 1))).map {
      Float(edge / bank.cutOff(at: Double($0) / 64))
    }
    result.voxels.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      inParallel(mask.size) { planes in
        for z in planes {
          for y in 0..<mask.size {
            for x in 0..<mask.size where mask[x, y, z] > 0.01 {
              let place = (SIMD3(Float(x), Float(y), Float(z)) - half - centre) * voxels
              let position = interpolated(positions, size: size, at: place + Float(size / 2))
              values[(z * mask.size + y) * mask.size + x] =
                resolutions[Int((64 * position).rounded())]
            }
          }
        }
      }
    }
    return result
  }

  /// A map inside the mask, each voxel low-passed to its own resolution.
  ///
  /// - Parameters:
  ///   - map: in the box of the mask.
  ///   - resolutions: of its voxels, Å.
  func filtered(_ map: Volume, by resolutions: Volume, mask: Volume) -> Volume {
    let rows = VoxelRows(of: mask.voxels, size: mask.size)
    let inside = rows.values(of: resolutions.voxels)
    guard let finest = inside.min(), let coarsest = inside.max() else { return mask }
    let edge = Double(mask.size) * mask.pixelSize
    // The last filter of a bank lets everything pass: one step beyond what any voxel takes.
    let limit = min(edge / Double(finest) * step, Double(mask.size / 2 - 1))
    let bank = FilterBank(
      from: min(edge / Double(coarsest), limit), to: limit, step: step,
      settings: settings.nonuniform)
    let radius = min(mask.size / 2 - 1, Int((limit * step).rounded(.up)))
    let weights = rows.values(of: mask.voxels)
    let cutOffs = LocalCutOffs(
      bank: bank, rows: rows,
      positions: inside.map { Float(bank.position(ofCutOff: edge / Double($0))) },
      mask: weights, radius: radius)
    let cube = CubeTransform(rows, period: mask.size)
    let workspace = CubeTransform.Workspace(
      real: FFTBuffer(count: rows.count),
      spectrum: CentredMap.ball(map.voxels, size: mask.size, radius: radius),
      scratch: cube.transform.workspace(radius: radius))
    cutOffs.apply(to: workspace, of: cube, radius: radius, FFTBuffer(count: rows.count))
    let scale = 1 / Float(mask.size * mask.size * mask.size)
    let values = weights.indices.map { weights[$0] * scale * workspace.real[$0] }
    return Volume(size: mask.size, pixelSize: mask.pixelSize, voxels: rows.cube(of: values))
  }

  /// A value between the voxels of a cube, linearly; at its faces the nearest.
  private func interpolated(_ values: [Float], size: Int, at place: SIMD3<Float>) -> Float {
    let bounded = place.clamped(lowerBound: .zero, upperBound: SIMD3(repeating: Float(size - 1)))
    let corner = bounded.rounded(.down).clamped(
      lowerBound: .zero, upperBound: SIMD3(repeating: Float(size - 2)))
    let share = bounded - corner
    let (x, y, z) = (Int(corner.x), Int(corner.y), Int(corner.z))
    func row(_ y: Int, _ z: Int) -> Float {
      let index = (z * size + y) * size + x
      return values[index] + share.x * (values[index + 1] - values[index])
    }
    func plane(_ z: Int) -> Float { row(y, z) + share.y * (row(y + 1, z) - row(y, z)) }
    return plane(z) + share.z * (plane(z + 1) - plane(z))
  }
}
