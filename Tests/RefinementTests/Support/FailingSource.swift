import Synchronization

@testable import Ground
@testable import Refinement

/// Images of which some cannot be read at chosen times, as from a file server in trouble.
final class FailingSource: ImageSource {
  let boxSize: Int
  private let images: ArraySource
  /// Which reads of a particle fail, counted from 1; 0 stands for those of the final pass.
  private let failures: [Int: Set<Int>]
  private let isFinal = Atomic(false)
  private let reads = Mutex<[Int: Int]>([:])

  init(_ images: ArraySource, failures: [Int: Set<Int>]) {
    self.images = images
    self.failures = failures
    boxSize = images.boxSize
  }

  /// Reads of a particle so far.
  func readCount(of particle: Int) -> Int { reads.withLock { $0[particle] ?? 0 } }

  /// To be told of what the refinement does.
  func take(_ event: RefinementEvent) {
    if case .stage(.final, _) = event { isFinal.store(true, ordering: .relaxed) }
  }

  func read(
    particle index: Int, into pixels: inout MutableSpan<Float>
  ) throws(Problem) {
    let times = reads.withLock { reads in
      reads[index, default: 0] += 1
      return reads[index, default: 0]
    }
    let read = isFinal.load(ordering: .relaxed) ? 0 : times
    if failures[index]?.contains(read) == true {
      throw Problem(
        "\(name(of: index)): reading failed (Input/output error)", whatToDo: "Look at the disk.")
    }
    try images.read(particle: index, into: &pixels)
  }
}
