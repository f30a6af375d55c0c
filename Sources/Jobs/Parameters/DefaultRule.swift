import CryoEM

/// What defaults depend on of the data: known once the headers of particles and maps were read.
public struct DataFacts: Sendable, Equatable {
  /// Pixels along an edge of the particles' box.
  public var box: Int
  /// Å.
  public var pixelSize: Double
  /// The grid of the maps' files, in whose voxels the fulcrum is given.
  public var maps: Sampling
  /// Radius of a sphere that encloses the mask, Å; nil while it is not known.
  public var maskRadius: Double?
  /// The mask's centre of mass, Å from the box centre; nil while it is not known.
  public var maskCentre: Vector3?

  /// What is known of the mask of each region of the job, in their order; nothing of a missing one.
  public var regions: [Mask?] = []

  /// Where a mask is.
  public struct Mask: Sendable, Equatable {
    /// As `maskRadius` and `maskCentre` have them.
    public var radius: Double
    public var centre: Vector3?

    public init(radius: Double, centre: Vector3?) { (self.radius, self.centre) = (radius, centre) }
  }

  /// The same for a job of one of the regions.
  public func ofRegion(_ index: Int) -> DataFacts {
    var own = self
    let mask = regions.indices.contains(index) ? regions[index] : nil
    (own.maskRadius, own.maskCentre, own.regions) = (mask?.radius, mask?.centre, [])
    return own
  }

  /// - Parameter maps: nil for the particles' box.
  public init(
    box: Int, pixelSize: Double, maps: Sampling? = nil, maskRadius: Double? = nil,
    maskCentre: Vector3? = nil
  ) {
    self.maskCentre = maskCentre
    self.box = box
    self.maps = maps ?? Sampling(size: box, pixelSize: pixelSize)
    self.pixelSize = pixelSize
    self.maskRadius = maskRadius
  }

  /// Half the box, Å.
  public var halfBox: Double { Double(box / 2) * pixelSize }
  /// The finest resolution of the images, two pixels, Å.
  public var nyquist: Double { 2 * pixelSize }
}

/// A default that was derived, with the reason: 14, "two pixels".
public struct DerivedValue: Sendable, Hashable {
  public let value: ParameterValue
  /// What it is, in words that follow an equals sign: "3 × prior.rotation_sd".
  public let reason: String
}

/// How a default follows from other parameters or from the data.
struct DefaultRule<Value: ParameterConvertible>: Sendable {
  /// In words, for job files and help.
  let words: String
  /// The default and its reason; nil where the usual one holds.
  let value: @Sendable (Job, DataFacts?) -> (value: Value, reason: String)?

  init(
    _ words: String,
    _ value: @escaping @Sendable (Job, DataFacts?) -> (value: Value, reason: String)?
  ) {
    self.words = words
    self.value = value
  }

  var derivation: Parameter.Derivation {
    Parameter.Derivation(words: words) { [value] job, data in
      value(job, data).map { DerivedValue(value: $0.value.parameterValue, reason: $0.reason) }
    }
  }
}
