import Glibc

/// The name of a user of this machine; `user 1000` for one without.
public func userName(_ user: uid_t) -> String {
  var entry = passwd()
  var result: UnsafeMutablePointer<passwd>?
  var buffer = [CChar](repeating: 0, count: 4096)
  guard getpwuid_r(user, &entry, &buffer, buffer.count, &result) == 0, result != nil,
    let name = entry.pw_name
  else { return "user \(user)" }
  return String(cString: name)
}
