import Ground

/// A parameter of a job or of one of its regions, as job files and command lines name it:
/// `prior.rotation_sd`, `region.head.prior.rotation_sd`.
public struct JobField: Sendable {
  /// The name of the region; nil for the job itself.
  public let region: String?
  public let parameter: Parameter
  /// As it was given.
  public let key: String

  /// nil for a key that names neither.
  public init?(_ key: String) {
    self.key = key
    guard key.hasPrefix(Job.regionPrefix) else {
      guard let parameter = Parameter.named(key) else { return nil }
      (region, self.parameter) = (nil, parameter)
      return
    }
    let rest = key.dropFirst(Job.regionPrefix.count)
    guard let dot = rest.firstIndex(of: "."),
      let parameter = JobRegion.parameter(named: String(rest[rest.index(after: dot)...]))
    else { return nil }
    (region, self.parameter) = (String(rest[..<dot]), parameter)
  }

  /// The name on the form, after that of its region.
  public var title: String { region.map { "\($0): \(parameter.title)" } ?? parameter.title }
}

extension Job {
  /// Where a field's region is; nil where the job has none of the name.
  func index(of field: JobField) -> Int? { regions.firstIndex { $0.name == field.region } }

  /// The value of a parameter of a region, its own or that of all; nil where there is none.
  func regionValue(_ key: String) -> ParameterValue? {
    guard let field = JobField(key), let index = index(of: field) else { return nil }
    return ofRegion(index).value(of: field.parameter)
  }

  /// Whether a setting on which a field's effect depends is as it must be; of a parameter of all regions, in
  /// any of them.
  public func holds(_ condition: Parameter.Condition, for field: JobField) -> Bool {
    let jobs =
      field.region == nil
      ? [self] + regions.indices.map(ofRegion) : index(of: field).map { [ofRegion($0)] } ?? []
    return jobs.contains { $0[condition.key] == condition.value }
  }

  /// The value that a region has of its own.
  func ownValue(_ key: String) -> ParameterValue? {
    guard let field = JobField(key), let index = index(of: field) else { return nil }
    return regions[index].values[field.parameter.key]
  }

  /// Sets a parameter of a region from typed text; a text that asks for the default takes what all have.
  ///
  /// Throws as `set` does, and where a region has no such parameter of its own.
  public mutating func set(_ key: String, ofRegion index: Int, to text: String) throws(Problem) {
    guard regions.indices.contains(index) else { return }
    try regions[index].set(JobRegion.name(ofKey: key), to: text)
  }

  /// Lets a region take again what all have.
  public mutating func unset(_ key: String, ofRegion index: Int) {
    guard regions.indices.contains(index) else { return }
    regions[index].values[key] = nil
  }

  /// Whether a field has another value than it would have by itself.
  func isChanged(_ field: JobField) -> Bool {
    index(of: field).map { isChanged(field.parameter.key, ofRegion: $0) } ?? false
  }

  /// Whether a region has another value than it would have by what all have.
  public func isChanged(_ key: String, ofRegion index: Int) -> Bool {
    guard regions.indices.contains(index), let value = regions[index].values[key] else {
      return false
    }
    var common = ofRegion(index)
    common[key] = values[key]
    return common[key] != value
  }

  /// Keys of what differs between the regions of two jobs.
  func regionDifferences(from other: Job) -> [String] {
    let theirs = other.regions.filter { own in !regions.contains { $0.name == own.name } }
    return (regions + theirs).flatMap { region in
      JobRegion.parameters.map { region.key(of: $0.parameter) }.filter { key in
        (ownValue(key) != nil || other.ownValue(key) != nil)
          && regionValue(key) != other.regionValue(key)
      }
    }
  }
}
