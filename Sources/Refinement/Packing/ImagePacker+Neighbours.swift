import CryoEM
import Fourier

/// What other bodies add to images and packed images.
extension ImagePacker {
  /// Takes what neighbours add to an image out of its loaded transform.
  func subtractNeighbours(_ particle: Int, _ workspace: Workspace) {
    guard let neighbours, let room = workspace.neighbours else { return }
    neighbours.sum(particle, into: room)
    let group = transformer.optics(of: particle)
    let spectrum = workspace.image.spectrum
    let points = neighbours.points
    for index in 0..<points.count {
      let pixel = Int(points.spectrumIndices[index])
      var ctf = workspace.image.ctf[pixel]
      // With the body at a defocus of its own the CTF is kept as the microscope had it.
      if defocus != nil, group.isPhaseFlipped { ctf = abs(ctf) }
      if group.isPremultiplied { ctf *= ctf }
      spectrum[pixel] -= ctf * ComplexFloat(room.sumReal[index], room.sumImaginary[index])
    }
  }

  /// What neighbours add to the data of a packed image, in the order of its points: C²/σ² times their
  /// projection, cut to the image's window.
  func packNeighbours(
    _ particle: Int, centre: SIMD2<Int32>, _ workspace: Workspace,
    into data: FFTBuffer<ComplexFloat>
  ) {
    guard let neighbours, let room = workspace.neighbours else { return }
    neighbours.sum(particle, into: room)
    let spectrum = workspace.image.spectrum
    spectrum.pointer.update(repeating: .zero, count: spectrum.count)
    let slot = transformer.slot(of: particle)
    let group = transformer.optics(of: particle)
    transformer.transferFunction(
      of: particle, change: defocus?.body[particle] ?? 0,
      scale: neighbours.imageScale(of: particle)
    ).fill(
      values: &workspace.image.rows, boxSize: geometry.box, pixelSize: group.pixelSize)
    let points = neighbours.points
    let (noise, ctf) = (inverseNoise[slot], workspace.image.rows)
    let factors = slot < directionFactors.count ? directionFactors[slot] : []
    for index in 0..<points.count {
      let pixel = Int(points.spectrumIndices[index])
      var weight = noise[Int(points.shells[index])] * ctf[pixel] * ctf[pixel]
      if !factors.isEmpty { weight *= factors[pixel] }
      spectrum[pixel] = weight * ComplexFloat(room.sumReal[index], room.sumImaginary[index])
    }
    if geometry.window < geometry.box {
      mirrorFirstColumn(of: spectrum, box: geometry.box)
      crop(spectrum, about: centre, workspace)
    }
    let packed = geometry.window < geometry.box ? workspace.windowSpectrum : spectrum
    for index in 0..<self.points.count {
      data[index] = packed[Int(self.points.spectrumIndices[index])]
    }
  }
}

/// Completes the column of kx = 0 of a half-spectrum, of which points hold one of each pair of mates: the
/// transform back wants both. The one that is no point is zero.
func mirrorFirstColumn(of spectrum: FFTBuffer<ComplexFloat>, box: Int) {
  let width = box / 2 + 1
  for row in 1..<(box + 1) / 2 {
    let (upper, lower) = (row * width, (box - row) * width)
    let (a, b) = (spectrum.pointer[upper], spectrum.pointer[lower])
    spectrum.pointer[upper] = ComplexFloat(a.x + b.x, a.y - b.y)
    spectrum.pointer[lower] = ComplexFloat(a.x + b.x, b.y - a.y)
  }
}
