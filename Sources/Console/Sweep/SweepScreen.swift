import Ground
import Jobs
import Runs
import Surface
import Terminal

/// The runs of a sweep as a table of what became of them.
struct SweepScreen: ListScreen {
  /// The sweep.
  let name: String
  /// The folders of its runs, as far as they are known.
  var folders: [String]
  var table: SweepTable
  /// The jobs of its runs, by their folders.
  var jobs: [String: Job] = [:]
  /// What distinguishes its runs, by their folders.
  var identifiers: [String: String] = [:]
  /// Paths of the folders of marked runs.
  var marked: Set<String> = []
  var selected: String?
  /// The column that sorts; nil for the order of the runs.
  var sorting: (column: Int, descending: Bool)?

  init(named name: String, folders: [String] = []) {
    self.name = name
    self.folders = folders
    table = SweepTable(named: name, [])
  }

  var title: String { name }
  var status: String { table.summary }
  var showsTime: Bool { table.outcomes.contains { $0.status.isLive } }

  /// Whether any of its runs goes on or waits.
  var isUnderway: Bool {
    table.outcomes.contains { $0.status.isLive || $0.status == .queued }
  }

  func opening(_ surroundings: Surroundings) -> [Effect] {
    [
      .read(.runs(folder: surroundings.folder, isForced: true)),
      .read(.sweep(name: name, folders: folders)),
    ]
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] {
    [.read(.runs(folder: surroundings.folder))]
      + (isUnderway || table.outcomes.count != folders.count
        ? [.read(.sweep(name: name, folders: folders))] : [])
  }

  // MARK: The rows

  /// What a column shows.
  enum Column: Hashable {
    case mark, name
    case value(String)
    case particles
    case measure(SweepMeasure)
    case status
  }

  var columns: [Column] {
    let hasParts = table.outcomes.contains { $0.part != nil }
    return [.mark, .name] + table.keys.map { .value($0) } + (hasParts ? [.particles] : [])
      + SweepMeasure.allCases.map { .measure($0) } + [.status]
  }

  /// The rows of the table in the order in which they are shown.
  var order: [Int] {
    let all = Array(table.outcomes.indices)
    guard let sorting, columns.indices.contains(sorting.column) else { return all }
    let column = columns[sorting.column]
    let sorted = all.sorted { left, right in
      let (a, b) = (table.outcomes[left], table.outcomes[right])
      let numbers = (number(column, of: a), number(column, of: b))
      if numbers.0 != numbers.1 { return numbers.0 < numbers.1 }
      let words = (word(column, of: a), word(column, of: b))
      return words.0 != words.1 ? words.0 < words.1 : left < right
    }
    // What has no value stays last in either direction.
    guard sorting.descending else { return sorted }
    let known = sorted.filter { number(column, of: table.outcomes[$0]) < .infinity }
    return known.reversed() + sorted.filter { number(column, of: table.outcomes[$0]) == .infinity }
  }

  private func number(_ column: Column, of outcome: SweepOutcome) -> Double {
    switch column {
    case .measure(let measure): measure.value(of: outcome) ?? .infinity
    case .value(let key): Double(value(key, of: outcome)) ?? 0
    case .particles: Double(outcome.particles)
    case .mark: marked.contains(outcome.folder) ? 0 : 1
    case .name: Double(outcome.number)
    case .status: 0
    }
  }

  private func word(_ column: Column, of outcome: SweepOutcome) -> String {
    switch column {
    case .value(let key): value(key, of: outcome)
    case .status: outcome.status.rawValue
    default: ""
    }
  }

  /// The value of a varied parameter in a run.
  func value(_ key: String, of outcome: SweepOutcome) -> String {
    outcome.varied.first { $0.key == key }?.shown ?? ""
  }

  var selectedIndex: Int {
    let order = order
    return order.firstIndex { table.outcomes[$0].folder == selected } ?? 0
  }

  var current: SweepOutcome? {
    let order = order
    return order.indices.contains(selectedIndex) ? table.outcomes[order[selectedIndex]] : nil
  }

  // MARK: Commands

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if let lines = way.lines() { move(by: lines) }
    return way == .back ? [.pop] : []
  }

  /// The folders of the marked runs; a run of several regions stands for all of them.
  var comparedFolders: [String] {
    order.map { table.outcomes[$0].folder }.filter(marked.contains).flatMap { path in
      let regions = jobs[path]?.regions ?? []
      return regions.isEmpty
        ? [path] : regions.map { RunFolder(path).region(named: $0.name).path }
    }
  }

  /// A new job with the parameters of a run, as they are or with changes.
  func newJob(
    of outcome: SweepOutcome, origin: String? = nil, change: (inout Job) -> Void = { _ in }
  ) -> [Effect] {
    guard var job = jobs[outcome.folder] else { return [.say("The run's job could not be read")] }
    change(&job)
    let parent = RunManifest.Parent(
      run: outcome.name, iteration: 0, kind: .rerun, identifier: identifiers[outcome.folder])
    return [.push(FormScreen(job, origin: origin ?? outcome.name, parent: parent))]
  }

  /// The best run once more on all particles; where it had them all, it is selected.
  mutating func newJobOfBest() -> [Effect] {
    guard let best = table.bestRun else { return [] }
    selected = best.folder
    guard best.part != nil else {
      return [.say("\(best.name) is the best, and had all particles: Enter opens it")]
    }
    let name = name + "-best"
    return newJob(of: best, origin: "\(best.name), the best, on all particles") { job in
      job[Parameter.input.fraction] = nil
      job.name = name
    }
  }

  mutating func toggleMark() {
    guard let path = current?.folder else { return }
    if marked.remove(path) == nil { marked.insert(path) }
    move(by: 1)
  }

  mutating func move(by step: Int) {
    let order = order
    guard !order.isEmpty else { return }
    selected = table.outcomes[order[min(max(0, selectedIndex + step), order.count - 1)]].folder
  }

  /// By the next column, upwards; after the last in the order of the runs.
  mutating func sort() {
    let next = (sorting?.column ?? 1) + 1
    sorting = next < columns.count ? (next, false) : nil
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .report(let folders): return Self.report(folders, to: text)
    case .stopSweep:
      // What waits first, so that nothing begins meanwhile.
      return table.outcomes.filter { $0.status == .queued }.map {
        .work(.cancel(folder: $0.folder))
      }
        + table.outcomes.filter(\.status.isLive).map { .change(.control(folder: $0.folder, .stop)) }
        + [.say("Stopping \(name) …")]
    default: return []
    }
  }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .sweep(let found) where found.name == name:
      table = found
      let paths = Set(found.outcomes.map(\.folder))
      marked.formIntersection(paths)
      if selected.map(paths.contains) != true { selected = found.outcomes.first?.folder }
    case .runs(let listings, surroundings.folder):
      let members = listings.compactMap { listing -> (Int, String)? in
        guard let group = listing.entry.manifest?.group, group.name == name else { return nil }
        jobs[listing.entry.folder.path] = listing.job
        identifiers[listing.entry.folder.path] = listing.entry.manifest?.identifier
        return (group.number, listing.entry.folder.path)
      }
      // Of a list that is not read to its end nothing is taken away.
      let found = members.sorted { $0.0 < $1.0 }.map(\.1)
      if found.count >= folders.count, found != folders {
        folders = found
        return [.read(.sweep(name: name, folders: folders))]
      }
    default: break
    }
    return []
  }

  // MARK: Mouse

  mutating func choose(row index: Int, _ surroundings: Surroundings) -> [Effect] {
    let order = order
    guard order.indices.contains(index) else { return [] }
    let path = table.outcomes[order[index]].folder
    if selected == path { return [.push(RunScreen(folder: path))] }
    selected = path
    return []
  }

  mutating func sort(byColumn index: Int) {
    sorting = sorting?.column == index ? (index, sorting?.descending == false) : (index, false)
  }
}
