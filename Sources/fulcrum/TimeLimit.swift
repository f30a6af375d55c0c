import ArgumentParser
import Runs

/// A span of time as people and schedulers write it: `90m`, `11h50m`, `1d2h`, `45s`, `11:50:00`,
/// `50:00` (minutes and seconds), `1-02:00:00` (days), or a number of minutes.
struct TimeLimit: ExpressibleByArgument, Equatable {
  let seconds: Double

  init?(argument: String) {
    let text = argument.lowercased()
    guard let seconds = Self.clock(text) ?? Self.units(text), seconds > 0, seconds < 1e9 else {
      return nil
    }
    self.seconds = seconds
  }

  /// `[D-]HH:MM:SS` and `MM:SS`, as Slurm has them; a number alone is minutes.
  private static func clock(_ text: String) -> Double? {
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    guard halves.count <= 2, let time = halves.last else { return nil }
    let parts = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0) }
    let numbers = parts.compactMap { $0 }
    guard numbers.count == parts.count, (1...3).contains(numbers.count) else { return nil }
    if halves.count == 2 {
      // Days, then hours, minutes and seconds from the left.
      guard let days = number(halves[0]) else { return nil }
      return zip([3600.0, 60, 1], numbers).reduce(days * 86_400) { $0 + $1.0 * $1.1 }
    }
    switch numbers.count {
    case 1: return numbers[0] * 60
    case 2: return numbers[0] * 60 + numbers[1]
    default: return numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
    }
  }

  /// Numbers with units, the largest first.
  private static func units(_ text: String) -> Double? {
    let sizes: [(unit: Character, seconds: Double)] = [
      ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]
    var rest = text[...]
    var total = 0.0
    var next = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      guard let value = Double(digits), let unit = rest.dropFirst(digits.count).first,
        let place = sizes[next...].firstIndex(where: { $0.unit == unit })
      else { return nil }
      total += value * sizes[place].seconds
      next = place + 1
      rest = rest.dropFirst(digits.count + 1)
    }
    return total
  }

  private static func number(_ text: Substring) -> Double? {
    guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return Double(text)
  }
}

/// The arguments that `run` and `resume` share.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Save and end after: 11h50m, 90m, 1d2h, 11:50:00.",
      valueName: "time"))
  var timeLimit: TimeLimit?

  @Option(
    help: ArgumentHelp(
      "Save a search's state this often.",
      valueName: "seconds"))
  var saveEvery = RunSession.usualInterval

  @Flag(help: "End with status 3 where a verdict objects.")
  var strict = false
}
