import EMFiles
import Ground
import TestSupport
import Testing

@Suite struct CSGroupTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func resultsAreFoundWithTheGroupsFolder() throws {
    let text = """
      created: 2024-01-01 00:00:00.000000
      group:
        description: All particles
        name: particles
        type: particle
      results:
        alignments3D:
          metafile: '>J1_particles.cs'
          num_items: 12
          type: particle.alignments3D
        blob:
          metafile: /elsewhere/J1_passthrough.cs
          type: particle.blob
      version: v4.4.1
      """
    let group = try CSGroup(path: folder.write(text, to: "group.csg"))
    #expect(group.type == "particle")
    #expect(group.results.map(\.name) == ["alignments3D", "blob"])
    #expect(
      group.results.map(\.metafile) == [folder("J1_particles.cs"), "/elsewhere/J1_passthrough.cs"])
    #expect(group.results.map(\.itemCount) == [12, nil])
  }

  @Test func aGroupIsWrittenForANewMainFile() throws {
    let text = """
      created: 2024-01-01 00:00:00.000000
      group: {description: 'All: particles', name: particles, type: particle}
      results:
        blob: {metafile: '>J1_passthrough.cs', num_items: 12, type: particle.blob}
        alignments3D: {metafile: '>J1_particles.cs', num_items: 12, type: particle.alignments3D}
        ctf: {metafile: '>J1_particles.cs', num_items: 12, type: particle.ctf}
        location: {metafile: /elsewhere/place.cs, num_items: 12}
      version: v4.4.1
      """
    let group = try CSGroup(path: folder.write(text, to: "group.csg"))
    try group.write(main: "particles.cs", to: folder("new.csg"))
    let new = try CSGroup(path: folder("new.csg"))
    #expect(new.results.map(\.name) == ["blob", "alignments3D", "ctf", "location"])
    #expect(
      new.results.map(\.metafile) == [
        folder("J1_passthrough.cs"), folder("particles.cs"), folder("particles.cs"),
        "/elsewhere/place.cs",
      ])
    #expect(new.results.map(\.itemCount) == [12, 12, 12, 12] && new.type == "particle")
    let written = try InputFile(path: folder("new.csg"))
    let lines = String(decoding: try written.bytes(at: 0, count: 9999), as: UTF8.self)
    #expect(lines.contains("version: v4.4.1") && lines.contains("created: 2024-01-01"))
    #expect(lines.contains("'>particles.cs'"), "what begins with > is in quotes")
  }

  @Test func aByteOrderMarkIsSkipped() throws {
    let path = try folder.write("\u{FEFF}results:\n  blob: {metafile: '>a.cs'}\n", to: "group.csg")
    #expect(try CSGroup(path: path).results.map(\.name) == ["blob"])
  }

  @Test(arguments: [
    ("created: [", "line 1: not the YAML"), ("name: x\n", "no results"),
    ("results:\n  a:\n    b: c\n", "metafile"),
    ("version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
  ])
  func otherFilesAreRefused(text: String, words: String) throws {
    let path = try folder.write(text, to: "group.csg")
    #expect(complaint { _ = try CSGroup(path: path) }?.contains(words) == true)
  }
}
