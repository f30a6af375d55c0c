import Ground
import Synchronization

/// An image that a refinement could not use.
public struct BadImage: Sendable, Equatable, Codable {
  /// The particle, by its row in the input, from 0.
  public var particle: Int
  /// What is wrong, with the image's name.
  public var reason: String
  /// The pass that found it. What the final pass finds is in the poses and not in the final maps.
  public var stage: RefinementEvent.Stage
}

extension BadImage: Columned {}

/// The images of a run that cannot be used, whichever pass found them.
///
/// Images are read up to three times: for the survey, to be packed, and for the final maps. A particle
/// that is in here is used by no pass from then on, also where its image reads well again, so that what
/// comes out depends on which images failed and not on when. Threads add in any order.
final class BadImages: Sendable {
  /// How many there may be before the refinement gives up.
  let limit: Int
  /// Particles of the run.
  let total: Int
  private let found = Mutex<[Int: BadImage]>([:])

  init(limit: Int, total: Int) {
    self.limit = limit
    self.total = total
  }

  /// A limit as a share of the particles, rounded up: small sets may lose one image, too.
  convenience init(share: Double, total: Int) {
    let limit = (min(max(share, 0), 1) * Double(total)).rounded(.up)
    self.init(limit: Int(limit), total: total)
  }

  /// Takes note of what an interrupted run has found.
  func add(_ known: [BadImage]) {
    found.withLock { found in for image in known { found[image.particle] = image } }
  }

  /// Takes note of a particle; the first reason stays.
  func add(_ particle: Int, _ problem: Problem, in stage: RefinementEvent.Stage) {
    found.withLock { found in
      if found[particle] == nil {
        found[particle] = BadImage(particle: particle, reason: problem.what, stage: stage)
      }
    }
  }

  func contains(_ particle: Int) -> Bool { found.withLock { $0[particle] != nil } }

  /// All that were found, by particle.
  var all: [BadImage] {
    found.withLock { $0.values.sorted { $0.particle < $1.particle } }
  }

  var isOverLimit: Bool { found.withLock { $0.count > limit } }

  /// - Throws: `Problem` with the count and the first reasons where more are bad than may be.
  func throwIfOverLimit() throws(Problem) {
    guard isOverLimit else { return }
    let all = all
    let first = all.prefix(3).map(\.reason).joined(separator: "; ")
    throw Problem(
      "at least \(all.count) of \(total) images cannot be used, and \(limit) may be left out: \(first)"
        + (all.count > 3 ? "; …" : ""),
      whatToDo: "Bring the images back, leave them out of the particle file, or raise "
        + "input.bad_images.")
  }

  /// Lines for the log about what a stage found: the count, and the first images by name.
  func warnings(of stage: RefinementEvent.Stage) -> [String] {
    let found = all.filter { $0.stage == stage }
    if found.isEmpty { return [] }
    let shown = 10
    let what =
      stage == .final
      ? "could not be read again: they are in the poses and not in the final maps"
      : "cannot be used and are left out"
    return ["\(found.count) of \(total) images \(what)"]
      + found.prefix(shown).map { "particle \($0.particle + 1) is left out: \($0.reason)" }
      + (found.count > shown ? ["… and \(found.count - shown) more; the summary names them"] : [])
  }
}
