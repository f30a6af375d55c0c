/// Gathers problems, so that all are told at once; past a limit they are only counted.
public struct ProblemList: Sendable {
  /// The problems kept, in the order in which they were found.
  public private(set) var all: [Problem] = []
  /// Problems beyond the limit.
  public private(set) var omitted = 0
  /// How many problems are kept.
  public let limit: Int

  public init(limit: Int = 20) { self.limit = limit }

  /// Whether nothing was found.
  public var isEmpty: Bool { all.isEmpty }

  /// Adds a problem unless it is there already; past the limit its text is not even made.
  public mutating func add(_ problem: @autoclosure () -> Problem) {
    guard all.count < limit else {
      omitted += 1
      return
    }
    let problem = problem()
    if !all.contains(problem) { all.append(problem) }
  }

  /// Throws everything that was found, if anything.
  public func throwIfAny() throws(Problems) {
    if all.isEmpty { return }
    var problems = all
    if omitted > 0 {
      problems.append(
        Problem("… and \(omitted) more of the kind", whatToDo: "Mend the ones above first."))
    }
    throw Problems(problems)
  }

  /// Runs an action and keeps the problem that it throws.
  ///
  /// - Returns: what the action returned, or nil when it threw.
  public mutating func catching<T>(_ action: () throws(Problem) -> T) -> T? {
    do throws(Problem) {
      return try action()
    } catch {
      add(error)
      return nil
    }
  }

  /// Runs an action and keeps all problems that it throws.
  ///
  /// - Returns: what the action returned, or nil when it threw.
  public mutating func catchingAll<T>(_ action: () throws(Problems) -> T) -> T? {
    do throws(Problems) {
      return try action()
    } catch {
      for problem in error.all { add(problem) }
      return nil
    }
  }
}
