import CryoEM
import Ground
import Testing

@testable import Console

/// Which maps stay in memory, and which step of a shelf is looked at.
struct MapCacheTests {
  private func request(_ name: String) -> MapRequest { MapRequest(files: [name], kind: .map) }

  private func map(_ name: String) -> ReadMap {
    ReadMap(request(name), Volume(size: 4, pixelSize: 1), centre: .zero)
  }

  /// The names, of so many, whose maps are in memory.
  private func kept(_ cache: MapCache, of names: String) -> String {
    String(names.filter { cache[request(String($0))] != nil })
  }

  private func cache(_ capacity: Int, reading names: String, needed: String = "") -> MapCache {
    var cache = MapCache()
    cache.capacity = capacity
    for name in names {
      cache.add(map(String(name)), needed: needed.map { request(String($0)) })
    }
    return cache
  }

  @Test func whatWasNotUsedForLongestGoes() {
    #expect(kept(cache(3, reading: "abc"), of: "abc") == "abc")
    #expect(kept(cache(3, reading: "abcde"), of: "abcde") == "cde")
    var used = cache(3, reading: "abc")
    used.use(request("a"), needed: [])
    used.add(map("d"), needed: [])
    #expect(kept(used, of: "abcd") == "acd", "a was used after b")
    // What is not there cannot be used, and takes no room.
    used.use(request("z"), needed: [])
    #expect(kept(used, of: "abcdz") == "acd")
    // The same map again is one map.
    used.add(map("d"), needed: [])
    #expect(kept(used, of: "abcd") == "acd")
  }

  @Test func whatIsNeededStays() {
    #expect(kept(cache(2, reading: "abcde", needed: "ac"), of: "abcde") == "acde")
    var cache = cache(2, reading: "ab")
    cache.show(request("a"))
    for name in "cde" { cache.add(map(String(name)), needed: []) }
    #expect(kept(cache, of: "abcde") == "ade", "the last that was shown is needed too")
    cache.show(request("e"))
    cache.add(map("f"), needed: [])
    #expect(kept(cache, of: "abcdef") == "ef")
  }

  /// The last map that was shown stays in sight until the next one is read.
  @Test func theLastIsShownMeanwhile() {
    var cache = cache(4, reading: "a")
    #expect(cache.shown(for: request("b")) == nil)
    cache.show(request("a"))
    cache.show(request("b"))
    #expect(cache.lastShown == request("a"), "b is not there")
    #expect(cache.shown(for: request("b"))?.request == request("a"))
    cache.add(map("b"), needed: [])
    #expect(cache.shown(for: request("b"))?.request == request("b"))
    #expect(cache.shown(for: nil)?.request == request("a"))
  }

  /// What is there or cannot be read is not asked for again.
  @Test func whatIsMissingIsAskedFor() {
    var cache = cache(4, reading: "a")
    #expect(cache.missing(of: ["a", "b", "c"].map(request)) == ["b", "c"].map(request))
    cache.add(Problem("b is damaged", whatToDo: "Give another."), of: request("b"))
    #expect(cache.missing(of: ["a", "b", "c"].map(request)) == [request("c")])
    #expect(cache.problem(of: request("b"))?.what == "b is damaged")
    #expect(cache.problem(of: request("c")) == nil && cache.problem(of: nil) == nil)
  }

  // MARK: Steps

  private func shelf(_ steps: [(title: String, kinds: [MapKind])]) -> MapShelf {
    var shelf = MapShelf(MapChoice(maps: steps.map(\.title)))
    shelf.steps = steps.map { title, kinds in
      MapStep(
        title: title,
        maps: Dictionary(
          uniqueKeysWithValues: kinds.map {
            ($0, MapRequest(files: ["\(title) \($0.rawValue)"], kind: $0))
          }))
    }
    return shelf
  }

  @Test func stepsStayOnTheShelf() {
    var steps = MapSteps(shelf([("a", [.map]), ("b", [.map]), ("c", [.map])]))
    #expect(steps.title == "c" && steps.otherTitle == "a")
    steps.go(to: 7)
    #expect(steps.title == "c")
    steps.blink()
    #expect(steps.title == "a" && steps.otherTitle == "c")
    steps.go(to: -1)
    #expect(steps.title == "a")
    steps.go(to: "b")
    steps.go(to: "nowhere")
    #expect(steps.title == "b")
    steps.go(to: 2)
    #expect(steps.otherTitle == nil, "it blinks with itself")
    var nothing = MapSteps(shelf([]))
    nothing.go(to: 1)
    nothing.blink()
    #expect(nothing.title == nil && nothing.otherTitle == nil)
    #expect(nothing.wanted == nil && nothing.difference == nil)
  }

  /// The kind of map stays where a step has it; one that has not shows the nearest.
  @Test func kindsGoRound() {
    var steps = MapSteps(
      shelf([
        ("a", [.map, .difference]), ("b", [.map, .halfA, .difference]),
        ("c", [.map, .sharpened]),
      ]))
    #expect(steps.wanted?.kind == .sharpened, "the best of the last step")
    #expect(steps.difference?.files == ["b A − B"], "of the last step that has one")
    steps.go(to: 1)
    #expect(steps.wanted?.kind == .map)
    #expect(steps.nextKind() && steps.wanted?.kind == .halfA)
    #expect(steps.nextKind() && steps.wanted?.kind == .difference)
    #expect(steps.nextKind() && steps.wanted?.kind == .map)
    steps.go(to: 0)
    #expect(steps.difference?.files == ["a A − B"], "its own")
    steps.go(to: 2)
    #expect(steps.nextKind() && steps.wanted?.kind == .sharpened)
    #expect(steps.nextKind() && steps.wanted?.kind == .map)
    var single = MapSteps(shelf([("a", [.halfA])]))
    #expect(!single.nextKind() && single.wanted?.kind == .halfA)
  }
}
