import Jobs

/// What a row of the form is about: a parameter of the job or of one of its regions, or a region's name.
struct FormField: Sendable, Hashable {
  /// The place of its region among the job's; nil for the job itself.
  var region: Int?
  /// The parameter's key; empty for the name of a region.
  var key: String

  init(_ key: String, ofRegion region: Int? = nil) { (self.key, self.region) = (key, region) }

  init(_ parameter: Parameter, ofRegion region: Int? = nil) {
    self.init(parameter.key, ofRegion: region)
  }

  static func name(ofRegion region: Int) -> FormField { FormField("", ofRegion: region) }

  static func mask(ofRegion region: Int?) -> FormField {
    FormField(Parameter.input.mask.key, ofRegion: region)
  }

  var isName: Bool { key.isEmpty }
  /// nil for a name.
  var parameter: Parameter? { Parameter.named(key) }

  /// A part of the form under a heading.
  enum Section: Hashable {
    case common(Parameter.Section)
    case region(Int)
  }

  var section: Section {
    region.map(Section.region) ?? .common(parameter?.section ?? .input)
  }
}

extension FormField: ExpressibleByStringLiteral {
  init(stringLiteral key: String) { self.init(key) }
}
