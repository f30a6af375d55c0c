import CryoEM
import EMFiles
import Ground

/// Chains and residues of a model: `A,B:10-120,C:5`.
public struct ModelSelection: Sendable, Hashable {
  struct Part: Sendable, Hashable {
    var chain: String
    var residues: ClosedRange<Int>?
  }
  var parts: [Part] = []

  /// Reads a selection.
  ///
  /// - Throws: a problem that names the part that cannot be read.
  public init(_ text: String) throws(Problem) {
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let residues = words.count > 1 ? Self.range(words[1]) : nil
      guard let chain = words.first, !chain.isEmpty, words.count == 1 || residues != nil else {
        throw Problem(
          "“\(part)” is no part of a model",
          whatToDo: "Write chains and residues as A,B:10-120,C:5.")
      }
      parts.append(Part(chain: String(chain), residues: residues))
    }
  }

  /// `10`, `10-20`, `-5--1`.
  private static func range(_ text: Substring) -> ClosedRange<Int>? {
    if let number = Int(text) { return number...number }
    guard let dash = text.dropFirst().firstIndex(of: "-"), let first = Int(text[..<dash]),
      let last = Int(text[text.index(after: dash)...]), last >= first
    else { return nil }
    return first...last
  }

  /// The atoms that are selected.
  ///
  /// - Throws: a problem for each part of which the model has no atom.
  public func atoms(of model: AtomicModel, path: String) throws(Problems) -> [AtomicModel.Atom] {
    var problems = ProblemList()
    for part in parts {
      let chain = model.chains.firstIndex(of: part.chain)
      let isThere = model.atoms.contains {
        $0.chain == chain && part.residues?.contains($0.residue) != false
      }
      if isThere { continue }
      let known = model.chains.prefix(20).joined(separator: ", ")
      problems.add(
        chain == nil
          ? Problem(
            "\(path) has no chain \(part.chain)",
            whatToDo: "It has \(known)\(model.chains.count > 20 ? " and more" : "").")
          : Problem(
            "\(path): chain \(part.chain) has none of the residues that are asked for",
            whatToDo: "Look at its residues' numbers."))
    }
    try problems.throwIfAny()
    var residues: [Int: [ClosedRange<Int>?]] = [:]
    for part in parts {
      if let chain = model.chains.firstIndex(of: part.chain) {
        residues[chain, default: []].append(part.residues)
      }
    }
    return model.atoms.filter { atom in
      residues[atom.chain]?.contains { $0?.contains(atom.residue) != false } == true
    }
  }
}

extension Region {
  /// Adds everything within a distance of atoms.
  ///
  /// - Parameter radius: Å.
  /// - Returns: how many atoms are outside of the box.
  mutating func add(_ atoms: [AtomicModel.Atom], radius: Double, on grid: MapGrid) -> Int {
    let half = Double(size / 2) * pixelSize
    var outside = 0
    for atom in atoms {
      let place = grid.centred(atom.position)
      if max(abs(place.x), abs(place.y), abs(place.z)) > half { outside += 1 }
      addSphere(centre: place, radius: radius)
    }
    return outside
  }
}
