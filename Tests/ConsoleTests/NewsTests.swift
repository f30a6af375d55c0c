import Runs
import Testing

@testable import Console

/// News that wait for the screens.
struct NewsTests {
  @Test func laterListsTakeThePlaceOfEarlierOnes() {
    var waiting: [News] = []
    for number in 0..<1000 {
      waiting = News.runs([], folder: "a").added(to: waiting)
      waiting = News.run(RunSnapshot(folder: "run\(number % 2)")).added(to: waiting)
      if number == 500 { waiting = News.done("once").added(to: waiting) }
    }
    waiting = News.runs([], folder: "b").added(to: waiting)
    let kinds = waiting.map { news in
      switch news {
      case .runs(_, let folder): "list \(folder)"
      case .run(let snapshot): snapshot.folder
      case .done: "done"
      default: "other"
      }
    }
    #expect(kinds == ["done", "run0", "list a", "run1", "list b"])
  }
}
