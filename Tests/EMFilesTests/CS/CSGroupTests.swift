import EMFiles
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
    let group = try CSGroup(path: folder.write(text, "group.csg"))
    #expect(group.type == "particle")
    #expect(group.results.map(\.name) == ["alignments3D", "blob"])
    #expect(
      group.results.map(\.metafile) == [folder("J1_particles.cs"), "/elsewhere/J1_passthrough.cs"])
    #expect(group.results.map(\.itemCount) == [12, nil])
  }

  @Test(arguments: [
    ("created: [", "line 1: not the YAML"), ("name: x\n", "no results"),
    ("results:\n  a:\n    b: c\n", "metafile"),
    ("version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
  ])
  func otherFilesAreRefused(text: String, words: String) throws {
    let path = try folder.write(text, "group.csg")
    #expect(complaint { _ = try CSGroup(path: path) }?.contains(words) == true)
  }
}
