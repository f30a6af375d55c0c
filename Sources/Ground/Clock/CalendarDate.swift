import Glibc

/// A day and a time of day, for tables.
public struct CalendarDate: Sendable, Hashable {
  public var year: Int, month: Int, day: Int
  public var hour: Int, minute: Int, second: Int

  /// The date of a time in seconds since 1970, in a time zone that is `offset` seconds east of
  /// Greenwich.
  ///
  /// Days by Hinnant's civil calendar: 400-year eras that begin on 1 March.
  public init(_ time: Double, offset: Int) {
    let seconds = time.isFinite && abs(time) < 1e13 ? Int(time.rounded(.down)) + offset : 0
    let ofDay = ((seconds % 86400) + 86400) % 86400
    let days = (seconds - ofDay) / 86400 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    hour = ofDay / 3600
    minute = ofDay / 60 % 60
    second = ofDay % 60
  }

  /// The date where this machine stands; of what is beyond any calendar that of 1970.
  public init(local time: Double) {
    let time = abs(time) < 1e12 ? time : 0
    self.init(time, offset: Self.localOffset(at: time))
  }

  /// Seconds that local time is ahead of Greenwich.
  public static func localOffset(at time: Double) -> Int {
    var seconds = time_t(time)
    var local = tm()
    localtime_r(&seconds, &local)
    return local.tm_gmtoff
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

  /// "23 Nov 09:15"
  public var short: String { "\(two(day)) \(Self.months[month - 1]) \(two(hour)):\(two(minute))" }
  /// "23 Nov 2026"
  public var withYear: String { "\(two(day)) \(Self.months[month - 1]) \(year)" }
  /// "09:15:42"
  public var clock: String { "\(two(hour)):\(two(minute)):\(two(second))" }
}
