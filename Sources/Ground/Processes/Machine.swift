import Glibc

/// The computer that a refinement runs on.
public struct Machine: Sendable {
  /// Cores that this process may use.
  public let cores: Int
  /// Bytes of memory that this process may use.
  public let memory: Int

  /// Bytes that a process plans for where nobody says how many: four fifths of all.
  public var plannedMemory: Int { Int(0.8 * Double(memory)) }

  public init(cores: Int, memory: Int) {
    self.cores = cores
    self.memory = memory
  }

  /// This computer: the cores of the process's affinity mask and the smaller of the memory and its
  /// control group's limit, which is what a batch queue hands out.
  public static let current: Machine = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    let limit = text(of: "/sys/fs/cgroup/memory.max").flatMap { Int($0.trimmed) }
    return Machine(cores: allowedCores, memory: min(pages, limit ?? pages))
  }()

  /// The name of this computer; empty where the system does not say.
  public static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static var allowedCores: Int {
    let online = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    guard let status = text(of: "/proc/self/status"),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") })
    else { return online }
    let cores = line.dropFirst("Cpus_allowed:".count)
      .compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
    return cores > 0 ? min(cores, online) : online
  }

  private static func text(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = fread(&bytes, 1, bytes.count, file)
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}
