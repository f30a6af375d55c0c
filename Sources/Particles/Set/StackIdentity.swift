import EMFiles
import Glibc
import Ground

/// For each path the index of the first one that is the same file: under another name, by a link, or
/// as a copy.
///
/// A copy is told by its content: the same size, the same beginning, and then the same bytes at many
/// places. Files that cannot be read are taken for files of their own.
func firstsOfSameFiles(_ paths: [String]) -> [Int32] {
  var firsts = paths.indices.map { Int32($0) }
  var indexOfFile: [FileIdentity: Int32] = [:]
  var indicesOfSize: [Int: [Int]] = [:]
  for (index, path) in paths.enumerated() {
    var status = stat()
    guard stat(path, &status) == 0 else { continue }
    let identity = FileIdentity(device: UInt64(status.st_dev), node: UInt64(status.st_ino))
    if let first = indexOfFile[identity] {
      firsts[index] = first
    } else {
      indexOfFile[identity] = Int32(index)
      indicesOfSize[Int(status.st_size), default: []].append(index)
    }
  }
  var copyOf: [Int32: Int32] = [:]
  for (size, indices) in indicesOfSize where indices.count > 1 {
    var indicesOfBeginning: [[UInt8]: [Int]] = [:]
    for index in indices {
      guard let bytes = bytes(of: paths[index], at: [0], count: 4096) else { continue }
      if let known = indicesOfBeginning[bytes],
        let same = known.first(where: { haveSameContent(paths[$0], paths[index], size: size) })
      {
        copyOf[Int32(index)] = Int32(same)
      } else {
        indicesOfBeginning[bytes, default: []].append(index)
      }
    }
  }
  return firsts.map { copyOf[$0] ?? $0 }
}

/// For each path the index of the first one that means the same file, by the names alone.
func firstsOfSameNames(_ paths: [String]) -> [Int32] {
  var known: [String: Int32] = [:]
  return paths.enumerated().map { index, path in
    let name = plainPath(path)
    let first = known[name] ?? Int32(index)
    known[name] = first
    return first
  }
}

/// A path without what changes nothing: cryoSPARC's '>', "./" and doubled slashes.
func plainPath(_ path: String) -> String {
  let bare = path.hasPrefix(">") ? path.dropFirst() : path[...]
  let parts = bare.split(separator: "/").filter { $0 != "." }
  return (bare.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
}

private struct FileIdentity: Hashable {
  var device: UInt64, node: UInt64
}

/// Whether two files of one size have the same bytes at 64 places from the beginning to the end:
/// images of noise that agree there agree everywhere.
private func haveSameContent(_ a: String, _ b: String, size: Int) -> Bool {
  let count = 4096
  let places = (0..<64).map { $0 * max(0, size - count) / 63 }
  guard let first = bytes(of: a, at: places, count: count) else { return false }
  return first == bytes(of: b, at: places, count: count)
}

/// The bytes of a file at some places; nil where it cannot be read.
private func bytes(of path: String, at places: [Int], count: Int) -> [UInt8]? {
  try? { () throws(Problem) -> [UInt8] in
    let file = try InputFile(path: path)
    var all: [UInt8] = []
    for place in places { all += try file.bytes(at: place, count: count) }
    return all
  }()
}
