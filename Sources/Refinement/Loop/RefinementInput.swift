import CryoEM
import Particles

/// Everything that a refinement starts from, read and checked.
public struct RefinementInput: Sendable {
  /// How to refine.
  public var settings: RefinementSettings
  /// The particles, with half-sets.
  public var particles: ParticleSet
  /// Where their images are.
  public var images: any ImageSource
  /// The input map in the images' box and pixel size.
  public var map: Volume
  /// The half-maps, if there are any.
  public var halfMaps: (a: Volume, b: Volume)?
  /// The mask of the region to refine, in the same box; all ones where there is none.
  public var mask: Volume
  /// The fulcrum, Å from the box centre.
  public var fulcrum: Vector3
  /// Where packed images go that do not fit in memory, unless the settings name a folder.
  public var scratchFolder: String?
  /// What the half-maps say of their resolution inside the mask; nil where they were not measured.
  public var start: HalfMapMeasurement?

  /// The maps that the halves start from; without half-maps, the same map twice.
  var mapsOfHalves: [Volume] { halfMaps.map { [$0.a, $0.b] } ?? [map, map] }

  public init(
    settings: RefinementSettings, particles: ParticleSet, images: any ImageSource, map: Volume,
    halfMaps: (a: Volume, b: Volume)?, mask: Volume, fulcrum: Vector3
  ) {
    self.settings = settings
    self.particles = particles
    self.images = images
    self.map = map
    self.halfMaps = halfMaps
    self.mask = mask
    self.fulcrum = fulcrum
  }
}

extension RefinementInput {
  /// The same as one of several regions: what no region has is subtracted.
  var asRegion: RefinementInput {
    var input = self
    input.settings.subtractOutside = true
    return input
  }

  /// The same with a mask that ends inside the sphere which all images show, softly like their own
  /// window; unchanged where the mask does not reach beyond it.
  var maskedWithinImages: RefinementInput {
    var input = self
    input.mask = mask.withinImages(settings)
    return input
  }
}

extension Volume {
  /// This mask, ending inside the sphere which all images show.
  public func withinImages(_ settings: RefinementSettings) -> Volume {
    let half = 0.5 * edge
    guard BoundingSphere(of: self).radius > half else { return self }
    return self
      * .sphere(
        size: size, pixelSize: pixelSize, radius: min(settings.windowInner, 0.9) * half,
        outerRadius: min(settings.windowOuter, 1) * half)
  }
}

/// What a refinement ends with.
public struct RefinementResult: Sendable {
  /// The refined poses, in the order of the input.
  public var poses: [Pose]
  /// The half-set of each particle.
  public var halfSets: [HalfSet]
  /// Posterior width of each pose: degrees about an axis, and Å along an axis.
  public var rotationDeviations: [Double]
  public var shiftDeviations: [Double]
  /// The scale of each particle against the mean of its half-set; nil where they were not fitted.
  public var scales: [Double]?
  /// What each image says of its pose; empty where poses were not searched.
  public var evidence: [PoseEvidence]
  /// The images that could not be used, by particle.
  public var badImages: [BadImage]
  /// The unfiltered half-maps, their mean weighted by the FSC, and the sharpened map, in the input's
  /// box and frame.
  public var halfMapA: Volume
  public var halfMapB: Volume
  public var map: Volume
  public var sharpened: Volume
  /// The mask of the refinement, the last one if it was made of the map, and the mask with which the
  /// final FSC was measured.
  public var mask: Volume
  public var fscMask: Volume
  /// The resolution of each voxel in the mask, Å; outside it the coarsest one that is told apart.
  public var localResolution: Volume
  /// The final curves, in shells of the input's box.
  public var fsc: FSCReport
  /// The B factor applied to the sharpened map, Å².
  public var bFactor: Double
  /// Whether the refinement ended because nothing improved any more.
  public var converged: Bool
  /// The metrics of all iterations, from 0, the input.
  public var metrics: [IterationMetrics]
  /// Those of the final pass: the last iteration's, with what was measured on the final half-maps.
  public var final: IterationMetrics
  /// What the height of the body does to its defocus, and how that is known.
  public var bodyDefocus: BodyDefocusFinding
  /// The defocus of the body in each image; nil where it is the particle's.
  public var bodyDefoci: [Defocus]?
  /// The defocus of each particle where that is refined; nil where it is that of the input.
  public var refinedDefoci: [Defocus]?
}
