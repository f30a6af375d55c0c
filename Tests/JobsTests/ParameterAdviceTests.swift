import CryoEM
import Testing

@testable import Jobs
@testable import Refinement

/// The values that the advice for a parameter names are taken.
struct ParameterAdviceTests {
  @Test(arguments: Parameter.all.map(\.key))
  func theValuesThatAreNamedAreTaken(key: String) throws {
    let parameter = try #require(Parameter.named(key))
    guard let refused = Self.refused(parameter.type) else { return }
    var job = Job()
    if (try? job.set(key, to: refused)) != nil {
      #expect(
        job.findings.contains { $0.keys == [key] && $0.problem.severity == .error }, "\(refused)")
    }
    let advice = parameter.problem(withText: refused).whatToDo
    for value in Self.named(in: advice, of: parameter.type) {
      var mended = Job()
      try mended.set(key, to: value)
      #expect(
        mended.findings.allSatisfy { $0.keys != [key] || $0.problem.severity != .error }, "\(value)"
      )
    }
  }

  private static func refused(_ type: ParameterType) -> String? {
    switch type {
    case .toggle: "perhaps"
    case .count, .number: "nan"
    case .choice: "another"
    case .symmetry: "X9"
    case .coordinates: "1,2"
    // An empty path is none.
    case .file, .files, .folder: nil
    }
  }

  /// The values that a sentence names: its numbers, moved a little inwards where it excludes them, its
  /// words, or its point groups.
  private static func named(in advice: String, of type: ParameterType) -> [String] {
    switch type {
    case .toggle: ["true", "false"]
    case .count, .number:
      advice.prefix { $0 != ";" }.matches(of: /(above|at least|at most|between|and) ([0-9.]*[0-9])/)
        .map {
          $0.1 == "above" ? "\((Double($0.2) ?? 0) + 1)".replacing(".0", with: "") : String($0.2)
        }
    case .choice(let words): words
    case .symmetry: ["C1", "C7", "D2", "T", "O", "I", "I1", "I4"]
    case .coordinates: ["1,2,3"]
    case .file, .files, .folder: ["a.mrc"]
    }
  }
}
