/// Chunks of a search that are finished, with their outcomes one after the other.
struct SearchChunks: Sendable, Columned {
  private var chunks: [Int] = []
  private var counts: [Int] = []
  private var outcomes: [SearchPass.Outcome] = []

  mutating func move(_ columns: inout Columns) {
    columns.move("chunks", &chunks)
    columns.move("counts", &counts)
    columns.move("outcomes", &outcomes)
  }

  /// Adds a chunk.
  mutating func add(_ found: [SearchPass.Outcome], chunk: Int) {
    chunks.append(chunk)
    counts.append(found.count)
    outcomes += found
  }

  /// Adds others.
  mutating func add(_ other: SearchChunks) {
    chunks += other.chunks
    counts += other.counts
    outcomes += other.outcomes
  }

  /// Takes chunks out.
  mutating func take(_ wanted: Range<Int>) -> SearchChunks {
    var (taken, left) = (SearchChunks(), SearchChunks())
    for (chunk, outcomes) in byChunk.sorted(by: { $0.key < $1.key }) {
      if wanted.contains(chunk) {
        taken.add(outcomes, chunk: chunk)
      } else {
        left.add(outcomes, chunk: chunk)
      }
    }
    self = left
    return taken
  }

  /// Whether the counts divide the outcomes; what was read may be anything.
  var isConsistent: Bool {
    guard counts.count == chunks.count else { return false }
    var left = outcomes.count
    for count in counts {
      guard count >= 0, count <= left else { return false }
      left -= count
    }
    return left == 0
  }

  /// The outcomes by chunk; of one that is there twice the last.
  var byChunk: [Int: [SearchPass.Outcome]] {
    var found: [Int: [SearchPass.Outcome]] = [:]
    var first = 0
    for (chunk, count) in zip(chunks, counts) {
      found[chunk] = Array(outcomes[first..<first + count])
      first += count
    }
    return found
  }
}
