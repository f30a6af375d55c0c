import EMFiles
import Ground
import TestSupport
import Testing

struct AtomicModelTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func record(
    _ kind: String, _ residue: String, _ chain: String, _ number: String, _ position: SIMD3<Double>
  ) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let axes = (0..<3).map { padded(Format.fixed(position[$0], 3), 8) }.joined()
    return kind + String(repeating: " ", count: 11 - kind.count)
      + "  CA  \(padded(residue, 3)) \(chain)"
      + "\(padded(number, 4))    \(axes)  1.00 20.00           C"
  }

  @Test func bothFormatsGiveTheSameAtoms() throws {
    let atoms: [(String, Int, SIMD3<Double>)] = [
      ("A", 12, SIMD3(1.5, -20.25, 300.125)), ("A", -3, SIMD3(0, 0, 0)),
      ("b", 9999, SIMD3(-1.001, 2, 3)),
    ]
    let pdb = folder("m.pdb")
    var lines = ["REMARK 1", "MODEL        1"]
    lines += atoms.map { Self.record("ATOM", "ALA", $0.0, "\($0.1)", $0.2) }
    lines += [
      Self.record("HETATM", "HOH", "W", "1", SIMD3(9, 9, 9)), "ENDMDL", "MODEL        2",
      Self.record("ATOM", "ALA", "A", "1", SIMD3(7, 7, 7)), "ENDMDL", "END",
    ]
    try AtomicFile.write(lines.joined(separator: "\n"), to: pdb)
    let cif = folder("m.cif")
    var text = """
      data_1ABC
      #
      _struct.title 'a ''quoted'' title with loop_ in it'
      _struct.details
      ;several lines
      _atom_site.no
      ;
      loop_
      _entity.id
      _entity.name
      1 "C5' it's"
      loop_
      _atom_site.group_PDB
      _atom_site.label_atom_id
      _atom_site.label_comp_id
      _atom_site.auth_asym_id
      _atom_site.auth_seq_id
      _atom_site.Cartn_x
      _atom_site.Cartn_y
      _atom_site.Cartn_z
      _atom_site.pdbx_PDB_model_num

      """
    for (chain, number, p) in atoms {
      text += "ATOM \"C5'\" ALA \(chain) \(number) \(p.x) \(p.y) \(p.z) 1\n"
    }
    text += "HETATM O HOH W 1 9 9 9 1\nATOM CA ALA A 1 7 7 7 2\n#\nloop_\n_other.a\n1\n"
    try AtomicFile.write(text, to: cif)
    let (first, second) = (try AtomicModel(path: pdb), try AtomicModel(path: cif))
    #expect(first.atoms == second.atoms && first.chains == second.chains)
    #expect(first.chains == ["A", "b"])
    #expect(first.atoms.map(\.residue) == [12, -3, 9999])
    #expect(first.atoms.map(\.position) == atoms.map(\.2))
  }

  @Test func residuesBeyond9999AreRead() throws {
    let path = folder("m.pdb")
    let lines = ["A000", "A001", "ZZZZ", "a000"].map {
      Self.record("ATOM", "ALA", "A", $0, .zero)
    }
    try AtomicFile.write(lines.joined(separator: "\n"), to: path)
    // hybrid-36: A000 to ZZZZ are 26·36³ numbers from 10000 on.
    #expect(
      try AtomicModel(path: path).atoms.map(\.residue) == [10_000, 10_001, 1_223_055, 1_223_056])
  }

  @Test(arguments: [
    ("m.pdb", "ATOM      1  CA  ALA A   1      nothing", "line 1"),
    ("m.pdb", "HEADER a model\nEND\n", "no atoms"),
    ("m.cif", "data_x\nloop_\n_atom_site.id\n1\n", "Cartn_x"),
    (
      "m.cif",
      "data_x\nloop_\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n"
        + "_atom_site.auth_asym_id\n_atom_site.auth_seq_id\n1 2 3 A 1\n1 2\n", "cut off"
    ),
    (
      "m.cif",
      "data_x\nloop_\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n"
        + "_atom_site.auth_asym_id\n_atom_site.auth_seq_id\n1 y 3 A 1\n", "“y”"
    ),
    ("m.cif", "data_x\n", "no atoms"),
    ("m.pdb", "", "no atoms"),
  ])
  func whatIsWrongIsSaid(name: String, text: String, word: String) throws {
    let path = folder(name)
    try AtomicFile.write(text, to: path)
    let problem = #expect(throws: Problem.self) { try AtomicModel(path: path) }
    #expect(problem?.what.contains(word) == true || problem?.whatToDo.contains(word) == true)
    #expect(problem?.what.hasPrefix(path) == true)
  }
}
