import Ground

/// Which rows of two files are the same particle: by uid where both have uids, else by the image, whatever
/// its path is spelled like. Copies of a particle are matched in their order.
public struct ParticleMatching: Sendable {
  /// By what rows were matched: "uid" or "image".
  public let key: String
  /// For each row of the first file the row of the second; −1 for none.
  public let rows: [Int32]

  /// - Throws: a problem where a file has neither uids nor images.
  public init(_ first: ParticleRecords, _ second: ParticleRecords) throws(Problem) {
    if let a = first.identifiers("uid"), let b = second.identifiers("uid") {
      (key, rows) = ("uid", Self.matched(a, b))
    } else {
      func images(_ records: ParticleRecords) throws(Problem) -> Images {
        guard let images = records.images() else {
          throw Problem(
            "\(records.path) has neither uids nor images, so its particles cannot be found in "
              + "another file",
            whatToDo: "Give the file that has them, or its passthrough file.")
        }
        return images
      }
      (key, rows) = ("image", Self.byImage(try images(first), try images(second)))
    }
  }

  /// Where the images of a file's rows are.
  public typealias Images = (stacks: [String], images: [ImageLocation])

  /// For each row of the first file the row of the second that has the same image; −1 for none.
  public static func byImage(_ first: Images, _ second: Images) -> [Int32] {
    var numberOfName: [String: Int32] = [:]
    func keys(_ file: Images) -> [UInt64] {
      let numbers = file.stacks.map { name -> Int32 in
        let plain = plainPath(name)
        let number = numberOfName[plain] ?? Int32(numberOfName.count)
        numberOfName[plain] = number
        return number
      }
      return file.images.map { identity(stack: numbers[Int($0.stack)], slice: $0.slice) }
    }
    let own = keys(first)
    return matched(own, keys(second))
  }

  /// The n-th row of a key is the other's n-th row of it.
  private static func matched(_ a: [UInt64], _ b: [UInt64]) -> [Int32] {
    // For each key its next row; rows of one key are a chain.
    var next = [Int32](repeating: -1, count: b.count)
    var first: [UInt64: Int32] = [:]
    first.reserveCapacity(b.count)
    for row in b.indices.reversed() {
      next[row] = first.updateValue(Int32(row), forKey: b[row]) ?? -1
    }
    return a.map { key in
      guard let row = first[key], row >= 0 else { return -1 }
      first[key] = next[Int(row)]
      return row
    }
  }
}
