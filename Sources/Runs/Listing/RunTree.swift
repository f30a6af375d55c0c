import Ground
import Jobs

/// Runs below those that they come from; the runs of a sweep are below a line of their own.
public struct RunTree: Sendable {
  /// A line of the tree.
  public struct Line: Sendable {
    /// What distinguishes it: the run's folder, or `sweep:NAME`.
    public var id: String
    /// Its run, by its place among those that were given; nil for a sweep. Of a region that of its run.
    public var run: Int?
    /// The region of the run, by its place among those that are shown; nil for the run itself.
    public var region: Int?
    /// The sweep whose runs are below it, by their places.
    public var sweep: (name: String, runs: [Int])?
    public var origin: RunOrigin?
    /// The line above, and the first of the branch; of a first one itself.
    public var parent: Int?
    public var root: Int
    /// What was changed on the way from its parent.
    public var changes: [RunChange]
    /// Of each line above it from the first on, and of itself, whether more of its siblings follow.
    public var continues: [Bool]
    public var hasChildren: Bool
    public var isFolded: Bool

    /// Lines above it.
    public var depth: Int { continues.count - 1 }
  }

  private struct Node {
    var id: String
    var run: Int?
    var sweep: (name: String, runs: [Int])?
    var origin: RunOrigin?
    var parent: Int?
    var changes: [RunChange] = []
    var children: [Int] = []
  }

  private var nodes: [Node] = []
  private var roots: [Int] = []

  /// - Parameter runs: in the order in which siblings stand.
  public init(_ runs: [KnownRun]) {
    nodes = runs.indices.map { Node(id: runs[$0].path, run: $0) }
    let places = Dictionary(
      runs.indices.map { (FilePath.absolute(runs[$0].path), $0) }, uniquingKeysWith: { a, _ in a })
    let byIdentifier = Dictionary(
      runs.indices.compactMap { index in
        runs[index].entry.manifest?.identifier.map { ($0, index) }
      }, uniquingKeysWith: { a, _ in a })
    let byName = Dictionary(
      runs.indices.map { (runs[$0].name, $0) }, uniquingKeysWith: { a, _ in a })
    for (index, run) in runs.enumerated() {
      let found = RunOrigin.origin(
        of: run,
        named: { parent in
          (parent.identifier.map { byIdentifier[$0] } ?? byName[parent.run])
            .map { runs[$0].path }
        },
        isRun: { places[$0] != nil || RunFolder($0).exists })
      guard let found else { continue }
      nodes[index].origin = found.origin
      // Not below itself, whatever its files say.
      guard let place = found.folder.flatMap({ places[FilePath.absolute($0)] }),
        !isAbove(index, place)
      else { continue }
      nodes[index].parent = place
      if let before = runs[place].job, let after = run.job {
        nodes[index].changes = RunChange.changes(
          from: before, to: after, isRerun: found.origin.kind == .rerun)
      }
    }
    addSweeps(runs)
    for index in nodes.indices {
      if let parent = nodes[index].parent {
        nodes[parent].children.append(index)
      } else {
        roots.append(index)
      }
    }
    order()
  }

  /// Whether a node is another, or above it.
  private func isAbove(_ node: Int, _ other: Int) -> Bool {
    var next: Int? = other
    while let place = next {
      if place == node { return true }
      next = nodes[place].parent
    }
    return false
  }

  /// Puts the runs of each sweep below a line of its own, which stands where the first of them would.
  private mutating func addSweeps(_ runs: [KnownRun]) {
    let groups = Dictionary(grouping: runs.indices) { runs[$0].entry.manifest?.group?.name ?? "" }
    for (name, members) in groups.sorted(by: { $0.key < $1.key }) where !name.isEmpty {
      let ordered = members.sorted {
        (runs[$0].entry.manifest?.group?.number ?? 0)
          < (runs[$1].entry.manifest?.group?.number ?? 0)
      }
      let place = nodes.count
      let first = members.first.map { nodes[$0] }
      let parent = first?.parent.flatMap { parent in
        members.contains { isAbove($0, parent) } ? nil : parent
      }
      nodes.append(
        Node(id: "sweep:" + name, sweep: (name, ordered), origin: first?.origin, parent: parent))
      for member in members {
        nodes[member].parent = place
        nodes[member].origin = nil
        nodes[member].changes = (runs[member].entry.manifest?.group?.varied ?? []).map {
          RunChange(key: $0.key, before: "", after: $0.shown)
        }
      }
    }
  }

  /// Puts children and first lines into the order of the runs, a sweep where its first run stands.
  private mutating func order() {
    let places = nodes.indices.map { nodes[$0].sweep?.runs.min() ?? $0 }
    roots.sort { places[$0] < places[$1] }
    for index in nodes.indices {
      let children = nodes[index].sweep?.runs ?? nodes[index].children
      nodes[index].children =
        nodes[index].sweep == nil ? children.sorted { places[$0] < places[$1] } : children
    }
  }

  /// The lines from the top, without those below folded ones.
  ///
  /// - Parameters:
  ///   - folded: the ids of lines whose branches are hidden.
  ///   - regions: what distinguishes the regions of a run that have lines below it, before the runs that
  ///     come from it; by the run's place.
  public func lines(
    folded: Set<String> = [], regions: (Int) -> [String] = { _ in [] }
  ) -> [Line] {
    var lines: [Line] = []
    func add(_ node: Int, parent: Int?, root: Int?, continues: [Bool]) {
      let item = nodes[node]
      let place = lines.count
      let isFolded = folded.contains(item.id) && !item.children.isEmpty
      lines.append(
        Line(
          id: item.id, run: item.run, sweep: item.sweep, origin: item.origin, parent: parent,
          root: root ?? place, changes: item.changes, continues: continues,
          hasChildren: !item.children.isEmpty, isFolded: isFolded))
      let shown = isFolded ? [] : item.children
      let inside = item.run.map(regions) ?? []
      for (number, id) in inside.enumerated() {
        lines.append(
          Line(
            id: id, run: item.run, region: number, parent: place, root: root ?? place, changes: [],
            continues: continues + [number + 1 < inside.count || !shown.isEmpty],
            hasChildren: false, isFolded: false))
      }
      for child in shown {
        add(
          child, parent: place, root: root ?? place,
          continues: continues + [child != item.children.last])
      }
    }
    for root in roots { add(root, parent: nil, root: nil, continues: [false]) }
    return lines
  }
}

extension RunTree.Line {
  /// The guide lines in front of its name, two columns for each line above.
  ///
  /// - Parameter signs: of a branch that goes on, of the last, and of one that passes by.
  public func guide(_ signs: (branch: String, last: String, past: String)) -> String {
    guard depth > 0 else { return "" }
    let passing = continues[1..<depth].map { $0 ? signs.past : "  " }.joined()
    return passing + (continues[depth] ? signs.branch : signs.last)
  }

  /// What was changed, in a line.
  public var changeText: String {
    changes.map { $0.before.isEmpty && isOfSweep ? "\($0.shortKey) \($0.after)" : $0.text }
      .joined(separator: ", ")
  }

  private var isOfSweep: Bool { origin == nil }
}

extension RunChange {
  fileprivate var shortKey: String { String(key.split(separator: ".").last ?? "") }
}
