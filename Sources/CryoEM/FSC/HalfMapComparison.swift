import Fourier
import Synchronization

/// Runs body(0) … body(count − 1), in any order and perhaps at the same time, and returns when all are
/// done. What is computed does not depend on it; a caller with threads passes its own.
public typealias Scheduler = (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void

/// The scheduler of one thread.
public func oneAfterTheOther(_ count: Int, _ body: @Sendable (Int) -> Void) {
  for index in 0..<count { body(index) }
}

/// Two half-maps made ready for being compared inside several masks: the transforms that do not depend
/// on the mask are made once.
public struct HalfMapComparison: Sendable {
  /// The half-maps.
  public let a: Volume, b: Volume
  /// Their FSC without a mask.
  public let noMask: [Double]
  /// The first shell at which that is below 0.8, from which phases are randomised; nil for none.
  public let randomisedFromShell: Int?
  /// The half-maps with random phases from that shell on.
  private let random: [Volume]

  /// Prepares a pair of half-maps of one size.
  ///
  /// - Parameter seed: of the random phases.
  public init(
    halfA a: Volume, halfB b: Volume, seed: UInt64, scheduler: Scheduler = oneAfterTheOther
  ) {
    self.a = a
    self.b = b
    let spectra = collected(2, scheduler) { ($0 == 0 ? a : b).spectrum }
    let curve = fourierShellCorrelation(spectra[0], spectra[1])
    noMask = curve
    let first = curve.indices.dropFirst().first { curve[$0] < 0.8 }
    randomisedFromShell = first
    random =
      first.map { first in
        collected(2, scheduler) { half in
          let randomised = spectra[half].phasesRandomised(
            fromShell: first, seed: half == 0 ? seed : ~seed)
          return Volume(spectrum: randomised, pixelSize: a.pixelSize)
        }
      } ?? []
  }

  /// The curve inside a mask.
  public func curve(inside mask: Volume) -> [Double] {
    fourierShellCorrelation(a, b, mask: mask)
  }

  /// The curve of the maps with random phases inside a mask; the plain one where no phases are random.
  public func randomisedCurve(inside mask: Volume) -> [Double] {
    random.isEmpty ? curve(inside: mask) : fourierShellCorrelation(random[0], random[1], mask: mask)
  }

  /// A curve inside a mask, corrected by that of random phases inside the same mask.
  public func corrected(_ masked: [Double], _ randomised: [Double]) -> [Double] {
    guard let randomisedFromShell else { return masked }
    return correctedCurve(masked: masked, randomised: randomised, fromShell: randomisedFromShell)
  }
}

/// The results of body(0) … body(count − 1).
func collected<Result: Sendable>(
  _ count: Int, _ scheduler: Scheduler, _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
  let results = Mutex([Int: Result]())
  scheduler(count) { index in
    let result = body(index)
    results.withLock { $0[index] = result }
  }
  return results.withLock { all in (0..<count).compactMap { all[$0] } }
}
