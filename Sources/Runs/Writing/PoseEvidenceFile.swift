import CryoEM
import EMFiles
import Ground

/// The file of what the images say of the poses, a record for each row of the particles beside it:
/// slope and information of the log likelihood, as `PoseEvidence` has them. NumPy reads it.
public enum PoseEvidenceFile {
  /// Its name in `final/`.
  public static let name = "pose_evidence.cs"
  private static let slope = "pose_evidence/slope"
  private static let information = "pose_evidence/information"

  /// Writes the file.
  ///
  /// - Parameter root: as `FilePlace` has it.
  public static func write(
    _ evidence: [PoseEvidence], to path: String, within root: String? = nil
  ) throws(Problem) {
    var slopes: [Double] = []
    var elements: [Double] = []
    for particle in evidence {
      for index in particle.slope.indices { slopes.append(Double(particle.slope[index])) }
      for index in particle.information.indices {
        elements.append(Double(particle.information[index]))
      }
    }
    try CSFile.write(
      [
        (slope, .numbers(slopes, width: PoseEvidence.parameters)),
        (information, .numbers(elements, width: PoseEvidence.elements)),
      ], rowCount: evidence.count, to: path, within: root)
  }

  /// Reads the file.
  ///
  /// - Throws: everything that is wrong.
  public static func read(_ path: String) throws(Problems) -> [PoseEvidence] {
    var problems = ProblemList()
    let read = problems.catching { () throws(Problem) in try CSFile(path: path) }
    try problems.throwIfAny()
    guard let read else { throw Problems(problems.all) }
    for (field, width) in [(slope, PoseEvidence.parameters), (information, PoseEvidence.elements)]
    where read.shape(of: field) != [width] {
      problems.add(
        Problem(
          "\(path): there is no field \(field) of \(width) numbers",
          whatToDo: "Give a run of this program; the file is written at a run's end."))
    }
    try problems.throwIfAny()
    var evidence = [PoseEvidence](repeating: PoseEvidence(), count: read.rowCount)
    for index in 0..<PoseEvidence.parameters {
      let column = read.numbers(slope, component: index, problems: &problems)
      for row in column.indices { evidence[row].slope[index] = Float(column[row]) }
    }
    for index in 0..<PoseEvidence.elements {
      let column = read.numbers(information, component: index, problems: &problems)
      for row in column.indices { evidence[row].information[index] = Float(column[row]) }
    }
    try problems.throwIfAny()
    return evidence
  }
}
