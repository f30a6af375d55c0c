import Ground
import Jobs
import Surface

extension FormScreen {
  /// Every field, in the order of the form: the inputs, each region, all else.
  var fields: [FormField] {
    let common = Parameter.all.map { FormField($0) }
    let ofRegions = job.regions.indices.flatMap { region in
      [.name(ofRegion: region)]
        + JobRegion.parameters.map { FormField($0.parameter, ofRegion: region) }
    }
    let isInput = { (field: FormField) in field.section == .common(.input) }
    return common.filter(isInput) + ofRegions + common.filter { !isInput($0) }
  }

  /// The fields that are shown.
  var visible: [FormField] {
    let needle = pattern.lowercased()
    return fields.filter { field in
      if onlyChanged, !isTouched(field) { return false }
      if !needle.isEmpty {
        return names(of: field).contains { $0.lowercased().contains(needle) }
      }
      return showsAdvanced || field.parameter?.isAdvanced != true || isTouched(field)
    }
  }

  var current: FormField? {
    let list = visible
    return list.contains(selected) ? selected : list.first
  }

  /// What a search looks at.
  private func names(of field: FormField) -> [String] {
    guard let parameter = field.parameter else { return [title(of: field), text(of: field)] }
    let region = field.region.map { [job.regions[$0].name, "region"] } ?? []
    return [key(of: field), parameter.title, parameter.help] + region
      + parameter.namesElsewhere.flatMap { [$0.program, $0.name] }
  }

  /// What findings call a field.
  func key(of field: FormField) -> String {
    guard let region = field.region, job.regions.indices.contains(region) else { return field.key }
    let own = job.regions[region]
    return field.parameter.map { own.key(of: $0) } ?? own.nameKey
  }

  /// The field of what a finding names; nil where the form has none.
  func field(ofKey key: String) -> FormField? { fields.first { self.key(of: $0) == key } }

  func title(of field: FormField) -> String {
    field.parameter?.title ?? "Name of the region"
  }

  /// The title with that of its region, where it stands alone.
  func wholeTitle(of field: FormField) -> String {
    guard let region = field.region, !field.isName else { return title(of: field) }
    return "\(job.regions[region].name): \(title(of: field))"
  }

  /// The job as a field sees it: of a region, with what the region has of its own.
  func job(of field: FormField) -> Job { field.region.map { job.ofRegion($0) } ?? job }

  /// What is known of the data for a field.
  func facts(of field: FormField) -> DataFacts? {
    field.region.map { region in data?.ofRegion(region) } ?? data
  }

  func value(of field: FormField) -> ParameterValue? {
    guard let parameter = field.parameter else {
      return field.region.map { .text(job.regions[$0].name) }
    }
    return job(of: field).value(of: parameter, given: facts(of: field))
  }

  /// The text of a field's value, as typed where it is a mistake.
  func text(of field: FormField) -> String {
    mistakes[field]?.text ?? (field.isName ? value(of: field) : job(of: field)[field.key])?.text
      ?? ""
  }

  /// A value as people read it; a mistake as it was typed.
  func shownText(of field: FormField) -> String {
    mistakes[field] == nil ? value(of: field)?.shown ?? "" : text(of: field)
  }

  /// Whether something was set for it, by the region itself where it is a region's.
  func isSet(_ field: FormField) -> Bool {
    guard let region = field.region else { return job.isSet(field.key) }
    return field.isName || job.regions[region].values[field.key] != nil
  }

  func isChanged(_ field: FormField) -> Bool {
    guard let region = field.region else { return job.isChanged(field.key) }
    return job.isChanged(field.key, ofRegion: region)
  }

  func isTouched(_ field: FormField) -> Bool { isChanged(field) || mistakes[field] != nil }

  /// Why a value is what it is where it was not set here: "= 3 × prior.rotation_sd".
  func reason(of field: FormField) -> String? {
    guard let parameter = field.parameter, mistakes[field] == nil, !isSet(field) else {
      return nil
    }
    if field.region != nil, job.isSet(field.key) { return "as all regions" }
    return job(of: field).derived(parameter, given: facts(of: field))?.reason
  }

  /// Whether it does anything as the others are.
  func hasEffect(_ field: FormField) -> Bool {
    guard let condition = field.parameter?.condition else { return true }
    return job(of: field)[condition.key] == condition.value
  }

  /// Whether each region has its own, so that there is nothing to set for all.
  func isOfRegions(_ field: FormField) -> Bool {
    field == .mask(ofRegion: nil) && !job.regions.isEmpty && !isSet(field)
  }

  // MARK: Changes

  /// Sets a field from text; a text that is no value is kept as a mistake.
  mutating func set(_ field: FormField, to text: String) {
    guard !field.isName else {
      rename(region: field.region ?? 0, to: text)
      return
    }
    var next = entries
    do throws(Problem) {
      if let region = field.region {
        try next.job.set(field.key, ofRegion: region, to: text)
      } else {
        try next.job.set(field.key, to: text)
      }
      next.mistakes[field] = nil
    } catch {
      next.mistakes[field] = Mistake(text: text, problem: error)
    }
    change(to: next.job, mistakes: next.mistakes)
  }

  /// Sets a field back to what it is by itself.
  mutating func reset(_ field: FormField) {
    var next = entries
    next.mistakes[field] = nil
    if let region = field.region {
      next.job.unset(field.key, ofRegion: region)
    } else {
      next.job[field.key] = nil
    }
    change(to: next.job, mistakes: next.mistakes)
  }
}
