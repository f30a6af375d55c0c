import Ground
import TestSupport
import Testing

@testable import Console
@testable import Jobs
@testable import Runs

/// The list of runs without a screen: its lines are a function of what was read and of how they are arranged.
struct RunListTests {
  private typealias Sorting = RunArrangement.Sorting

  private static let folder = "/data/ribosome/runs/"

  private func names(_ lines: [RunListing]) -> [String] {
    lines.map { $0.sweep?.name ?? $0.entry.name }
  }

  private func names(_ list: RunList) -> [String] { names(list.visible) }

  private func list(_ listings: [RunListing] = SampleRuns.listings()) -> RunList {
    var list = RunList()
    list.take(listings)
    return list
  }

  /// A finished run of two regions, whose folder is there.
  private func runOfRegions(in folder: TemporaryFolder) throws -> RunListing {
    try makeFolder(folder("two"))
    try folder.write("{}", to: "two/run.json")
    func listing(_ folder: RunFolder) -> RunListing {
      RunListing(
        entry: RunCatalogue.Entry(
          folder: folder,
          manifest: SampleRuns.manifest(name: FilePath.name(of: folder.path), status: .finished),
          status: .finished, note: "", problem: nil))
    }
    let two = RunFolder(folder("two"))
    var run = listing(two)
    run.regions = ["b", "a"].map { listing(two.region(named: $0)) }
    return run
  }

  // MARK: Order

  @Test(arguments: [
    (RunColumn.name, false, ["body", "first-try", "head", "head-wide", "small-region"]),
    (.name, true, ["small-region", "head-wide", "head", "first-try", "body"]),
    (.started, true, ["head", "head-wide", "body", "small-region", "first-try"]),
    (.iteration, false, ["small-region", "first-try", "head", "body", "head-wide"]),
    // Notes are words; those without one are in the order of their names.
    (.note, false, ["body", "first-try", "head", "small-region", "head-wide"]),
    (.status, false, ["small-region", "body", "head-wide", "first-try", "head"]),
  ])
  func runsAreSorted(_ column: RunColumn, descending: Bool, expected: [String]) {
    var arrangement = RunArrangement()
    arrangement.sorting = Sorting(column: column, descending: descending)
    #expect(names(arrangement.sorted(SampleRuns.listings())) == expected)
    // The order of what was read is of no account.
    #expect(names(arrangement.sorted(SampleRuns.listings().reversed())) == expected)
  }

  /// Resolutions by their numbers, a run without one behind all others.
  @Test func resolutionsAreSortedAsNumbers() {
    var listings = Array(SampleRuns.listings().prefix(3))
    for (index, resolution) in [10.5, 9.5, nil].enumerated() {
      var manifest = SampleRuns.manifest(name: listings[index].entry.name)
      manifest.resolution = resolution
      listings[index].entry = RunCatalogue.Entry(
        folder: RunFolder(listings[index].path), manifest: manifest, status: .finished, note: "",
        problem: nil)
    }
    var arrangement = RunArrangement()
    arrangement.sorting = Sorting(column: .resolution, descending: false)
    #expect(names(arrangement.sorted(listings)) == ["head-wide", "head", "body"])
  }

  @Test func eachColumnButTheMarksComesNext() {
    var arrangement = RunArrangement()
    var seen: [RunColumn] = []
    for _ in 1..<RunColumn.allCases.count {
      arrangement.sortByNext()
      seen.append(arrangement.sorting.column)
      let isNewestFirst = [.iteration, .particles, .started, .duration].contains(seen.last)
      #expect(arrangement.sorting.descending == isNewestFirst)
    }
    #expect(Set(seen) == Set(RunColumn.allCases).subtracting([.mark]))
    #expect(seen.last == .started, "once round")
    arrangement.sort(by: .started)
    #expect(arrangement.sorting == Sorting(column: .started, descending: false))
    arrangement.sort(by: .name)
    #expect(arrangement.sorting == Sorting(column: .name, descending: false))
  }

  /// Marks order the list where it is sorted by them, and only there.
  @Test func marksOrderTheListSortedByThem() {
    var list = list()
    let before = names(list)
    list.arrangement.marked = [Self.folder + "first-try"]
    #expect(names(list) == before)
    list.arrangement.sorting = Sorting(column: .mark, descending: true)
    #expect(names(list).first == "first-try")
    list.arrangement.marked = [Self.folder + "body"]
    #expect(names(list).first == "body")
  }

  // MARK: Which

  @Test(arguments: [
    ("HEAD-W", ["head-wide"]), ("WIDE EXTENTS", ["head-wide"]), ("interrupted", ["first-try"]),
    ("mask too", ["small-region"]), ("status = failed", ["small-region"]), ("else", []),
  ])
  func wordsAndConditionsFindRuns(_ filter: String, expected: [String]) {
    var list = list()
    list.arrangement.filter = filter
    #expect(names(list) == expected)
    list.arrangement.filter = ""
    #expect(list.visible.count == 5)
  }

  @Test func whatGoesOnAndWaitsHasAView() {
    var list = list(SampleRuns.queueListings())
    list.arrangement.view = .live
    #expect(names(list) == ["head", "head-narrow", "body-again", "head-next"])
  }

  // MARK: Folding

  /// A sweep is one line that stands where its first run does; what is looked for is in no fold.
  @Test func sweepsFold() throws {
    var list = list(SampleRuns.listings() + SampleRuns.sweepListings())
    #expect(names(list).filter { $0.hasPrefix("head-sweep") } == ["head-sweep"])
    #expect(list.visible.count == 6)
    list.selected = try #require(list.visible.first { $0.sweep != nil }).path
    list.setFold(open: true)
    let open = names(list).filter { $0.hasPrefix("head-sweep") }
    // The newest first, as all runs are.
    #expect(open == ["head-sweep"] + (1...4).reversed().map { "head-sweep-\($0)" })
    // From one of its runs it is hidden again, and selected.
    list.move(by: 2)
    #expect(list.current?.entry.name == "head-sweep-3")
    list.setFold(open: false)
    #expect(list.visible.count == 6 && list.current?.sweep?.name == "head-sweep")
    list.arrangement.filter = "head-sweep-3"
    #expect(names(list) == ["head-sweep-3"])
    list.setFold(open: true)
    #expect(list.arrangement.unfolded.isEmpty)
  }

  @Test func regionsFoldBehindTheirRun() throws {
    let folder = try TemporaryFolder()
    var list = list([try runOfRegions(in: folder)])
    #expect(names(list) == ["two"])
    list.setFold(open: true)
    #expect(names(list) == ["two", "b", "a"])
    #expect(list.visible.map { list.arrangement.text(.name, of: $0) } == ["- two", "  b", "  a"])
    list.move(by: .max / 2)
    #expect(list.current?.isRegion == true)
    list.setFold(open: false)
    #expect(names(list) == ["two"] && list.selected == folder("two"))
    #expect(list.visible.map { list.arrangement.text(.name, of: $0) } == ["+ two"])
    #expect(list.listing(at: folder("two/regions/a"))?.isRegion == true)
    #expect(list.listing(at: folder("two/regions/c")) == nil)
  }

  /// Branches fold without the runs and their order being found anew; a change of order keeps them folded.
  @Test func branchesFold() {
    var list = list(SampleRuns.listings(withParents: true))
    list.arrangement.view = .tree
    #expect(names(list) == ["body", "head-wide", "head", "small-region", "first-try"])
    list.selected = Self.folder + "head-wide"
    list.setFold(open: false)
    #expect(names(list) == ["body", "head-wide", "small-region", "first-try"])
    list.arrangement.sorting = Sorting(column: .name, descending: true)
    #expect(names(list) == ["first-try", "body", "small-region", "head-wide"])
    // Nothing more to hide: the line above, then all of its branch.
    list.setFold(open: false)
    #expect(list.current?.entry.name == "body")
    list.setFold(open: false)
    #expect(names(list) == ["first-try", "body"])
    list.setFold(open: true)
    #expect(names(list).count == 4)
    list.arrangement.view = .list
    #expect(list.visible.allSatisfy { $0.branch == nil } && list.visible.count == 5)
  }

  // MARK: Selection and marks

  @Test func theSelectionStaysWithItsRun() {
    var list = RunList()
    #expect(list.listings == nil && list.current == nil)
    list.move(by: 1)
    list.toggleMark()
    #expect(list.selected == nil && list.arrangement.marked.isEmpty)
    list.take(SampleRuns.listings())
    #expect(list.selected == Self.folder + "head")
    list.move(by: 3)
    list.move(by: -1)
    #expect(list.current?.entry.name == "body")
    list.arrangement.sorting = Sorting(column: .name, descending: false)
    #expect(list.selectedIndex == 0)
    list.move(by: -1)
    #expect(list.selectedIndex == 0)
    list.move(by: .max / 2)
    #expect(list.current?.entry.name == "small-region")
  }

  /// Where the selected run is gone, that which takes its place; marks of what is gone are taken away.
  @Test func whatIsGoneIsNeitherSelectedNorMarked() {
    var list = list()
    list.markAll()
    #expect(list.arrangement.marked.count == 5)
    list.selected = Self.folder + "head-wide"
    list.take(SampleRuns.listings().filter { $0.entry.name != "head-wide" })
    #expect(list.current?.entry.name == "body")
    #expect(
      list.arrangement.marked
        == Set(["head", "body", "small-region", "first-try"].map { Self.folder + $0 }))
    list.selected = Self.folder + "first-try"
    list.take(Array(SampleRuns.listings().prefix(2)))
    #expect(list.current?.entry.name == "head-wide")
    list.take([])
    #expect(
      list.selected == nil && list.arrangement.marked.isEmpty && list.listings?.isEmpty == true)
  }

  /// A mark goes on to the next line; all are marked but lines of sweeps and regions, or none.
  @Test func marksAreSetAndTakenAway() throws {
    let folder = try TemporaryFolder()
    var list = list(
      [try runOfRegions(in: folder)] + SampleRuns.listings() + SampleRuns.sweepListings())
    list.arrangement.unfolded = [folder("two")]
    list.selected = Self.folder + "head"
    list.toggleMark()
    #expect(list.arrangement.marked == [Self.folder + "head"] && list.current?.entry.name != "head")
    #expect(names(list.meant) == ["head"])
    list.selected = Self.folder + "head"
    list.toggleMark()
    #expect(list.arrangement.marked.isEmpty)
    list.markAll()
    #expect(list.arrangement.marked.count == 6)
    #expect(
      list.arrangement.marked.allSatisfy { !$0.contains("/regions/") && !$0.contains("sweep") })
    list.markAll()
    #expect(list.arrangement.marked.isEmpty)
    // Without marks the selected line is meant, of a sweep its runs.
    list.selected = list.visible.first { $0.sweep != nil }?.path
    #expect(names(list.meant) == (1...4).map { "head-sweep-\($0)" })
  }

  /// What is compared stands in the order of the list, folded regions last, a run of regions for all of them.
  @Test func comparedAreTheMarkedInTheirOrder() throws {
    let folder = try TemporaryFolder()
    var list = list([try runOfRegions(in: folder)] + SampleRuns.listings(withParents: true))
    list.arrangement.sorting = Sorting(column: .name, descending: false)
    func compared() -> [String] { list.comparedFolders.map { FilePath.name(of: $0) } }
    list.selected = Self.folder + "head"
    #expect(compared() == ["head-wide", "head"], "with the run that it comes from")
    list.selected = Self.folder + "body"
    #expect(compared().isEmpty)
    list.arrangement.marked = [
      folder("two/regions/a"), Self.folder + "head", Self.folder + "body",
    ]
    #expect(compared() == ["body", "head", "a"])
    list.arrangement.marked = [folder("two"), Self.folder + "head"]
    #expect(compared() == ["head", "b", "a"])
  }
}
