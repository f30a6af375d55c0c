import Ground
import Testing

struct SeededGeneratorTests {
  @Test func sameSeedSameNumbers() {
    var a = SeededGenerator(seed: 7, stream: 3)
    var b = SeededGenerator(seed: 7, stream: 3)
    var c = SeededGenerator(seed: 7, stream: 4)
    let first = (0..<100).map { _ in a.next() }
    #expect(first == (0..<100).map { _ in b.next() })
    #expect(Set(first).isDisjoint(with: (0..<100).map { _ in c.next() }))
  }

  @Test func normalNumbersHaveTheirMoments() {
    var generator = SeededGenerator(seed: 8)
    let values = (0..<200_000).map { _ in generator.normal() }
    func moment(_ n: Int) -> Double {
      values.reduce(0) { sum, x in sum + (0..<n).reduce(1) { p, _ in p * x } }
        / Double(values.count)
    }
    #expect(abs(moment(1)) < 0.01)
    #expect(abs(moment(2) - 1) < 0.015)
    #expect(abs(moment(3)) < 0.04)
    #expect(abs(moment(4) - 3) < 0.1)
  }

  @Test func uniformNumbersFillTheirRange() {
    var generator = SeededGenerator(seed: 9)
    let values = (0..<100_000).map { _ in generator.uniform(-2, 5) }
    #expect(values.allSatisfy { $0 >= -2 && $0 < 5 })
    #expect(abs(values.reduce(0, +) / 1e5 - 1.5) < 0.03)
  }
}
