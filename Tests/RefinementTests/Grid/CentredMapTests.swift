import CryoEM
import Fourier
import Phantoms
import TestSupport
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

  /// A part of a map that reaches beyond the box has the map's voxels, and zero outside.
  @Test func whatIsCutLiesWhereItWas() {
    var map = Volume(size: 48, pixelSize: pixelSize)
    for index in map.voxels.indices { map.voxels[index] = Float(index % 9973) + 1 }
    // The voxels nearest to the centre are 19, −20 and 1 from the box centre.
    let centred = CentredMap(geometry: geometry(period: 24, centre: Vector3(57, -60.4, 3.3)))
    let part = centred.cut(map)
    let size = centred.cutSize
    #expect(part.size == size && size < 48)
    var outside = 0
    for z in 0..<size {
      for y in 0..<size {
        for x in 0..<size {
          let place = (x - size / 2 + 24 + 19, y - size / 2 + 24 - 20, z - size / 2 + 24 + 1)
          let isInside =
            (0..<48).contains(place.0) && (0..<48).contains(place.1) && (0..<48).contains(place.2)
          if !isInside { outside += 1 }
          guard part[x, y, z] != (isInside ? map[place.0, place.1, place.2] : 0) else { continue }
          Issue.record("voxel \(x) \(y) \(z)")
          return
        }
      }
    }
    #expect(outside > 0)
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

  /// The other way round, and a ball of frequencies on another cube, are the map's too.
  @Test func refiningSamplesTheSameDensity() {
    let object = Phantom.random(blobs: 20, radius: 30, width: 9, seed: 5)
    let coarse = object.map(size: 36, pixelSize: 4)
    let expected = object.map(size: 48, pixelSize: 3)
    let fine = CentredMap.coarsened(coarse.voxels, from: 36, to: 48)
    let worst = zip(fine, expected.voxels).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-3 * expected.maximum)
  }

  /// What is linear is kept as it is, and a mask stays between its values.
  @Test(arguments: [(48, 36), (36, 48), (40, 30)])
  func interpolationIsLinear(from: Int, size: Int) {
    func plane(_ size: Int) -> [Float] {
      (0..<(size * size * size)).map { index in
        let (x, y, z) = (index % size, index / size % size, index / size / size)
        let place = SIMD3(Float(x), Float(y), Float(z)) - Float(size / 2)
        return (place * SIMD3(1, -2, 0.5)).sum() / Float(size)
      }
    }
    let found = CentredMap.interpolated(plane(from), from: from, to: size)
    let expected = plane(size)
    // Within the outermost samples it is exact.
    let middle = (size / 4)..<(3 * size / 4)
    for z in middle {
      for y in middle {
        for x in middle {
          let index = (z * size + y) * size + x
          #expect(abs(found[index] - expected[index]) < 1e-5)
        }
      }
    }
    let mask = Volume.sphere(size: from, pixelSize: 1, radius: 8, outerRadius: 14).voxels
    let moved = CentredMap.interpolated(mask, from: from, to: size)
    #expect(moved.allSatisfy { 0...1 ~= $0 } && moved.contains(1) && moved.contains(0))
    let share = moved.reduce(0, +) / Float(size * size * size)
    let truth = mask.reduce(0, +) / Float(from * from * from)
    #expect(abs(share / truth - 1) < 0.02)
  }
}
