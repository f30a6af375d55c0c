import Ground
import Synchronization

/// Two half-maps made ready for being compared inside several masks, one after the other: the
/// transforms that do not depend on the mask are made once.
struct HalfMapComparison {
  /// Their edge, Å.
  let edge: Double
  /// Their FSC without a mask.
  let noMask: [Double]
  /// The first shell at which that is below 0.8, from which phases are randomised; nil for none.
  let randomisedFromShell: Int?
  private let pair: SpectrumPair
  private let maps: [CubeSamples]
  /// The half-maps with random phases from that shell on, in the planes of the widest mask.
  private let random: [CubeSamples]

  /// Prepares a pair of half-maps of one size.
  ///
  /// - Parameters:
  ///   - widest: the support of all masks inside which randomised maps will be compared.
  ///   - seed: of the random phases.
  init(
    halfA a: Volume, halfB b: Volume, widest: FSCMask?, seed: UInt64, scheduler: Scheduler
  ) {
    precondition(a.size == b.size)
    edge = a.edge
    let pair = SpectrumPair(size: a.size)
    self.pair = pair
    maps = [.volume(a), .volume(b)]
    let curve = pair.curve(maps, inside: nil, keep: true, scheduler)
    noMask = curve
    let first = curve.indices.dropFirst().first { shell in curve[shell] < 0.8 }
    randomisedFromShell = first
    guard let first else {
      random = []
      return
    }
    random = pair.randomised(fromShell: first, seed: seed, inside: widest, scheduler)
  }

  /// The curve inside a mask.
  func curve(inside mask: FSCMask, _ scheduler: Scheduler) -> [Double] {
    pair.curve(maps, inside: mask, scheduler)
  }

  /// The curve of the maps with random phases inside a mask; nil where no phases are random.
  func randomisedCurve(inside mask: FSCMask, _ scheduler: Scheduler) -> [Double]? {
    random.isEmpty ? nil : pair.curve(random, inside: mask, scheduler)
  }

  /// A curve inside a mask, corrected by that of random phases inside the same mask.
  func corrected(_ masked: [Double], _ randomised: [Double]) -> [Double] {
    guard let randomisedFromShell else { return masked }
    return correctedCurve(masked: masked, randomised: randomised, fromShell: randomisedFromShell)
  }
}

/// The results of body(0) … body(count − 1).
public func collected<Result: Sendable>(
  _ count: Int, _ scheduler: Scheduler, _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
  let results = Mutex([Int: Result]())
  scheduler(count) { index in
    let result = body(index)
    results.withLock { $0[index] = result }
  }
  return results.withLock { all in (0..<count).compactMap { all[$0] } }
}
