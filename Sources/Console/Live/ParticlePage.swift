import Ground
import Surface
import Terminal

/// Columns of numbers about the particles of an iteration.
struct ParticleTable: Sendable {
  var folder: String
  var iteration: Int
  var columns: [Column]
  var count: Int
  /// Why there is none; empty when there is.
  var problem = ""
  /// What it lacks, in words; empty for nothing.
  var note = ""

  struct Column: Sendable {
    let name: String
    let values: [Double]
    /// What expressions call it; nil for what they do not know.
    let word: String?
    /// Decimals that suit the size of the values; none for whole numbers.
    let decimals: Int

    init(name: String, values: [Double], word: String? = nil) {
      self.name = name
      self.word = word
      self.values = values
      let largest = values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
      let isWhole = values.allSatisfy { $0 == $0.rounded() }
      decimals = isWhole || largest >= 10_000 ? 0 : largest >= 1000 ? 1 : 2
    }
  }
}

/// The table of particles with its order, its filter and the selected column.
struct ParticlePage: Sendable {
  var table: ParticleTable?
  /// Column by which rows are sorted; nil for the order of the file.
  var sorting: (column: Int, descending: Bool)?
  /// A condition such as "turned>5"; empty for all.
  var filter = ""
  /// The column whose histogram is shown, and the row under the cursor.
  var column = 0
  var row = 0
  /// Rows that pass, in order.
  private(set) var order: [Int] = []

  mutating func receive(_ found: ParticleTable) {
    table = found
    arrange()
  }

  /// Filters and sorts again.
  mutating func arrange() {
    guard let table else { return }
    order = Array(0..<table.count)
    if let condition = Condition(filter, columns: table.columns) {
      order = order.filter { condition.holds(table.columns[condition.column].values[$0]) }
    }
    if let sorting, table.columns.indices.contains(sorting.column) {
      let values = table.columns[sorting.column].values
      order.sort {
        values[$0] != values[$1]
          ? (values[$0] < values[$1]) != sorting.descending : $0 < $1
      }
    }
    row = min(row, max(0, order.count - 1))
  }

  mutating func navigate(_ way: Navigation) {
    if let lines = way.lines(page: 20) { row = min(max(0, row + lines), max(0, order.count - 1)) }
    let last = max(0, (table?.columns.count ?? 0) - 1)
    if way == .left { column = max(0, column - 1) }
    if way == .right { column = min(last, column + 1) }
  }

  /// By the column with the cursor, largest first; the other way round where it is sorted by it.
  mutating func sort() {
    sorting = (column, sorting?.column == column ? sorting?.descending != true : true)
    arrange()
  }

  mutating func reverse() {
    sorting = (sorting?.column ?? column, sorting?.descending != true)
    arrange()
  }

  /// Asks for a condition.
  var filterPrompt: Effect {
    let columns = table?.columns ?? []
    let names = columns.map(\.name).joined(separator: ", ")
    return .popUp(
      TextPrompt(
        .searchParticles, title: "Particles with", text: filter,
        hint: "A condition such as turned > 5 or half 1; columns: \(names)",
        objection: { text in
          text.allSatisfy(\.isWhitespace) || Condition(text, columns: columns) != nil
            ? nil : Problem("\"\(text)\" is no condition", whatToDo: "Columns: \(names).")
        }))
  }

  private var chosenColumn: ParticleTable.Column? {
    guard let columns = table?.columns, columns.indices.contains(column) else { return nil }
    return columns[column]
  }

  /// The range of the column with the cursor, of all particles in the table's order.
  private var extent: ClosedRange<Double>? {
    let finite = order.compactMap { row in
      chosenColumn.map { $0.values[row] }.flatMap { $0.isFinite ? $0 : nil }
    }
    guard let lower = finite.min(), let upper = finite.max() else { return nil }
    return lower...(upper > lower ? upper : lower + 1)
  }

  private static let bins = 60

  /// The column with the cursor as particles are chosen by it; nil where no expression knows it.
  var chosenAxis: ChoiceAxis? {
    guard let word = chosenColumn?.word, let extent else { return nil }
    return ChoiceAxis(word, lower: extent.lowerBound, upper: extent.upperBound, bins: Self.bins)
  }

  /// The value of the row under the cursor there.
  var chosenValue: Double? {
    order.indices.contains(row) ? chosenColumn?.values[order[row]] : nil
  }

  /// The histogram of the column with the cursor.
  func histogram(chosen: RangeChoice) -> HistogramPlot? {
    guard let chosenColumn, let extent else { return nil }
    let axis = ChoiceAxis(
      chosenColumn.word ?? "", lower: extent.lowerBound, upper: extent.upperBound, bins: Self.bins)
    var counts = [Double](repeating: 0, count: axis.bins)
    for row in order where chosenColumn.values[row].isFinite {
      counts[axis.bin(of: chosenColumn.values[row])] += 1
    }
    return HistogramPlot(
      lower: axis.lower, upper: axis.upper, counts: counts,
      chosen: chosenColumn.word == nil ? nil : chosen.range(of: axis)?.values)
  }

  /// The filter as it is understood, for the heading; empty for none.
  var condition: String {
    guard let table, let condition = Condition(filter, columns: table.columns) else { return "" }
    let sign = condition.sign.isEmpty ? "=" : condition.sign
    return "\(table.columns[condition.column].name) \(sign) \(Numbers.short(condition.value))"
  }

  /// A comparison of a column with a number.
  struct Condition: Sendable {
    var column: Int
    var sign: String
    var value: Double

    /// Reads "name>3", "name<=3", "name=3" or "name 3"; the name may be shortened. Nil for anything
    /// else.
    init?(_ text: String, columns: [ParticleTable.Column]) {
      let text = text.trimmingBlanks
      guard
        let place = text.firstIndex(where: { "<>=".contains($0) }) ?? text.lastIndex(of: " ")
      else { return nil }
      let sign = text[place...].prefix { "<>=".contains($0) }
      let name = text[..<place].lowercased().filter { $0 != " " }
      let number = text[place...].dropFirst(sign.count).filter { $0 != " " }
      guard let value = Double(number), !name.isEmpty,
        ["", "<", ">", "=", "<=", ">=", "=="].contains(sign),
        let column = columns.firstIndex(where: {
          $0.name.lowercased().filter { $0 != " " }.contains(name)
        })
      else { return nil }
      (self.column, self.sign, self.value) = (column, String(sign), value)
    }

    func holds(_ number: Double) -> Bool {
      switch sign {
      case ">": number > value
      case "<": number < value
      case ">=": number >= value
      case "<=": number <= value
      default: number == value
      }
    }
  }
}
