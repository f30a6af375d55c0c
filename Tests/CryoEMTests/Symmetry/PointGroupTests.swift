import CryoEM
import Ground
import TestSupport
import Testing

struct PointGroupTests {
  @Test(
    arguments: [
      ("C1", 1), ("c4", 4), ("C13", 13), ("D1", 2), ("D2", 4), ("d7", 14), ("T", 12), ("O", 24),
      ("I", 60), ("I1", 60), ("I2", 60), ("I3", 60), ("I4", 60), ("C99", 99),
    ])
  func isAGroupOfItsOrder(name: String, order: Int) throws {
    let group = try PointGroup(name)
    #expect(group.order == order)
    #expect(group.operators.first == .identity)
    func holds(_ rotation: Rotation) -> Bool {
      group.operators.contains { $0.angle(to: rotation) < 1e-9 }
    }
    for a in group.operators {
      #expect(holds(a.transposed))
      #expect(largestDifference(a * a.transposed, .identity) < 1e-14)
    }
    for a in group.operators.prefix(12) {
      for b in group.operators { #expect(holds(a * b)) }
    }
  }

  /// The matrices that RELION prints, as printed (5 digits).
  @Test func operatorsAreRelions() throws {
    let groups = try relionOperators()
    #expect(groups.map(\.name) == ["C5", "D2", "D7", "T", "O", "I", "I1", "I2", "I3", "I4"])
    for (name, expected) in groups {
      let operators = try PointGroup(name).operators
      #expect(operators.count == expected.count)
      for rotation in expected {
        #expect(operators.contains { largestDifference($0, rotation) < 2e-5 }, "\(name)")
      }
    }
  }

  private func relionOperators() throws -> [(name: String, operators: [Rotation])] {
    var groups: [(name: String, operators: [Rotation])] = []
    for line in try fixtures.text("symmetry_operators.txt").split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 1 {
        groups.append((String(words[0]), []))
      } else {
        let m = words.compactMap { Double($0) }
        try #require(m.count == 9)
        groups[groups.count - 1].operators.append(
          Rotation(
            rows: Vector3(m[0], m[1], m[2]), Vector3(m[3], m[4], m[5]),
            Vector3(m[6], m[7], m[8])))
      }
    }
    return groups
  }

  @Test(arguments: ["", "C0", "C", "D100", "I5", "Q2", "C+3", "TT", "C2h"])
  func otherNamesAreRefusedWithTheAcceptedOnes(name: String) {
    let problem = #expect(throws: Problem.self) { try PointGroup(name) }
    #expect(problem?.what.contains("“\(name)”") == true)
    #expect(problem?.whatToDo.contains("I (which is I2)") == true)
  }
}
