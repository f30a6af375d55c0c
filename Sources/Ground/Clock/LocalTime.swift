import Glibc

/// A time of day where this machine stands.
public struct LocalTime: Sendable, Hashable {
  public let hour: Int
  public let minute: Int
  public let second: Int
  /// Seconds that local time is ahead of Greenwich.
  public let offset: Int

  /// - Parameter seconds: since 1970; what is beyond any calendar counts as 0.
  public init(_ seconds: Double) {
    var time = abs(seconds) < 1e12 ? time_t(seconds) : 0
    var local = tm()
    localtime_r(&time, &local)
    (hour, minute, second) = (Int(local.tm_hour), Int(local.tm_min), Int(local.tm_sec))
    offset = local.tm_gmtoff
  }

  /// Hours, minutes and seconds, two digits each.
  public var text: String {
    [hour, minute, second].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }
}
