import CryoEM

/// The boxes of a refinement, and how lengths in one become indices in another.
///
/// Images come in a box of `box` pixels. Only a window of `window` pixels around the projected mask is
/// kept of each (engine: sub-boxing). The reference is known on a Fourier grid with the spacing of a
/// box of `period` voxels, which leaves room around the mask for the interpolation's aliases. All of
/// them have the images' pixel size; the reference's origin is `centre`, not the box centre.
public struct Geometry: Sendable, Equatable {
  /// Box of the images, pixels.
  public let box: Int
  /// Pixel size, Å.
  public let pixelSize: Double
  /// Window kept of each image, pixels, even, at most `box`.
  public let window: Int
  /// Real-space period of the reference's Fourier grid, voxels, even.
  public let period: Int
  /// Centre of the mask's bounding sphere, Å from the box centre: the origin of the reference.
  public let centre: Vector3
  /// The fulcrum, Å from the box centre.
  public let fulcrum: Vector3
  /// Diameter of the mask's bounding sphere, pixels.
  public let maskDiameter: Double
  /// How much farther out than its own length a frequency may be sampled: the largest factor by which
  /// a magnification matrix of the optics groups stretches, at least 1.
  public let stretch: Double
  /// The symmetry of the reference, about the box centre; it leaves `centre` where it is.
  public let symmetry: PointGroup

  public init(
    box: Int, pixelSize: Double, window: Int, period: Int, centre: Vector3, fulcrum: Vector3,
    maskDiameter: Double, stretch: Double = 1, symmetry: PointGroup = .c1
  ) {
    self.box = box
    self.pixelSize = pixelSize
    self.window = window
    self.period = period
    self.centre = centre
    self.fulcrum = fulcrum
    self.maskDiameter = maskDiameter
    self.stretch = stretch
    self.symmetry = symmetry
  }

  /// Highest shell of the window's transform that is ever used; the Nyquist line never is.
  public var maximumShell: Int { window / 2 - 1 }
  /// Grid units per pixel of the window's transform.
  public var oversampling: Double { Double(period) / Double(window) }
  /// Edge of the images' box, Å.
  public var boxEdge: Double { Double(box) * pixelSize }
  /// Edge of the window, Å.
  public var windowEdge: Double { Double(window) * pixelSize }

  /// Resolution of a shell of the window's transform, Å.
  public func resolution(ofShell shell: Int) -> Double {
    shell > 0 ? windowEdge / Double(shell) : .infinity
  }

  /// The highest shell of the window's transform at or below a resolution in Å, at least 1.
  public func shell(atResolution resolution: Double) -> Int {
    guard resolution > 0 else { return maximumShell }
    return min(maximumShell, max(1, Int((windowEdge / resolution).rounded())))
  }

  /// Radius in grid units that covers shells up to `shell`, with half a shell for their width.
  public func gridRadius(ofShell shell: Int) -> Int {
    Int(((Double(shell) + 0.5) * oversampling * stretch).rounded(.up)) + 1
  }

  /// The same, but no larger than the last shell of a transform with the period's own sampling needs.
  public func clampedGridRadius(ofShell shell: Int) -> Int {
    min(gridRadius(ofShell: shell), Int((Double(period / 2) * stretch).rounded(.up)) + 1)
  }

  /// The last shell of the reference's grid with real weight where images were inserted up to `shell` of
  /// the window's transform: its samples lie among the images' own. Farther out only the tails of the
  /// interpolation's kernel land, and what is divided by them is the noise of single pixels.
  ///
  /// - Parameter shrinkage: the smallest factor by which a magnification stretches frequencies.
  public func filledShell(upTo shell: Int, shrinkage: Double = 1) -> Int {
    let reach = (Double(shell) + 0.5) * oversampling * shrinkage
    return max(1, min(Int(reach - 0.5), period / 2 - 1))
  }
}
