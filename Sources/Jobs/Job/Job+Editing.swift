import Ground
import TOMLText

extension Job {
  /// The text of a job file with what this job has otherwise: other values in their places, new ones in their
  /// tables, lines of values that are gone left out. Comments, order and whatever else a person has written
  /// stay.
  ///
  /// - Returns: a text that is read as this job; nil where the text allows none.
  public func edited(_ text: String) -> String? {
    guard var file = JobText(text),
      let before = try? Job.parsed(toml: text, file: FilePath.joined(folder, name + ".toml"))
    else { return nil }
    // As the lines of a whole file that the form has written.
    let isAnnotated = text.contains("\n[") && text.hasPrefix(Self.firstLine)
    editValues(of: &file, before.job, isAnnotated: isAnnotated)
    let matches = Self.matches(of: regions, in: before.job.regions)
    var tables: [JobText.Region] = []
    for (region, match) in zip(regions, matches) {
      guard let match, let segment = file.segments.firstIndex(where: { $0.region == match }) else {
        tables.append(.new(region.toml(complete: isAnnotated)))
        continue
      }
      let scope = JobScope(
        segments: [segment], depth: 1, before: before.job.regions[match].written,
        after: region.written, order: ["name"] + JobRegion.parameters.map(\.name),
        isAnnotated: isAnnotated)
      scope.edit(&file)
      tables.append(.segment(segment))
    }
    let result = file.text(regions: tables)
    let again = try? Job.parsed(toml: result, file: FilePath.joined(folder, name + ".toml"))
    guard let again, again.problems.isEmpty, again.job.values == values,
      again.job.regions == regions
    else { return nil }
    return result
  }

  /// The job as a file of another folder says it: with paths that stand alone, where they would start
  /// elsewhere; the job itself in a file of its own folder.
  public func written(at path: String) -> Job {
    FilePath.folder(of: FilePath.absolute(path)) == FilePath.absolute(folder) ? self : asRun
  }

  private func editValues(of file: inout JobText, _ before: Job, isAnnotated: Bool) {
    let scope = JobScope(
      segments: file.segments.indices.filter { file.segments[$0].region == nil }, depth: 0,
      before: before.values.mapValues(\.written), after: values.mapValues(\.written),
      order: Parameter.all.map(\.key), isAnnotated: isAnnotated)
    scope.edit(&file)
  }

  /// Which of the regions before each is: that of its name, else one that is gone and has its mask or all of
  /// its values; nil for a new one.
  static func matches(of regions: [JobRegion], in before: [JobRegion]) -> [Int?] {
    var free = Set(before.indices)
    var matches: [Int?] = regions.map { region in
      let match = before.indices.first { free.contains($0) && before[$0].name == region.name }
      if let match { free.remove(match) }
      return match
    }
    let mask = Parameter.input.mask.key
    for index in regions.indices where matches[index] == nil {
      let values = regions[index].values
      let match = free.sorted().first {
        before[$0].values == values
          || (values[mask] != nil && before[$0].values[mask] == values[mask])
      }
      matches[index] = match
      if let match { free.remove(match) }
    }
    return matches
  }
}

extension JobRegion {
  /// Its name and values as its table has them.
  fileprivate var written: [String: String] {
    var texts = ["name": quotedTOML(name)]
    for (key, value) in values { texts[Self.name(ofKey: key)] = value.written }
    return texts
  }
}

extension ParameterValue {
  /// The value as a person writes it: whole numbers without a point.
  fileprivate var written: String {
    if case .number(let number) = self, number == number.rounded(), abs(number) < 1e6 {
      return text
    }
    return toml
  }
}
