import Fourier

/// How large an iteration's grids and cubes are: what its stages allocate, and what memory, time and progress
/// are told by.
///
/// Images are inserted some shells beyond the band of the references, so that the resolution is seen to rise;
/// the half-maps are measured on the cube that holds all of that, references are made on one no finer than they
/// need.
struct IterationPlan: Sendable, Equatable {
  let geometry: Geometry
  /// Highest shells of the window that are inserted, and of the references that come of it.
  let inserted: Int
  let band: Int

  /// - Parameter inserted: as an iteration chooses it beyond the band unless given.
  init(_ geometry: Geometry, band: Int, inserted: Int? = nil) {
    self.geometry = geometry
    self.band = band
    self.inserted = inserted ?? geometry.insertionShell(beyond: band)
  }

  /// The plan of insertions that go as far as a shell, which lies beyond the band of their references.
  init(_ geometry: Geometry, inserted: Int) {
    let band = (1...max(1, inserted)).first { geometry.insertionShell(beyond: $0) >= inserted }
    self.init(geometry, band: band ?? inserted, inserted: inserted)
  }

  /// Largest coordinate of the sums, grid units.
  var sumsRadius: Int { geometry.clampedGridRadius(ofShell: inserted) }

  /// Voxels along the cube on which the half-maps are measured.
  var measuredSize: Int { CubeTransform.size(forRadius: sumsRadius) }

  /// Largest coordinate of the references' grids.
  var referenceRadius: Int { geometry.clampedGridRadius(ofShell: band) }

  /// The last shell of the cube that references hold: beyond the band nothing is known, and three shells of
  /// fall-off keep the mask's product smooth.
  var lastShell: Int { Int((Double(band) + 3) * geometry.oversampling) }

  /// Voxels along the cube on which the references are made.
  func referenceSize(lastShell: Int) -> Int {
    CubeTransform.size(forRadius: min(sumsRadius, max(lastShell, referenceRadius) + 2))
  }

  /// Largest coordinate of a reference's spectrum on its way.
  func spectrumRadius(lastShell: Int) -> Int {
    max(CubeTransform.spectrumRadius(ofGrid: referenceRadius), lastShell + 1)
  }
}
