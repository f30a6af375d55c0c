import Ground

/// The atoms of a model, as far as a mask needs them. Waters are left out, and of several models of one
/// file all but the first.
public struct AtomicModel: Sendable {
  /// An atom.
  public struct Atom: Sendable, Equatable {
    /// Å, in the coordinates of the map that the model was built into.
    public var position: SIMD3<Double>
    /// Index of its chain.
    public var chain: Int
    /// Number of its residue, as people see it (auth_seq_id).
    public var residue: Int
  }

  /// Names of the chains as people see them (auth_asym_id), in the order of the file.
  public private(set) var chains: [String] = []
  /// In the order of the file.
  public private(set) var atoms: [Atom] = []

  private var indices: [String: Int] = [:]

  /// Reads a PDB or mmCIF file, packed by gzip or not; which of them it is its content says.
  ///
  /// - Throws: a problem that names the file, the line and what is wrong with it.
  public init(path: String) throws(Problem) {
    let bytes = try Self.content(of: path)
    let isCIF = bytes.starts(with: Array("data_".utf8)) || Self.hasAtomLoop(bytes)
    var model = AtomicModel()
    if isCIF {
      try model.readCIF(bytes, path: path)
    } else {
      try model.readPDB(bytes, path: path)
    }
    guard !model.atoms.isEmpty else {
      let known = FileSignature(Array(bytes.prefix(4096))).description.map { ": it is \($0)" } ?? ""
      throw Problem(
        "\(path) has no atoms\(known)", whatToDo: "Give an atomic model as .pdb or .cif (mmCIF).")
    }
    self = model
  }

  private init() {}

  /// Adds an atom of a chain.
  mutating func add(_ position: SIMD3<Double>, chain: String, residue: Int) {
    let index: Int
    if let known = indices[chain] {
      index = known
    } else {
      index = chains.count
      indices[chain] = index
      chains.append(chain)
    }
    atoms.append(Atom(position: position, chain: index, residue: residue))
  }

  /// Names of residues that are waters.
  static let waters: Set = ["HOH", "WAT", "DOD", "H2O"]

  /// Bytes that a model may have unpacked; the largest of the data bank has a few hundred million.
  private static let largestFile = 4 << 30

  private static func content(of path: String) throws(Problem) -> [UInt8] {
    let file = try InputFile(path: path)
    let head = try file.bytes(at: 0, count: min(64, file.size))
    guard FileSignature(head) == .gzip else {
      guard file.size <= largestFile else { throw tooLarge(path) }
      return try file.bytes(at: 0, count: file.size)
    }
    let packed = try GzipReader(path: path)
    var all: [UInt8] = []
    while true {
      let next = try packed.bytes(count: 1 << 20)
      if next.isEmpty { return all }
      all += next
      guard all.count <= largestFile else { throw tooLarge(path) }
    }
  }

  private static func tooLarge(_ path: String) -> Problem {
    Problem("\(path) is too large for a model", whatToDo: "Give an atomic model as .pdb or .cif.")
  }

  /// A file of mmCIF may begin with remarks.
  private static func hasAtomLoop(_ bytes: [UInt8]) -> Bool {
    bytes.split(separator: 0x0A, maxSplits: 200, omittingEmptySubsequences: true).prefix(200)
      .contains {
        $0.starts(with: Array("data_".utf8)) || $0.starts(with: Array("_atom_site.".utf8))
      }
  }
}
