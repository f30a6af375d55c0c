import Ground

/// The maps that were read: those that were used last, and those that are needed for what is seen.
struct MapCache: Sendable {
  /// How many are kept beside those that are needed.
  var capacity = 4
  private var maps: [MapRequest: ReadMap] = [:]
  /// What was used, the last at the end.
  private var uses: [MapRequest] = []
  /// What is wrong with maps that could not be read.
  private var problems: [MapRequest: Problem] = [:]
  /// The last map that was shown, which stays until the next one is there.
  private(set) var lastShown: MapRequest?

  /// A map; nil while it is not in memory.
  subscript(request: MapRequest?) -> ReadMap? { request.flatMap { maps[$0] } }

  /// Why a map cannot be read; nil where it can.
  func problem(of request: MapRequest?) -> Problem? { request.flatMap { problems[$0] } }

  /// Those that have to be read yet.
  func missing(of requests: [MapRequest]) -> [MapRequest] {
    requests.filter { maps[$0] == nil && problems[$0] == nil }
  }

  /// What is shown where a map is wanted: the last one that was, while that is being read.
  func shown(for wanted: MapRequest?) -> ReadMap? { self[wanted] ?? self[lastShown] }

  /// Takes a map that was read.
  ///
  /// - Parameter needed: what is not to be given up for it, nor the last that was shown.
  mutating func add(_ read: ReadMap, needed: [MapRequest]) {
    maps[read.request] = read
    use(read.request, needed: needed)
  }

  mutating func add(_ problem: Problem, of request: MapRequest) { problems[request] = problem }

  /// Notes that a map is used, if it is there, and gives up those that were not for longest.
  mutating func use(_ request: MapRequest, needed: [MapRequest]) {
    guard maps[request] != nil else { return }
    uses.removeAll { $0 == request }
    uses.append(request)
    for old in uses.dropLast(capacity) where old != lastShown && !needed.contains(old) {
      maps[old] = nil
      uses.removeAll { $0 == old }
    }
  }

  /// Notes that a map is shown, if it is there.
  mutating func show(_ request: MapRequest) {
    if maps[request] != nil { lastShown = request }
  }
}
