import CryoEM
import Foundation
import Ground
import Testing

@testable import Refinement

/// Density of Gaussian blobs that move or stay, whose sums in either frame have a formula.
struct StandingDensityTests {
  private let size = 48
  private let pixelSize = 3.0
  private let fulcrum = Vector3(0, 0, -30)
  private let shift = 1.5
  /// Changes of pose, some degrees about axes of all directions.
  private let rotations = (0..<24).map { index in
    var generator = SeededGenerator(seed: 5, stream: UInt64(index))
    return Rotation(
      rotationVector: Vector3(generator.normal(), generator.normal(), generator.normal()) * 0.09)
  }

  private struct Blob {
    var centre: Vector3
    var deviation = 4.5
  }

  /// What moves with the frame of now: a chain of blobs on one side; what stays: one on the other.
  private let moving = (0..<9).map {
    Blob(centre: Vector3(12 + 4 * Double($0 % 3), 8 * Double($0 / 3) - 8, 18))
  }
  private let standing = (0..<6).map {
    Blob(centre: Vector3(-22 - 3 * Double($0 % 2), 9 * Double($0 / 2) - 9, 14))
  }

  /// The sum of blobs, each averaged over rotations about the fulcrum and blurred by the shifts.
  private func density(_ blobs: [Blob], turned turns: [Rotation], shift: Double) -> Volume {
    var volume = Volume(size: size, pixelSize: pixelSize)
    volume.forEachVoxel { index, position in
      var sum = 0.0
      for blob in blobs {
        let variance = blob.deviation * blob.deviation + shift * shift
        for turn in turns {
          let away = position - (fulcrum + turn.applied(to: blob.centre - fulcrum))
          sum +=
            pow(blob.deviation * blob.deviation / variance, 1.5)
            * exp(-0.5 * (away * away).sum() / variance)
        }
      }
      volume.voxels[index] = Float(sum / Double(turns.count))
    }
    return volume
  }

  private func noisy(_ volume: Volume, deviation: Double, seed: UInt64) -> Volume {
    var generator = SeededGenerator(seed: seed, stream: 0)
    return volume.map { $0 + Float(deviation * generator.normal()) }
  }

  private func finding(
    moves: Bool, stays: Bool, noise: Double, firstNoise: Double? = nil
  ) -> StandingDensity.Finding? {
    let none = Volume(size: size, pixelSize: pixelSize)
    let inverse = rotations.map(\.transposed)
    let first =
      (stays ? density(standing, turned: [.identity], shift: 0) : none)
      + (moves ? density(moving, turned: rotations, shift: shift) : none)
    let now =
      (moves ? density(moving, turned: [.identity], shift: 0) : none)
      + (stays ? density(standing, turned: inverse, shift: shift) : none)
    let mask = none.map { _ in 0 }.combined(with: none) { _, _ in 0 }
    var ball = mask
    mask.forEachVoxel { index, position in
      ball.voxels[index] = (position * position).sum() < 55 * 55 ? 1 : 0
    }
    return StandingDensity(
      first: (1...2).map { noisy(first, deviation: firstNoise ?? noise, seed: $0) },
      now: (3...4).map { noisy(now, deviation: noise, seed: $0) }, mask: ball,
      blur: MotionBlur(rotations: rotations, fulcrum: fulcrum, shift: shift)
    ).found()
  }

  private func mean(_ share: Volume, over blobs: [Blob]) -> Double {
    blobs.reduce(0.0) { $0 + Double(share.linear(at: share.index(of: $1.centre))) }
      / Double(blobs.count)
  }

  /// Blobs seen from the other frame lie where the rotations take them, by the formula of their sum.
  @Test(arguments: [false, true]) func aBlurIsThatOfTheFormula(inverted: Bool) {
    let blur = MotionBlur(rotations: rotations, fulcrum: fulcrum, shift: shift)
    let seen = blur.seen(
      density(moving, turned: [.identity], shift: 0), inverted: inverted,
      within: [Bool](repeating: true, count: size * size * size))
    // Point v of the moving frame is R v of the first: what rests in the first at c is seen at R⁻¹ c.
    let expected = density(
      moving, turned: inverted ? rotations : rotations.map(\.transposed), shift: shift)
    let largest = expected.voxels.max() ?? 0
    let worst = zip(seen.voxels, expected.voxels).map { abs($0 - $1) }.max() ?? 1
    // Straight lines between voxels of 3 Å miss a little of blobs of 4.5 Å.
    #expect(worst < 0.06 * largest, "\(worst) of \(largest)")
  }

  @Test func tellsWhatStaysFromWhatMoves() throws {
    let found = try #require(finding(moves: true, stays: true, noise: 0.1))
    let worthwhile = found.isWorthwhile
    #expect(worthwhile, "\(found.standing) \(found.significance)")
    #expect(mean(found.share, over: moving) > 0.9)
    #expect(mean(found.share, over: standing) < 0.15)
    // Six of fifteen blobs of one size stay; neighbours' overlaps weigh more where there are more of them.
    #expect(0.2..<0.5 ~= found.standing, "\(found.standing)")
  }

  @Test func whatMovesIsLeft() throws {
    let found = try #require(finding(moves: true, stays: false, noise: 0.1))
    let worthwhile = found.isWorthwhile
    #expect(!worthwhile, "\(found.standing) \(found.significance)")
    #expect(mean(found.share, over: moving) > 0.95)
  }

  @Test func noiseIsNoDensity() {
    // Half-maps without anything in common, or with what noise has.
    let found = finding(moves: false, stays: false, noise: 1)
    let (worthwhile, significance) = (found?.isWorthwhile ?? false, found?.significance)
    #expect(!worthwhile, "\(String(describing: significance))")
  }

  /// Poses that follow one noise show it in both halves; at the first poses they have nothing in common.
  @Test func whatIsSeenNowAloneDoesNotStay() {
    let isNothing = finding(moves: true, stays: true, noise: 0.1, firstNoise: 200) == nil
    #expect(isNothing)
  }
}
