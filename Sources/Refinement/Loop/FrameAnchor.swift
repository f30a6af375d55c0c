import CryoEM

/// The common motion of all particles of a half-set: a rotation and a translation of the body.
///
/// Refined poses may carry the whole body along; a reconstruction from them is the same body elsewhere.
/// Taking the common part out of all poses before the reconstruction keeps the frame of the input.
struct FrameAnchor: Sendable {
  /// The rotation of the body, reference frame: the one nearest to the mean of A₀ᵀA.
  var rotation: Rotation
  /// The translation of the body, Å, that fits the changes of position best.
  var translation: Vector3

  /// Sums from which the anchor follows; sums of blocks of particles add.
  struct Sums: Sendable {
    private var rotation = (Vector3.zero, Vector3.zero, Vector3.zero)
    private var normal = Matrix5()
    private var right = Vector5()
    private var count = 0

    /// Adds a particle's starting and present pose.
    mutating func add(
      start: Alignment, now: Alignment, magnification: Magnification = .identity
    ) {
      let change = start.rotation.transposed * now.rotation
      rotation.0 += change.row0
      rotation.1 += change.row1
      rotation.2 += change.row2
      let shift = now.position - start.position
      // How the body's translation along each axis moves what is seen of it.
      let moves = [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)].map {
        magnification.position(of: start.rotation.projected($0))
      }
      for i in 0..<3 {
        right[i] += (moves[i] * shift).sum()
        for j in 0..<3 { normal[i, j] += (moves[i] * moves[j]).sum() }
      }
      count += 1
    }

    /// Adds the sums of a block.
    mutating func add(_ other: Sums) {
      rotation.0 += other.rotation.0
      rotation.1 += other.rotation.1
      rotation.2 += other.rotation.2
      for i in 0..<3 {
        right[i] += other.right[i]
        for j in 0..<3 { normal[i, j] += other.normal[i, j] }
      }
      count += other.count
    }

    /// The anchor; none from fewer than ten particles, too few to tell a common motion from theirs.
    var anchor: FrameAnchor? {
      guard count >= 10 else { return nil }
      var system = normal
      system[3, 3] = 1
      system[4, 4] = 1
      // Views all along one direction leave the translation along it open: hold it there.
      for i in 0..<3 { system[i, i] += 1e-6 * Double(count) }
      guard let factor = system.cholesky else { return nil }
      let solution = factor.solvingAsFactor(right)
      return FrameAnchor(
        rotation: Rotation(nearestTo: rotation.0, rotation.1, rotation.2),
        translation: Vector3(solution[0], solution[1], solution[2]))
    }
  }

  /// The pose without the common motion, given where the particle started.
  func removed(
    from pose: Alignment, start: Alignment, magnification: Magnification = .identity
  ) -> Alignment {
    Alignment(
      rotation: pose.rotation * rotation.transposed,
      position: pose.position
        - magnification.position(of: start.rotation.projected(translation)))
  }
}
