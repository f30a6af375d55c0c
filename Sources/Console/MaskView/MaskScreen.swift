import CryoEM
import Ground
import Jobs
import Runs
import Surface
import Terminal

/// The volumes of the fulcrum and mask view.
struct MaskViewVolumes: Sendable {
  /// A mask, and what is known of it.
  struct Mask: Sendable {
    var mask: Volume?
    var report: MaskReport?
    /// Resolution of the half-maps inside the mask, Å (FSC 0.143); nil without half-maps.
    var resolution: Double?
  }

  var job: Job
  /// What the run that has made the half-maps has learnt of its hinge; nil for nothing.
  var hinge: LearntHinge?
  var map: Volume?
  /// That of the job, or those of its regions in their order.
  var masks: [Mask]
  var problem: Problem?
}

/// Three orthogonal slices of the map with the mask's outline and a cross-hair, which becomes the
/// fulcrum; of a job with regions with the masks of all, one of which is chosen.
struct MaskScreen: CrossHairScreen {
  let title = "Fulcrum and mask"
  let job: Job
  /// The region that is chosen; nil for a job without regions.
  var region: Int?
  var volumes: MaskViewVolumes?
  var hair = CrossHair()
  var showsOutline = true
  /// Whether the learnt hinge is drawn.
  var showsHinge = true
  /// A preview of the dynamic mask at this threshold; nil while it is not shown.
  var threshold: Double?
  var preview: Volume?
  var isComputing = false

  init(job: Job, region: Int? = nil) {
    (self.job, self.region) = (job, job.regions.isEmpty ? nil : region ?? 0)
  }

  /// The job as the chosen region has it.
  var own: Job { region.map { job.ofRegion($0) } ?? job }

  /// The mask that is chosen, and what is known of it.
  var chosen: MaskViewVolumes.Mask? { mask(of: region ?? 0) }

  func mask(of region: Int) -> MaskViewVolumes.Mask? {
    guard let masks = volumes?.masks, masks.indices.contains(region) else { return nil }
    return masks[region]
  }

  /// Of the map, or of the first mask where there is none.
  private var grid: Volume? {
    volumes?.map ?? volumes?.masks.lazy.compactMap { $0.mask }.first
  }

  var size: Int { grid?.size ?? 0 }

  var pixelSize: Double { grid?.pixelSize ?? 1 }

  var unread: String? {
    size == 0 ? volumes?.problem?.what ?? "The map is being read" : nil
  }

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if way == .back { return [.pop] }
    if way.isWithinPane, let unread { return [.say(unread)] }
    hair.navigate(way, size: size)
    return []
  }

  /// The cross-hair, voxels from the corner.
  var cross: SIMD3<Int> {
    get { hair.voxel }
    set { hair.voxel = newValue }
  }

  /// To another region, its fulcrum under the cross-hair.
  mutating func stepRegion(by step: Int) {
    let count = job.regions.count
    region = region.map { ($0 + step + count) % count }
    (threshold, preview) = (nil, nil)
    if let fulcrum { cross = nearest(fulcrum) }
  }

  /// The fulcrum that is set, in voxels; nil while nothing is known of it.
  var fulcrum: SIMD3<Double>? { fulcrum(of: own, chosen) }

  /// The fulcra of all regions, or that of the job.
  var fulcra: [SIMD3<Double>?] {
    job.regions.isEmpty
      ? [fulcrum] : job.regions.indices.map { fulcrum(of: job.ofRegion($0), mask(of: $0)) }
  }

  private func fulcrum(of job: Job, _ mask: MaskViewVolumes.Mask?) -> SIMD3<Double>? {
    guard size > 0 else { return nil }
    if let point = job[Parameter.fulcrum.coordinates] { return SIMD3(point.x, point.y, point.z) }
    if job[Parameter.fulcrum.location] == .mask_center, let centre = mask?.report?.centre {
      return position(of: centre)
    }
    return SIMD3(repeating: Double(size / 2))
  }

  /// A point (Å from the box centre) in voxels.
  private func position(of point: Vector3) -> SIMD3<Double> {
    point / pixelSize + Double(size / 2)
  }

  /// The voxel of a point (Å from the box centre).
  func voxel(at point: Vector3) -> SIMD3<Int> { nearest(position(of: point)) }

  /// The voxel of the box that is nearest to a position.
  func nearest(_ position: SIMD3<Double>) -> SIMD3<Int> {
    CrossHair.nearest(position, size: size)
  }

  /// Shows the dynamic mask, or hides it.
  mutating func toggleDynamicMask() -> [Effect] {
    if threshold != nil {
      (threshold, preview) = (nil, nil)
      return []
    }
    return previewDynamicMask(at: startThreshold)
  }

  /// The dynamic mask at another threshold.
  mutating func changeThreshold(by step: Double) -> [Effect] {
    previewDynamicMask(at: min(max(0, (threshold ?? startThreshold) + step), 1))
  }

  private var startThreshold: Double { job[Parameter.mask.threshold] ?? 0.2 }

  private mutating func previewDynamicMask(at threshold: Double) -> [Effect] {
    self.threshold = threshold
    guard let map = volumes?.map else { return [] }
    isComputing = true
    return [.read(.maskPreview(own, map: map, mask: chosen?.mask, threshold: threshold))]
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    question == .coordinates ? answerCoordinates(text) : []
  }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .volumes(let found) where found.job == job:
      volumes = found
      cross = fulcrum.map(nearest) ?? SIMD3(repeating: size / 2)
      if let problem = found.problem { return [.complain(problem)] }
    case .maskPreview(let mask, let value) where value == threshold:
      preview = mask
      isComputing = false
    default: break
    }
    return []
  }
}
