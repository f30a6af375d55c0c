import CryoEM
import Ground
import TOMLText

/// One of several regions that a job refines together: its name, and what it has instead of the job's own
/// values.
public struct JobRegion: Sendable, Equatable {
  /// What its folders are called.
  public var name: String
  /// The values that are its own, by the keys that they have in the job.
  public internal(set) var values: [String: ParameterValue]

  public init(name: String, values: [String: ParameterValue] = [:]) {
    (self.name, self.values) = (name, values)
  }

  /// The value of a parameter that is the region's own; setting nil takes that of the job.
  public subscript<Value>(key: ParameterKey<Value>) -> Value? {
    get { values[key.key].flatMap(Value.init) }
    set { values[key.key] = newValue?.parameterValue }
  }

  /// The parameters that a region may have of its own, by what they are called in its table: in the order
  /// of the form, the mask first.
  public static let parameters: [(name: String, parameter: Parameter)] = {
    let (input, refinement) = (Parameter.input, Parameter.refinement)
    let tables = ["fulcrum", "prior", "search", "ctf"]
    let single = [("mask", input.mask.parameter), ("symmetry", refinement.symmetry.parameter)]
    return single
      + Parameter.all.filter { parameter in
        tables.contains { parameter.key.hasPrefix($0 + ".") }
          && (!parameter.key.hasPrefix("ctf.") || parameter.key == Parameter.ctf.bodyDefocus.key)
      }.map { ($0.key, $0) }
  }()

  /// The parameter of a name in a region's table.
  static func parameter(named name: String) -> Parameter? {
    parameters.first { $0.name == name }?.parameter
  }

  /// What a region's table calls the parameter of a key.
  static func name(ofKey key: String) -> String {
    parameters.first { $0.parameter.key == key }?.name ?? key
  }

  /// The key of one of its parameters in the job: `region.head.mask`.
  public func key(of parameter: Parameter) -> String {
    Job.regionPrefix + name + "." + Self.name(ofKey: parameter.key)
  }

  /// What findings call its name.
  public var nameKey: String { Job.regionPrefix + name + ".name" }

  /// What a region of a mask is called: the file's name without "mask"; nil where nothing is left.
  public static func name(ofMask path: String) -> String? {
    var name = FilePath.stem(of: path)
    for word in ["mask_", "_mask", "mask-", "-mask"] { name = name.replacing(word, with: "") }
    name = String(
      name.prefix(40).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    return name.isEmpty || name == "mask" ? nil : name
  }

  /// Sets what a name in the region's table stands for, from typed text.
  mutating func set(_ name: String, to text: String) throws(Problem) {
    guard let parameter = Self.parameter(named: name) else {
      throw Self.unknown(name, place: "region.\(self.name).")
    }
    values[parameter.key] = try parameter.parsed(text)
  }

  static func unknown(_ name: String, place: String) -> Problem {
    let nearest = nearestName(to: name, among: parameters.map(\.name)) ?? "mask"
    if Parameter.named(name) != nil {
      return Problem(
        "\(place)\(name): a region has no \(name) of its own",
        whatToDo: "Set it for all regions, outside of their tables.")
    }
    return Problem(
      "\(place)\(name): there is no such parameter of a region",
      whatToDo: "Did you mean \(nearest)? Correct the key or remove the line.")
  }

  /// The region's table in a job file; with `complete` each value has its title and unit as a comment.
  func toml(complete: Bool) -> String {
    var text = "\n[[region]]\nname = \(quotedTOML(name))\n"
    for (name, parameter) in Self.parameters {
      guard let value = values[parameter.key] else { continue }
      text +=
        "\(name) = \(value.toml)" + (complete ? "  # \(parameter.titleWithUnit)" : "") + "\n"
    }
    return text
  }

  /// The names of regions are those of folders: letters, numbers, - and _.
  public var hasUsableName: Bool {
    !name.isEmpty && name.count <= 40
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
  }
}

extension Job {
  /// The job of one region by itself, with what all have in common; the job itself where it has no
  /// regions.
  public func ofRegion(_ index: Int) -> Job {
    guard regions.indices.contains(index) else { return self }
    var job = self
    job.regions = []
    job.name = regions[index].name
    for (key, value) in regions[index].values { job[key] = value }
    job[Parameter.refinement.subtractOutside] = true
    return job
  }

  /// Sets a parameter of a region from what follows `region.` in its key; the region is made where there
  /// is none of its name.
  mutating func setRegion(_ rest: String, to text: String, from folder: String?) throws(Problem) {
    guard let dot = rest.firstIndex(of: "."), dot > rest.startIndex else {
      throw Problem(
        "region.\(rest): it names no parameter of a region",
        whatToDo: "Write region.NAME.KEY, for example region.head.prior.rotation_sd=8.")
    }
    let (name, key) = (String(rest[..<dot]), String(rest[rest.index(after: dot)...]))
    var region = regions.first { $0.name == name } ?? JobRegion(name: name)
    try region.set(key, to: text)
    if let folder {
      region.values = region.values.mapWithKeys { Self.absolute($1, of: $0, from: folder) }
    }
    if let index = regions.firstIndex(where: { $0.name == name }) {
      regions[index] = region
    } else {
      regions.append(region)
    }
  }

  /// The same region with paths that stand alone.
  func asRun(_ region: JobRegion) -> JobRegion {
    var region = region
    region.values = region.values.mapWithKeys { Self.absolute($1, of: $0, from: folder) }
    return region
  }
}

extension Dictionary {
  fileprivate func mapWithKeys(_ change: (Key, Value) -> Value) -> [Key: Value] {
    var changed = self
    for (key, value) in self { changed[key] = change(key, value) }
    return changed
  }
}
