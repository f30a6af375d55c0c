import CryoEM
import Fourier

/// What other bodies add to images and packed images.
extension ImagePacker {
  /// Takes what neighbours add to an image out of its loaded transform.
  func subtractNeighbours(_ particle: Int, _ workspace: Workspace) {
    guard let neighbours, let room = workspace.neighbours else { return }
    neighbours.sum(particle, against: 0, into: room)
    if room.isTurned { return subtractTurned(particle, neighbours.points, room, workspace) }
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

  /// The same where neighbours are at another defocus than the particle: f(C) · (C S + D T), with S and T the
  /// sums, D the CTF C a quarter of a turn farther on, and f what was done to the image.
  private func subtractTurned(
    _ particle: Int, _ points: SamplingPoints, _ room: Neighbour.Room, _ workspace: Workspace
  ) {
    let group = transformer.optics(of: particle)
    let spectrum = workspace.image.spectrum
    evaluateCTF(change: 0, of: particle, workspace)
    evaluateCTF(
      change: 0, turn: .pi / 2, of: particle, workspace, into: &workspace.quadrature)
    for index in 0..<points.count {
      let pixel = Int(points.spectrumIndices[index])
      let ctf = workspace.other[pixel]
      var factor: Float = 1
      if group.isPhaseFlipped { factor = ctf < 0 ? -1 : 1 }
      if group.isPremultiplied { factor = ctf }
      spectrum[pixel] -=
        factor * room.imaged(index, ctf: ctf, quadrature: workspace.quadrature[pixel])
    }
  }

  /// What neighbours add to the data of a packed image, in the order of its points: C²/σ² times their
  /// projection, or C/σ² times (C S + D T) where they are at another defocus than the body, cut to the
  /// image's window.
  func packNeighbours(
    _ particle: Int, centre: SIMD2<Int32>, _ workspace: Workspace,
    into data: FFTBuffer<ComplexFloat>
  ) {
    guard let neighbours, let room = workspace.neighbours else { return }
    neighbours.sum(particle, against: defocus?.body[particle] ?? 0, into: room)
    let spectrum = workspace.image.spectrum
    spectrum.pointer.update(repeating: .zero, count: spectrum.count)
    evaluateCTFs(beside: particle, neighbours, room, workspace)
    let slot = transformer.particles.slot(of: particle)
    let points = neighbours.points
    let isRegained = defocus != nil && transformer.optics(of: particle).isPremultiplied
    let (noise, ctfs) = (inverseNoise[slot], workspace.image.rows)
    let factors = slot < directionFactors.count ? directionFactors[slot] : []
    for index in 0..<points.count {
      let pixel = Int(points.spectrumIndices[index])
      let ctf = ctfs[pixel]
      var weight = noise[Int(points.shells[index])]
      if !factors.isEmpty { weight *= factors[pixel] }
      if isRegained { weight *= Self.regained(own: workspace.other[pixel]) }
      spectrum[pixel] =
        room.isTurned
        ? weight * ctf * room.imaged(index, ctf: ctf, quadrature: workspace.quadrature[pixel])
        : weight * ctf * ctf * ComplexFloat(room.sumReal[index], room.sumImaginary[index])
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

  /// Leaves the CTF that a body's images are packed with in the workspace's rows, where neighbours are at
  /// another defocus that a quarter of a turn farther on, and the particle's own where the images were
  /// multiplied by that one.
  private func evaluateCTFs(
    beside particle: Int, _ neighbours: Neighbours, _ room: Neighbour.Room, _ workspace: Workspace
  ) {
    let change = defocus?.body[particle] ?? 0
    let scale = neighbours.imageScale(of: particle)
    // Signs of flipped images are in the data and in the model: they cancel.
    evaluateCTF(
      change: change, scale: scale, of: particle, workspace, into: &workspace.image.rows)
    if room.isTurned {
      evaluateCTF(
        change: change, turn: .pi / 2, scale: scale, of: particle, workspace,
        into: &workspace.quadrature)
    }
    if defocus != nil, transformer.optics(of: particle).isPremultiplied {
      evaluateCTF(change: 0, scale: scale, of: particle, workspace, into: &workspace.other)
      workspace.otherOf = nil
    }
  }
}

extension Neighbour.Room {
  /// A point of what the bodies add to an image.
  ///
  /// - Parameters:
  ///   - ctf: C of the image, at the defocus that the bodies were added against.
  ///   - quadrature: D, that a quarter of a turn farther on.
  func imaged(_ index: Int, ctf: Float, quadrature: Float) -> ComplexFloat {
    ComplexFloat(
      ctf * sumReal[index] + quadrature * turnedReal[index],
      ctf * sumImaginary[index] + quadrature * turnedImaginary[index])
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
