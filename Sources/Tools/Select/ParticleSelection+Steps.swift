import Expressions
import Ground
import Particles

/// What the rows must fulfil, and files that they are or are not in.
extension ParticleSelection {
  func select(
    _ parsed: ColumnExpression, _ expression: String, source: SelectionSource,
    in selected: inout Selected
  ) throws {
    var columns = SelectionColumns(records: source.records)
    columns.motionAdvice = source.motionAdvice
    if parsed.names.contains(where: { $0 == "turned" || $0 == "moved" }) {
      if let start = try source.start(against: against) {
        columns.motions = try source.motions(from: start)
        selected.result.inputs += start.files.filter { !selected.result.inputs.contains($0) }
      }
    }
    do throws(ExpressionError) {
      selected.isKept = try parsed.rows(of: columns)
    } catch { throw error.problem(in: expression) }
    step(expression, &selected)
  }

  func step(_ what: String, _ selected: inout Selected) {
    selected.result.steps.append(
      Result.Step(what: what, kept: selected.isKept.count { $0 }))
  }

  /// Has the rows of the run's input written.
  func replaceByInput(
    _ source: SelectionSource, _ selected: inout Selected
  ) throws {
    guard let start = try source.start(against: nil) else {
      throw Problem(
        "\(input): the particles with which the run began are not known",
        whatToDo: "Give a run's folder whose input is still there, or leave out --as-input.")
    }
    guard start.format == selected.records.format else {
      throw Problem(
        "\(start.path) is of another format than \(selected.records.path)",
        whatToDo: "Leave out --as-input.")
    }
    let rows = try ParticleMatching(selected.records, start).rows
    if let lost = rows.firstIndex(where: { $0 < 0 }) {
      throw Problem(
        "\(selected.records.path), row \(lost + 1): the particle is not in \(start.path)",
        whatToDo: "Give the input of this run back its particles, or leave out --as-input.")
    }
    selected.origin = (start, rows)
    selected.result.inputs += start.files.filter { !selected.result.inputs.contains($0) }
    selected.result.notes.append("The rows are those of \(start.path), with the poses there.")
  }

  func intersect(
    _ path: String, isIn wanted: Bool, _ selected: inout Selected
  ) throws(Problem) {
    let other = try ParticleRecords(path: path)
    selected.result.inputs += other.files
    let matching = try ParticleMatching(selected.records, other)
    for row in selected.isKept.indices where (matching.rows[row] >= 0) != wanted {
      selected.isKept[row] = false
    }
    step("\(wanted ? "in" : "not in") \(path), by \(matching.key)", &selected)
  }

  func join(_ path: String, _ selected: inout Selected) throws(Problem) {
    let other = try ParticleRecords(path: path)
    guard other.format == selected.records.format else {
      throw Problem(
        "\(input) and \(path) are of different formats",
        whatToDo: "Convert one of them first: fulcrum convert IN -o OUT.")
    }
    selected.result.inputs += other.files
    let matching = try ParticleMatching(selected.records, other)
    for row in selected.isKept.indices where matching.rows[row] < 0 { selected.isKept[row] = false }
    selected.joined = (other, matching.rows)
    step("joined with \(path), by \(matching.key)", &selected)
  }

  /// The rows of the other file for the kept rows.
  func restrictJoin(_ selected: inout Selected) {
    guard let joined = selected.joined else { return }
    selected.joined = (
      joined.records, zip(joined.rows, selected.isKept).filter(\.1).map(\.0)
    )
  }
}
