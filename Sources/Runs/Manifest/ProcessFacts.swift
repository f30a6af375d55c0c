import Glibc
import Ground

/// Time of day.
public enum WallClock {
  /// Seconds since 1970.
  public static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Time that only goes forward, for durations: the time of day is set now and then.
public enum MonotonicClock {
  /// Seconds since the machine was started.
  public static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// What a process knows about itself, and about its neighbours on the machine.
public enum ProcessFacts {
  /// Name of the machine.
  static var host: String { Machine.host }

  /// The path of the program.
  public static var program: String { ChildProcess.ownProgram }

  static var processID: Int32 { getpid() }

  /// What identifies this machine since it was started; empty where the system does not say.
  static let boot = String(
    text(of: "/proc/sys/kernel/random/boot_id").prefix { !$0.isWhitespace })

  /// Which world of process numbers this process is in; nil where the system does not say.
  static let namespace: String? = {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/self/ns/pid", &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  /// When a process of this machine began, in the system's ticks since the machine was started; nil for
  /// none. Two processes may have the same number one after the other, but not the same beginning.
  static func start(of processID: Int32) -> UInt64? {
    let fields = fields(of: processID)
    return fields.count > 19 ? UInt64(fields[19]) : nil
  }

  /// What the system says of a process after its name: its state first, and in the twentieth place its
  /// beginning; empty for none.
  private static func fields(of processID: Int32) -> [Substring] {
    // The name in brackets may hold anything.
    let text = text(of: "/proc/\(processID)/stat")
    guard let bracket = text.lastIndex(of: ")") else { return [] }
    return text[text.index(after: bracket)...].split(separator: " ")
  }

  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Resident memory, bytes.
  static var residentMemory: Int {
    let words = text(of: "/proc/self/statm").split(separator: " ")
    return words.count > 1 ? (Int(words[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
  }

  /// CPU seconds of all threads, user and system.
  static var cpuSeconds: Double {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// Whether a process of this machine is alive.
  static func isAlive(_ processID: Int32) -> Bool {
    guard processID > 0, kill(processID, 0) == 0 || errno == EPERM else { return false }
    // One that has ended and for which nobody has waited yet does nothing any more.
    return !["Z", "X"].contains(fields(of: processID).first ?? "")
  }
}
