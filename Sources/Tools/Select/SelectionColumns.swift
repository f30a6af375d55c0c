import CryoEM
import Expressions
import Ground
import Particles

/// What the names of an expression stand for: columns of the file, words that mean the same in either
/// format, and how far a particle has turned and moved.
struct SelectionColumns: ExpressionColumns {
  let records: ParticleRecords
  /// How far each particle turned (degrees) and moved (Å); nil where there is nothing to compare with.
  var motions: (turned: [Double], moved: [Double])?
  /// What must be given for `turned` and `moved`.
  var motionAdvice = "Give the file with the poses before with --against."

  /// Words that mean the same in either format, and what they are.
  static let words = [
    "half", "defocus", "astigmatism", "turned", "moved", "turned_sd", "moved_sd", "scale",
    "azimuth",
    "elevation", "row", "micrograph", "group", "class", "image", "uid",
  ]

  /// An expression of the kind that is wanted.
  static let example = "rlnDefocusU < 20000 and half = A"

  var count: Int { records.count }

  func words(of name: String) -> [String] { name == "half" ? ["A", "B"] : [] }

  /// The column of a name, as numbers.
  func numbers(_ name: String, place: Int) throws(ExpressionError) -> [Double] {
    switch name {
    case "row": return (0..<records.count).map { Double($0 + 1) }
    case "turned", "moved":
      guard let motions else {
        throw ExpressionError("“\(name)” needs poses to compare with", motionAdvice, at: place)
      }
      return name == "turned" ? motions.turned : motions.moved
    case "defocus", "astigmatism":
      let isStar = records.format == .star
      let u = try column(isStar ? "rlnDefocusU" : "ctf/df1_A", place: place)
      let v = try column(isStar ? "rlnDefocusV" : "ctf/df2_A", place: place)
      return zip(u, v).map { name == "defocus" ? ($0 + $1) / 2 : abs($0 - $1) }
    case "azimuth", "elevation":
      let views = try poses(for: name, place: place).map { ViewPlace(of: $0.rotation.row2) }
      return views.map { name == "azimuth" ? $0.azimuth : $0.elevation }
    case "turned_sd": return try refined(LocalRefinementColumn.rotation, name, place: place)
    case "moved_sd": return try refined(LocalRefinementColumn.shift, name, place: place)
    case "scale": return try refined(LocalRefinementColumn.scale, name, place: place)
    case "group" where records.format == .cs:
      return try column("ctf/exp_group_id", place: place).map { $0 + 1 }
    case "group": return try column("rlnOpticsGroup", place: place)
    case "class" where records.format == .cs:
      return try column("alignments3D/class", place: place).map { $0 + 1 }
    case "class": return try column("rlnClassNumber", place: place)
    case "half", "micrograph", "image", "uid":
      throw ExpressionError(
        "“\(name)” is a text", "Compare it with a text in quotes, or count it: count(\(name)).",
        at: place)
    default: return try column(name, place: place)
    }
  }

  /// The column of a name, as texts.
  func texts(_ name: String, place: Int) throws(ExpressionError) -> (
    values: [String], indices: [Int32]
  ) {
    switch name {
    case "half":
      guard let halves = records.halfSets() else {
        throw ExpressionError("the file has no half-sets", "Leave “half” out.", at: place)
      }
      return (["A", "B", ""], halves.map { half in half.map { Int32($0.rawValue) } ?? 2 })
    case "micrograph":
      guard let names = records.micrographs() else {
        throw ExpressionError(
          "the file names no micrographs", "Leave “micrograph” out.", at: place)
      }
      return names
    case "image":
      let name = records.format == .cs ? "blob/path" : "rlnImageName"
      return try textColumn(name, place: place)
    case "row", "turned", "moved", "turned_sd", "moved_sd", "scale", "azimuth", "elevation",
      "defocus", "astigmatism", "group", "class":
      throw ExpressionError(
        "“\(name)” is a number", "Compare it with a number without quotes.", at: place)
    default: return try textColumn(name, place: place)
    }
  }

  private func poses(for name: String, place: Int) throws(ExpressionError) -> [Pose] {
    var problems = ProblemList()
    guard let poses = records.poses(problems: &problems) else {
      let problem = problems.all.first
      throw ExpressionError(
        problem?.what ?? "the file has no poses, and so no “\(name)”",
        problem?.whatToDo ?? "Give a file of a 3D refinement.", at: place)
    }
    return poses
  }

  /// A column that a refinement of this program has added.
  private func refined(
    _ names: (star: String, cs: String), _ name: String, place: Int
  ) throws(ExpressionError) -> [Double] {
    let field = records.format == .cs ? names.cs : names.star
    guard records.hasColumn(field) else {
      throw ExpressionError(
        "the file has no column \(field), and so no “\(name)”",
        name == "scale"
          ? "Scales are in the results of runs that fit them: refinement.minimize_scale."
          : "Give the final particles of a run of this program.", at: place)
    }
    return try column(field, place: place)
  }

  /// What `mode1` is called in a star file: the place along a mode of the regions' motion.
  private static func mode(_ name: String) -> String? {
    guard name.hasPrefix("mode") else { return nil }
    let rest = name.dropFirst(4)
    return rest.isEmpty || rest.first?.isNumber != true ? nil : "rlnMotionMode" + rest
  }

  private func column(_ name: String, place: Int) throws(ExpressionError) -> [Double] {
    let found = try resolved(name, place: place)
    var problems = ProblemList()
    guard let values = records.numbers(found, problems: &problems) else {
      let problem = problems.all.first
      throw ExpressionError(
        problem?.what ?? "there is no column \(name)",
        problem?.whatToDo ?? "Check the name.", at: place)
    }
    return values
  }

  private func textColumn(
    _ name: String, place: Int
  ) throws(ExpressionError) -> (values: [String], indices: [Int32]) {
    guard let texts = records.texts(try resolved(name, place: place)) else {
      throw ExpressionError("there is no column \(name)", "Check the name.", at: place)
    }
    return texts
  }

  /// The file's name of a column: as it is, without the underscore, without RELION's prefix, or without
  /// cryoSPARC's, where only one column is meant.
  func resolved(_ name: String, place: Int) throws(ExpressionError) -> String {
    if records.hasColumn(name) { return name }
    let bare = name.hasPrefix("_") ? String(name.dropFirst()) : name
    if records.hasColumn(bare) { return bare }
    if records.hasColumn("rln" + bare) { return "rln" + bare }
    if let mode = Self.mode(bare), records.hasColumn(mode) { return mode }
    let names = records.columnNames
    let meant = names.filter { $0.hasSuffix("/" + bare) }
    if meant.count == 1 { return meant[0] }
    if meant.count > 1 {
      throw ExpressionError(
        "“\(name)” may be \(meant.joined(separator: " or "))", "Write the whole name.", at: place)
    }
    let elements = names.filter { $0.hasPrefix(bare + "[") }
    if let first = elements.first, let last = elements.last {
      throw ExpressionError(
        "“\(name)” has several elements", "Name one: \(first) to \(last).", at: place)
    }
    let nearest = nearestName(to: bare, among: names + Self.words)
    throw ExpressionError(
      "there is no column “\(name)”",
      bare.contains("/") && names.contains(String(bare.prefix { $0 != "/" }))
        ? "Put spaces around a / that divides."
        : nearest.map { "Do you mean \($0)? Put texts in quotes." } ?? "Put texts in quotes.",
      at: place)
  }
}
