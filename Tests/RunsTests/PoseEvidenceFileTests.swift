import CryoEM
import Ground
import TestSupport
import Testing

@testable import Runs

struct PoseEvidenceFileTests {
  @Test func comesBackAsItWasWritten() throws {
    let folder = try TemporaryFolder()
    var evidence = [PoseEvidence](repeating: PoseEvidence(), count: 3)
    for index in 0..<5 { evidence[1].slope[index] = Float(index) - 2.5 }
    for index in 0..<15 { evidence[2].information[index] = 1000 / Float(index + 1) }
    try PoseEvidenceFile.write(evidence, to: folder("e.cs"))
    let read = try PoseEvidenceFile.read(folder("e.cs"))
    #expect(read.count == 3 && read[0].isNothing && read[1].isNothing && !read[2].isNothing)
    for index in 0..<5 { #expect(read[1].slope[index] == evidence[1].slope[index]) }
    // (1, 4) is the ninth element of the triangle.
    #expect(read[2].information(4, 1) == Double(Float(1000) / 9))
    #expect(read[2].information(4, 4) == Double(Float(1000) / 15))
    #expect(try contents(folder("e.cs")).count > 3 * 80)
  }

  @Test func anotherFileIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("data_\n", to: "particles.star")
    #expect(complaint { _ = try PoseEvidenceFile.read(folder("particles.star")) } != nil)
    #expect(complaint { _ = try PoseEvidenceFile.read(folder("none.cs")) } != nil)
  }
}
