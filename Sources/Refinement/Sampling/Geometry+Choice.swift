import CryoEM
import Fourier

extension Geometry {
  /// The boxes for a mask: a window of 1.5 mask diameters and room for the shifts, and a period in
  /// which the mask fills at most 0.65 of the half-box, where the cubic interpolation errs by about 1%.
  ///
  /// - Parameters:
  ///   - box: pixels of the images.
  ///   - mask: in the same box.
  ///   - fulcrum: Å from the box centre.
  ///   - shiftExtent: Å.
  ///   - stretch: the largest by which a magnification stretches.
  ///   - symmetry: about the box centre; the boxes then hold all copies of the mask, with the mask in
  ///     at most half of the half-box: copies are read off the grid once more.
  ///   - window: pixels, to override the choice; clamped to the box.
  public init(
    box: Int, mask: Volume, fulcrum: Vector3, shiftExtent: Double,
    stretch: Double = 1, symmetry: PointGroup = .c1, window: Int? = nil
  ) {
    var sphere = BoundingSphere(of: mask, symmetry: symmetry)
    let pixelSize = mask.pixelSize
    // Beyond the sphere in the box there is nothing that all images show.
    let reach = 0.5 * Double(box) * pixelSize
    if sphere.radius > reach { (sphere.centre, sphere.radius) = (.zero, reach) }
    let diameter = max(2 * sphere.radius / pixelSize, 8)
    let wanted = 1.5 * diameter + 2 * min(shiftExtent, 10) / pixelSize
    let chosen = min(box, goodTransformSize(atLeast: window ?? Int(wanted.rounded(.up))))
    let room = max(diameter / (symmetry.order > 1 ? 0.5 : 0.65), (Double(chosen) + diameter) / 2)
    self.init(
      box: box, pixelSize: pixelSize, window: chosen,
      period: goodTransformSize(atLeast: Int(room.rounded(.up))), centre: sphere.centre,
      fulcrum: fulcrum, maskDiameter: diameter, stretch: stretch, symmetry: symmetry)
  }

  /// Some shells beyond a search's band, where the next iteration's resolution is measured.
  func insertionShell(beyond band: Int) -> Int { min(maximumShell, band + max(6, band / 6)) }

  /// The shell of the images' box below which data are ignored; 0 for none.
  func highpassShell(_ settings: RefinementSettings) -> Int {
    settings.highpass.map { Int((Double(box) * pixelSize / $0).rounded(.up)) } ?? 0
  }

  /// The highest shell that a run ever looks at: all of them, unless the resolution of the search is
  /// limited.
  func packedShell(_ settings: RefinementSettings) -> Int {
    settings.maximumResolution.map { insertionShell(beyond: shell(atResolution: $0)) }
      ?? maximumShell
  }
}
