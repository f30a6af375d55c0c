import Ground
import Jobs
import Surface

extension MaskMakerScreen {
  /// What is typed as a number.
  enum Setting: Sendable, Hashable {
    case threshold, lowPass, radius, extend, edge
  }

  func prompt(_ setting: Setting) -> Effect {
    let (title, value, hint): (String, Double, String) =
      switch setting {
      case .threshold: ("Density to cut at", Double(sketch.threshold), "Of the filtered map")
      case .lowPass: ("Low-pass in Å", sketch.lowPass, "0 for none")
      case .radius: ("Radius of the next sphere in Å", radius, "s adds it at the cross")
      case .extend: ("Grow the region by Å", sketch.extend, "Before its edge begins")
      case .edge:
        ("Width of the edge in Å", sketch.edge, "Five times the resolution is advised")
      }
    return .popUp(
      TextPrompt(
        .makerValue(setting), title: title, text: Format.rounded(value, digits: 5), hint: hint,
        objection: { Self.number($0, for: setting) == nil ? Self.objection(setting) : nil }))
  }

  private static func number(_ text: String, for setting: Setting) -> Double? {
    guard let value = Double(text.trimmed), value.isFinite, abs(value) < 1e6 else { return nil }
    switch setting {
    case .threshold: return value
    case .radius: return value > 0 ? value : nil
    case .lowPass, .extend, .edge: return value >= 0 ? value : nil
    }
  }

  private static func objection(_ setting: Setting) -> Problem {
    Problem(
      setting == .threshold ? "a number is needed" : "a length in Å is needed",
      whatToDo: "Write a number, as 12.5.")
  }

  func savePrompt(isUsed: Bool) -> Effect {
    .popUp(
      TextPrompt(
        .saveMask(isUsed: isUsed), title: isUsed ? "Save and use the mask as" : "Save the mask as",
        text: FilePath.joined(job.folder, "mask.mrc"),
        objection: {
          $0.isEmpty || $0.hasSuffix("/")
            ? Problem("a file needs a name", whatToDo: "Write one, or press Esc.") : nil
        }))
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .coordinates: return answerCoordinates(text)
    case .makerValue(let setting):
      guard let value = Self.number(text, for: setting) else {
        return [.complain(Self.objection(setting))]
      }
      return set(setting, to: value)
    case .saveMask(let isUsed): return save(to: text, replacing: false, isUsed: isUsed)
    case .overwriteMask(let path, let isUsed):
      return save(to: path, replacing: true, isUsed: isUsed)
    default: return []
    }
  }

  private mutating func set(_ setting: Setting, to value: Double) -> [Effect] {
    switch setting {
    case .threshold: return cut(at: Float(value))
    case .lowPass:
      guard value != sketch.lowPass else { return [] }
      history.append(sketch)
      sketch.lowPass = value
      return [.work(.makeMask(.filter(original, lowPass: value)))]
    case .radius:
      radius = value
      return []
    case .extend: return change { $0.extend = value }
    case .edge: return change { $0.edge = value }
    }
  }

  private mutating func save(to path: String, replacing: Bool, isUsed: Bool) -> [Effect] {
    guard let pieces = currentPieces, let mapPath else { return [] }
    isSaving = true
    return [
      .work(
        .makeMask(
          .save(
            sketch, pieces, map: mapPath, path: path, replacing: replacing, isUsed: isUsed))),
      .say("Saving \(path) …"),
    ]
  }
}
