import CryoEM
import Fourier
import Ground
import Particles

/// Adds single images to the sums of a survey; one for each thread.
final class SurveyWorker: @unchecked Sendable {
  private let transformer: ImageTransformer
  var particles: ParticleSet { transformer.particles }
  private let map: BoxModel
  private let outside: [BoxModel]
  private let workspace: ImageTransformer.Workspace
  private let real: FFTBuffer<Float>
  private let imaginary: FFTBuffer<Float>

  init(transformer: ImageTransformer, map: BoxModel, outside: [BoxModel]) {
    self.transformer = transformer
    self.map = map
    self.outside = outside
    workspace = ImageTransformer.Workspace(box: transformer.box)
    let count = max(map.points.paddedCount, outside.first?.points.paddedCount ?? 0)
    real = FFTBuffer(count: count)
    imaginary = FFTBuffer(count: count)
  }

  /// Adds an image; returns its power within its window, and its background.
  func add(
    _ particle: Int, to sums: inout SurveySums
  ) throws(Problem) -> (power: Double, background: ImageTransformer.Background) {
    try transformer.load(particle, into: workspace)
    let group = transformer.optics(of: particle)
    let box = transformer.box
    let width = box / 2 + 1
    for y in 0..<box {
      let ky = signedFrequency(y, size: box)
      for x in 0..<width where x > 0 || ky > 0 {
        let shell = shell(ofSquare: x * x + ky * ky)
        guard shell < width else { continue }
        let value = workspace.spectrum[y * width + x]
        let ctf = Double(workspace.ctf[y * width + x])
        sums.count[shell] += 1
        sums.power[shell] += Double(value.squaredModulus)
        sums.ctfPower[shell] += ctf * ctf
        if sums.directions.isUsed {
          sums.directions.add(
            shell: shell, position: NoiseDirections.position(Double(x), Double(ky)),
            power: Double(value.squaredModulus), expected: group.isPremultiplied ? ctf * ctf : 1)
        }
      }
    }
    let pose = transformer.particles.poses[particle]
    forEachModelPixel(of: map, pose: pose, group: group) { shell, cross, power in
      sums.crossMap[shell] += cross
      sums.powerMap[shell] += power
    }
    let measured = (workspace.power, workspace.background)
    guard outside.count == 2 else { return measured }
    let half = particles.halfSets[particle].rawValue
    forEachModelPixel(of: outside[1 - half], pose: pose, group: group) { shell, cross, power in
      sums.crossOutside[shell] += cross
      sums.powerOutside[shell] += power
    }
    forEachModelPixel(of: outside[half], pose: pose, group: group) { shell, cross, _ in
      sums.crossOwn[shell] += cross
    }
    return measured
  }

  private func forEachModelPixel(
    of model: BoxModel, pose: Pose, group: OpticsGroup,
    _ body: (_ shell: Int, _ cross: Double, _ power: Double) -> Void
  ) {
    let magnification = transformer.switches.magnification ? group.magnification : .identity
    model.project(pose, magnification: magnification, real: real, imaginary: imaginary)
    for index in 0..<model.points.count {
      let pixel = Int(model.points.spectrumIndices[index])
      var ctf = workspace.ctf[pixel]
      if group.isPremultiplied { ctf *= ctf }
      let value = ComplexFloat(real[index] * ctf, imaginary[index] * ctf)
      let data = workspace.spectrum[pixel]
      body(
        Int(model.points.shells[index]), Double((value * data).sum()),
        Double(value.squaredModulus))
    }
  }
}
