import EMFiles
import Ground

extension ParticleFile {
  /// Checks every image stack by its header: that it has the images that the particles name, and that
  /// they are square and of the size that their optics group states.
  ///
  /// - Returns: the size of the images of each stack, pixels.
  /// - Throws: everything that is wrong, as far as it can be told in one go.
  @discardableResult
  public func checkImages() throws(Problems) -> [Int] {
    var problems = ProblemList()
    var lastRow = [Int](repeating: -1, count: particles.stacks.count)
    for row in 0..<particles.count {
      let image = particles.images[row]
      let stack = Int(image.stack)
      if lastRow[stack] < 0 || image.slice > particles.images[lastRow[stack]].slice {
        lastRow[stack] = row
      }
    }
    let sizes = particles.stacks.indices.map { stack in
      let path = particles.stacks[stack]
      guard
        let header = problems.catching({ () throws(Problem) in
          try MRCHeader(path: path, asStack: true)
        }),
        lastRow[stack] >= 0
      else { return 0 }
      check(header, path: path, row: lastRow[stack], problems: &problems)
      return header.columns
    }
    try problems.throwIfAny()
    return sizes
  }

  private func check(
    _ header: MRCHeader, path stack: String, row: Int, problems: inout ProblemList
  ) {
    let slice = Int(particles.images[row].slice)
    if header.sections > 1, let place = unnumbered[particles.images[row].stack] {
      problems.add(
        Problem(
          "\(place): the name has no number, and \(stack) has \(header.sections) images",
          whatToDo: "Write every name as NUMBER@STACK, counting the stack's images from 1."))
    } else if slice >= header.sections {
      problems.add(
        Problem(
          "\(path): row \(row + 1) names image \(slice + 1) of \(stack), which has "
            + "\(header.sections)",
          whatToDo: "Check that the stack belongs to this particle file."))
    }
    let optics = particles.opticsGroup(of: row)
    if header.columns != header.rows {
      problems.add(
        Problem(
          "\(stack): the images are not square (\(header.columns) × \(header.rows) pixels)",
          whatToDo: "Extract the particles again in square boxes."))
    } else if optics.imageSize > 0 && header.columns != optics.imageSize {
      problems.add(
        Problem(
          "\(stack): the images have \(header.columns) pixels a side; \(path) says "
            + "\(optics.imageSize)",
          whatToDo: "Check that the stack belongs to this particle file."))
    }
  }
}
