import CryoEM
import EMFiles
import Foundation
import Ground
import Particles
import TestSupport
import Testing

@testable import Tools

@Suite struct ExpansionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ action: SymmetryExpansion.Action, _ from: String, _ to: String) throws {
    try SymmetryExpansion(input: folder(from), action: action).run().records.write(to: folder(to))
  }

  static let groups = ["C2", "C7", "D3", "T", "O", "I", "I1", "I2", "I3", "I4"]

  /// Every copy is at A · S for one S of the group, in its particle's half-set; taking them back gives the
  /// file to the byte.
  @Test(arguments: groups) func aStarFileComesBackToTheByte(name: String) throws {
    let text = particlesText.replacing("  nan 31000", with: "30000 31000")
    _ = try folder.write(text, to: "p.star")
    try run(.expand(name), "p.star", "e.star")
    try run(.undo, "e.star", "u.star")
    #expect(try folder.text("u.star") == text)
    let before = try ParticleFile.read(
      path: folder("p.star"), resolvingImages: false, needsCTF: false)
    let after = try ParticleFile.read(
      path: folder("e.star"), resolvingImages: false, needsCTF: false)
    try check(before.particles, after.particles, group: try PointGroup(name))
  }

  private func check(_ before: ParticleSet, _ after: ParticleSet, group: PointGroup) throws {
    #expect(after.count == before.count * group.order)
    #expect(after.leakingSourceCount == 0)
    for row in 0..<before.count {
      let copies = (0..<group.order).map { after.poses[row * group.order + $0] }
      #expect(copies[0] == before.poses[row])
      for turn in group.operators {
        let wanted = before.poses[row].rotation * turn
        #expect(copies.contains { $0.rotation.angle(to: wanted) < 1e-6 })
      }
      #expect(copies.allSatisfy { $0.origin == before.poses[row].origin })
      let halves = (0..<group.order).map { after.halfSets[row * group.order + $0] }
      #expect(Set(halves) == [before.halfSets[row]])
    }
  }

  /// The header as NumPy of different ages writes it, made here byte by byte.
  @Test(arguments: [("plain", 64), ("old", 16), ("growing", 64)])
  func aDataSetComesBackToTheByte(style: String, alignment: Int) throws {
    let count = 5
    let fields: [(name: String, column: CSColumn)] = [
      ("uid", .identifiers((0..<count).map { UInt64.max / 7 * UInt64($0 + 1) })),
      ("blob/path", .texts((0..<count).map { _ in "a.mrc" })),
      ("blob/idx", .integers(Array(0..<count))),
      ("blob/shape", .integers((0..<2 * count).map { _ in 64 }, width: 2)),
      ("blob/psize_A", .numbers((0..<count).map { _ in 1.5 })),
      ("alignments3D/split", .integers((0..<count).map { $0 % 2 })),
      ("alignments3D/shift", .numbers((0..<2 * count).map { Double($0) / 8 }, width: 2)),
      ("alignments3D/pose", .numbers((0..<3 * count).map { Double($0 * $0 % 5) / 4 }, width: 3)),
    ]
    try CSFile.write(fields, rowCount: count, to: folder("plain.cs"))
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder("plain.cs"))))
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    var text = String(decoding: bytes[10..<start], as: UTF8.self)
    text = String(text[...(try #require(text.lastIndex(of: "}")))])
    if style == "growing" { text += String(repeating: " ", count: 20) }
    while (10 + text.utf8.count + 1) % alignment != 0 { text += " " }
    let header = Array(text.utf8) + [0x0A]
    let file =
      bytes[..<8] + [UInt8(header.count & 255), UInt8(header.count >> 8)] + header + bytes[start...]
    try Data(file).write(to: URL(fileURLWithPath: folder("p.cs")))
    try run(.expand("D2"), "p.cs", "e.cs")
    try run(.undo, "e.cs", "u.cs")
    #expect(Array(try Data(contentsOf: URL(fileURLWithPath: folder("u.cs")))) == Array(file))
    let before = try ParticleFile.read(path: folder("p.cs"), resolvingImages: false)
    let after = try ParticleFile.read(path: folder("e.cs"), resolvingImages: false)
    try check(before.particles, after.particles, group: try PointGroup("D2"))
    #expect(Set(try ParticleRecords(path: folder("e.cs")).identifiers("uid") ?? []).count == 20)
  }

  /// Of a particle whose first copy was taken out, the next one stands for it.
  @Test func whatWasTakenOutIsTold() throws {
    _ = try folder.write(particlesText, to: "p.star")
    try run(.expand("C3"), "p.star", "e.star")
    let rows = try ParticleRecords(path: folder("e.star"))
    try rows.selecting(rows: (1..<24).map { $0 }).write(to: folder("f.star"))
    let (kept, result) = try SymmetryExpansion(input: folder("f.star"), action: .undo).run()
    #expect(kept.count == 8 && result.copies == 23)
    #expect(result.notes.first?.contains("Of 1 particle the first copy is not there") == true)
  }

  @Test func whatIsExpandedIsNotExpandedAgain() throws {
    _ = try folder.write(particlesText, to: "p.star")
    try run(.expand("C2"), "p.star", "e.star")
    #expect(
      complaint { try run(.expand("C2"), "e.star", "x.star") }?.contains("expanded already") == true
    )
    #expect(
      complaint { try run(.undo, "p.star", "x.star") }?.contains("no particle has copies") == true)
    #expect(
      complaint { try run(.expand("C1"), "p.star", "x.star") }?.contains("one copy of each") == true
    )
    #expect(complaint { try run(.expand("X9"), "p.star", "x.star") }?.contains("no") == true)
    // As RELION expands: rows of one image, and no columns that say so.
    let twice = particlesText.replacing("2@a.mrcs", with: "1@a.mrcs")
    _ = try folder.write(twice, to: "r.star")
    #expect(
      complaint { try run(.expand("C2"), "r.star", "x.star") }?.contains("8 rows are of 7 images")
        == true)
    var again = SymmetryExpansion(input: folder("r.star"), action: .expand("C2"))
    again.allowsCopies = true
    #expect(try again.run().records.count == 16)
    #expect(try SymmetryExpansion(input: folder("r.star"), action: .undo).run().records.count == 7)
  }
}
