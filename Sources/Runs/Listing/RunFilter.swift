import Expressions
import Ground
import Jobs

/// Conditions on runs, as people write them: `prior.rotation_sd > 5 & Å < 3.5`.
public struct RunFilter: Sendable, Equatable {
  public let text: String
  private let expression: ColumnExpression

  /// Reads an expression.
  ///
  /// - Throws: what is wrong with it, with the character.
  public init(_ text: String) throws(Problem) {
    self.text = text
    do throws(ExpressionError) {
      expression = try ColumnExpression(text, example: RunColumns.example)
      // What is no name, or no condition, is found whatever the runs are.
      _ = try expression.rows(of: RunColumns.ofNothing)
    } catch { throw error.problem(in: text) }
  }

  /// Which of some runs fulfil it. Of a run without an outcome yet, no comparison with it does, but `!=`.
  ///
  /// - Throws: what is wrong with the expression, with the character.
  public func keeps(_ runs: [KnownRun]) throws(Problem) -> [Bool] {
    do throws(ExpressionError) {
      return try expression.rows(of: RunColumns(runs: runs))
    } catch { throw error.problem(in: text) }
  }

  /// What a text is that somebody has typed to find runs.
  public enum Reading: Sendable {
    case condition(RunFilter)
    /// Words that names, notes and the rest are to contain.
    case words
    /// It was meant as a condition: it compares, or joins conditions.
    case wrong(Problem)
  }

  /// Reads what was typed: a condition where it is one, words where it does not look like one.
  public static func reading(of text: String) -> Reading {
    do throws(Problem) { return .condition(try RunFilter(text)) } catch {
      return text.contains { "<>=~&|".contains($0) } ? .wrong(error) : .words
    }
  }

  /// Every name that an expression may hold, the shortest first of those with several.
  public static let names: [String] =
    RunColumns.outcomes.compactMap(\.names.first) + Parameter.all.map(\.key)

  /// The names in a line or two, for help.
  public static let help =
    "Words, or a condition: " + RunColumns.example + " | #tag. Names are "
    + RunColumns.outcomes.compactMap(\.names.first).joined(separator: ", ")
    + " (limit in %), and the key of any parameter, or its end."
}
