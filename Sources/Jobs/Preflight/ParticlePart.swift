import Ground

/// The part of a file's particles that a run refines, where it is not all of them.
public struct ParticlePart: Codable, Sendable, Hashable {
  /// The share that was asked for, 0…1.
  public var fraction: Double
  /// How many particles the file has.
  public var all: Int

  public init(fraction: Double, all: Int) {
    (self.fraction, self.all) = (fraction, all)
  }

  /// In words: "a fifth of the particles", "35% of the particles".
  public var text: String { Self.share(fraction) + " of the particles" }

  /// The share in words: "a fifth", "35%".
  private static func share(_ fraction: Double) -> String {
    let words: [Double: String] = [
      0.5: "half", 0.25: "a quarter", 0.2: "a fifth", 0.125: "an eighth", 0.1: "a tenth",
      0.05: "a twentieth", 0.01: "a hundredth",
    ]
    return words[fraction] ?? Format.rounded(100 * fraction, digits: 3) + "%"
  }

  /// A count of the part's particles beside that of all: "100 of 500 particles".
  public func counted(_ count: Int) -> String {
    "\(Format.count(count)) of \(Format.counted(all, "particle"))"
  }
}

extension ParticlePart? {
  /// A count of particles, beside that of all where they are a part: "100 of 500 particles".
  public func counted(_ count: Int) -> String {
    self?.counted(count) ?? Format.counted(count, "particle")
  }

  /// The same without the noun: "100 of 500".
  public func number(_ count: Int) -> String {
    Format.count(count) + (self.map { " of " + Format.count($0.all) } ?? "")
  }
}
