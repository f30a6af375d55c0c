import CryoEM
import EMFiles
import Ground

/// What a STAR file keeps of a .cs file: columns under the names of fields, `alignments3D/error` or, for an
/// element of an array, `ctf/tilt_A[1]`, and a table of all fields the file had, with the values of those
/// that are the same in every record.
struct OwnFields {
  /// A field of the .cs file.
  private struct Listed {
    var type: String
    var shape: [Int]
    /// The value in every record; nil where columns hold it, or RELION's say it.
    var constant: String?
  }

  private let table: STARTable
  private var listed: [String: Listed] = [:]
  private var order: [String] = []
  /// How many columns each field has that has some.
  private var widths: [String: Int] = [:]
  private var columnOrder: [String] = []

  /// Whether a column's name is that of a field of a .cs file.
  static func isOwn(_ name: String) -> Bool { name.contains("/") || name == "uid" }

  init(file: STARFile, table: STARTable) {
    self.table = table
    for name in table.columnNames where Self.isOwn(name) {
      let base = Self.base(name)
      if widths[base] == nil { columnOrder.append(base) }
      widths[base, default: 0] += 1
    }
    guard let index = file.index(ofBlock: KeptColumns.fieldTable) else { return }
    let fields = file.tables[index]
    guard let names = try? fields.texts("fieldName"), let types = try? fields.texts("fieldType"),
      let shapes = try? fields.texts("fieldShape"), let values = try? fields.texts("fieldValue")
    else { return }
    for row in names.indices {
      let lengths = shapes[row].split { "[],".contains($0) }
      listed[names[row]] = Listed(
        type: types[row], shape: lengths.compactMap { Int($0) },
        constant: values[row] == "*" ? nil : values[row])
      order.append(names[row])
    }
  }

  /// A field's name without the element.
  private static func base(_ column: String) -> String {
    guard column.hasSuffix("]"), let bracket = column.lastIndex(of: "["),
      Int(column[column.index(after: bracket)...].dropLast()) != nil
    else { return column }
    return String(column[..<bracket])
  }

  /// Whether the .cs file had a field; nil where nothing says what it had.
  func isListed(_ name: String) -> Bool? { order.isEmpty ? nil : listed[name] != nil }

  /// Whether nothing of a field was kept.
  func isGenerated(_ name: String) -> Bool {
    widths[name] == nil && listed[name]?.constant == nil && (isListed(name) ?? true)
  }

  /// The kept numbers of a field of one element; nil where it was not kept, or is none of numbers.
  func numbers(_ name: String) -> [Double]? { vectors(name, width: 1) }

  /// The kept elements of a field, `width` for every row.
  func vectors(_ name: String, width: Int) -> [Double]? {
    if let text = listed[name]?.constant {
      let values = Self.list(text).compactMap { Double($0) }
      guard values.count == width, values.allSatisfy(\.isFinite) else { return nil }
      return (0..<table.rowCount).flatMap { _ in values }
    }
    guard widths[name] == width else { return nil }
    var values = [Double](repeating: 0, count: width * table.rowCount)
    for component in 0..<width {
      guard let reader = reader(name, component: component) else { return nil }
      for row in 0..<table.rowCount {
        guard let value = reader(row).number, value.isFinite else { return nil }
        values[row * width + component] = value
      }
    }
    return values
  }

  private func reader(
    _ name: String, component: Int
  ) -> (@Sendable (Int) -> FieldText)? {
    table.reader("\(name)[\(component)]") ?? (component == 0 ? table.reader(name) : nil)
  }

  private static func list(_ text: String) -> [Substring] {
    text.split { "[],".contains($0) }
  }

  /// The kept numbers of a field where they are those of other ones but for rounding, and the others where
  /// not.
  func keep(_ name: String, near values: [Double]) -> [Double] {
    guard let kept = numbers(name) else { return values }
    return zip(kept, values).map { abs($0 - $1) < 1e-5 ? $0 : $1 }
  }

  /// The kept texts of a field where they are others but for cryoSPARC's mark of its project folder.
  func texts(_ name: String, like values: [String], _ indices: [Int32]) -> CSColumn? {
    guard widths[name] == 1, let kept = try? table.interned(name),
      kept.indices.count == indices.count
    else { return nil }
    let bare = kept.values.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
    let isSame = zip(kept.indices, indices).allSatisfy { bare[Int($0)] == values[Int($1)] }
    return isSame ? .interned(kept.values, kept.indices) : nil
  }

  /// The kept scales of the CTF and of the particles, where their product is the scale factor that RELION
  /// has, but for a factor that all share.
  func scales(_ table: STARTable, scaleFactors: [Double]) -> (scales: [Double], alphas: [Double])? {
    guard let alphas = numbers("alignments3D/alpha") else { return nil }
    let scales = numbers("ctf/scale") ?? [Double](repeating: 1, count: alphas.count)
    var particles = ParticleSet(
      poses: scales.map { _ in Pose(rotation: .identity, origin: .zero) },
      defoci: scales.map { Defocus(u: 0, v: 0, scale: $0) }, scales: alphas)
    particles.applyScales()
    var range: (least: Double, most: Double)?
    for (defocus, factor) in zip(particles.defoci, scaleFactors) {
      if defocus.scale == 0, factor == 0 { continue }
      let ratio = factor / defocus.scale
      guard ratio.isFinite, ratio > 0 else { return nil }
      range = range.map { (min($0.least, ratio), max($0.most, ratio)) } ?? (ratio, ratio)
    }
    guard let range else { return (scales, alphas) }
    return range.most / range.least < 1 + 1e-5 ? (scales, alphas) : nil
  }

  /// All fields that were kept, as columns.
  func all(rowCount: Int) -> [(name: String, column: CSColumn)] {
    let constants = order.filter { listed[$0]?.constant != nil && widths[$0] == nil }
    return (columnOrder + constants).compactMap { name in
      column(name, rowCount: rowCount).map { (name, $0) }
    }
  }

  private func column(_ name: String, rowCount: Int) -> CSColumn? {
    let isListedText = listed[name].map { $0.type.contains("S") || $0.type.contains("U") }
    if let text = listed[name]?.constant, isListedText == true {
      return .interned([text], [Int32](repeating: 0, count: rowCount))
    }
    let width = widths[name] ?? listed[name]?.shape.reduce(1, *) ?? 1
    let isArray = table.hasColumn(name + "[0]")
    let shape = listed[name]?.shape ?? (isArray ? [width] : [])
    guard shape.reduce(1, *) == width else { return nil }
    if width == 1, isListedText != false, let reader = reader(name, component: 0) {
      let isText = isListedText ?? (0..<rowCount).contains { reader($0).number == nil }
      if isText, let texts = try? table.interned(name) {
        return .interned(texts.values, texts.indices)
      }
    }
    let type = listed[name]?.type ?? Self.usualType(name)
    if type.hasSuffix("u8"), width == 1 {
      if let text = listed[name]?.constant {
        let value = Self.list(text).first.flatMap { UInt64($0) } ?? 0
        return .identifiers([UInt64](repeating: value, count: rowCount))
      }
      guard let reader = reader(name, component: 0) else { return nil }
      let values = (0..<rowCount).compactMap {
        UInt64(String(decoding: reader($0), as: UTF8.self))
      }
      return values.count == rowCount ? .identifiers(values) : nil
    }
    if let values = numbersOfAnyKind(name, width: width, rowCount: rowCount) {
      return .typed(type, shape: shape, values)
    }
    return nil
  }

  /// Numbers that need not be finite.
  private func numbersOfAnyKind(_ name: String, width: Int, rowCount: Int) -> [Double]? {
    if let text = listed[name]?.constant {
      let values = Self.list(text).compactMap { Double($0) }
      return values.count == width ? (0..<rowCount).flatMap { _ in values } : nil
    }
    var values = [Double](repeating: 0, count: width * rowCount)
    for component in 0..<width {
      guard let reader = reader(name, component: component) else { return nil }
      for row in 0..<rowCount {
        guard let value = reader(row).number else { return nil }
        values[row * width + component] = value
      }
    }
    return values
  }

  /// The type that cryoSPARC gives a field of a name.
  private static func usualType(_ name: String) -> String {
    let last = name.split(separator: "/").last ?? ""
    if last.hasSuffix("uid") || last == "import_sig" { return "<u8" }
    let whole = [
      "idx", "split", "class", "exp_group_id", "shape", "micrograph_shape", "template_idx",
    ]
    return whole.contains(String(last)) ? "<u4" : "<f4"
  }

  /// Fields in the order and of the types of the .cs file, the others behind them.
  func ordered(
    _ fields: [(name: String, column: CSColumn)]
  ) -> [(name: String, column: CSColumn)] {
    var places: [String: Int] = [:]
    for (place, name) in order.enumerated() { places[name] = place }
    let sorted = fields.enumerated().sorted { a, b in
      let (x, y) = (places[a.element.name] ?? order.count, places[b.element.name] ?? order.count)
      return (x, a.offset) < (y, b.offset)
    }
    return sorted.map { _, field in
      (field.name, listed[field.name].map { retyped(field.column, as: $0) } ?? field.column)
    }
  }

  private func retyped(_ column: CSColumn, as field: Listed) -> CSColumn {
    switch column {
    case .numbers(let values, let width) where field.shape.reduce(1, *) == width:
      return .typed(field.type, shape: field.shape, values)
    case .integers(let values, let width) where field.shape.reduce(1, *) == width:
      return .typed(field.type, shape: field.shape, values.map(Double.init))
    case .interned(let values, let indices, _) where field.type.hasPrefix("|S"):
      // A field may have room for longer texts than it holds.
      return .interned(values, indices, width: Int(field.type.dropFirst(2)) ?? 1)
    default: return column
    }
  }
}
