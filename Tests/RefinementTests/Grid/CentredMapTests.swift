import CryoEM
import Fourier
import Testing

@testable import Refinement

struct CentredMapTests {
  private let pixelSize = 3.0

  private func geometry(period: Int, centre: Vector3) -> Geometry {
    Geometry(
      box: 48, pixelSize: pixelSize, window: 32, period: period, centre: centre, fulcrum: .zero,
      maskDiameter: 16)
  }

  /// A map moved by a fraction of a voxel is the map of the moved object.
  @Test(arguments: [32, 64])
  func movesTheCentreToTheOrigin(period: Int) {
    let centre = Vector3(10.3, -7.1, 4.9)
    let object = Phantom.random(blobs: 30, radius: 14, width: 4, seed: 3)
    let displaced = object.moved(rotation: .identity, about: .zero, shift: centre)
    let found = CentredMap(geometry: geometry(period: period, centre: centre))
      .moved(displaced.map(size: 48, pixelSize: pixelSize))
    let expected = object.map(size: period, pixelSize: pixelSize)
    let worst = zip(found, expected.voxels).map { abs($0 - $1) }.max() ?? 1
    // What is left are the tails beyond the box's band limit.
    #expect(worst < 2e-3 * expected.maximum)
    #expect(found.count == period * period * period)
  }

  @Test func gainsActOnTheShellsOfTheBox() {
    let object = Phantom.random(blobs: 30, radius: 14, width: 3, seed: 4)
    let map = object.map(size: 48, pixelSize: pixelSize)
    let found = CentredMap(geometry: geometry(period: 48, centre: .zero))
      .moved(map) { $0 <= 9 ? 2 : 0 }
    let (before, after) = (
      map.spectrum.shellPower, CubicSpectrum(of: found, size: 48).shellPower
    )
    for shell in 1..<24 {
      let expected = shell <= 9 ? 4 * before[shell] : 0
      #expect(abs(after[shell] - expected) < 1e-4 * before[1])
    }
  }

  @Test func boxingKeepsTheCentre() {
    let small = (0..<64).map { Float($0) }
    let padded = CentredMap.boxed(small, from: 4, to: 8)
    #expect(CentredMap.boxed(padded, from: 8, to: 4) == small)
    // Index 2 of 4 is the centre, and so is index 4 of 8.
    #expect(padded[(4 * 8 + 4) * 8 + 4] == small[(2 * 4 + 2) * 4 + 2])
    #expect(padded.reduce(0, +) == small.reduce(0, +))
  }

  /// A coarser cube of a smooth map has the map's values at its own voxels.
  @Test func coarseningSamplesTheSameDensity() {
    let object = Phantom.random(blobs: 20, radius: 30, width: 9, seed: 5)
    let fine = object.map(size: 48, pixelSize: 3)
    let coarse = CentredMap.coarsened(fine.voxels, from: 48, to: 36)
    let expected = object.map(size: 36, pixelSize: 4)
    let worst = zip(coarse, expected.voxels).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-3 * expected.maximum)
    #expect(CentredMap.coarsened(fine.voxels, from: 48, to: 48) == fine.voxels)
  }
}
