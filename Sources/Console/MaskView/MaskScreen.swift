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
struct MaskScreen: Screen {
  let context = Command.Context.mask
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

  var keyBar: [Command] {
    [.setFulcrum] + (job.regions.count > 1 ? [.nextRegion, .previousRegion] : []) + [
      .makeMask, .maps, .coordinates, .maskCentre, .boxCentre, .nextPane, .sliceForward,
      .sliceBack, .outline, .moreContrast, .dynamicMask,
    ] + (volumes?.hinge == nil ? [] : [.hinge])
      + (threshold == nil ? [] : [.raiseThreshold, .lowerThreshold])
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

  func obstacle(to command: Command) -> String? {
    switch command {
    case .back, .nextPane, .previousPane: return nil
    case .nextRegion, .previousRegion:
      return job.regions.count < 2 ? "The job has no other region" : nil
    case .hinge:
      return volumes?.hinge == nil
        ? "No hinge is known: the half-maps are of no run that has learnt one" : nil
    case .maskCentre: return chosen?.report == nil ? "There is no mask" : nil
    default: return size == 0 ? volumes?.problem?.what ?? "The map is being read" : nil
    }
  }

  mutating func perform(_ command: Command, _ surroundings: inout Surroundings) -> [Effect] {
    if hair.perform(command, size: size) { return [] }
    switch command {
    case .back: return [.pop]
    case .outline: showsOutline.toggle()
    case .hinge: showsHinge.toggle()
    case .maps:
      let places = fulcra.map { $0.map { ($0 - Double(size / 2)) * pixelSize } }
      guard
        let shelf = MapShelf(
          job, fulcra: places, hinges: [volumes?.hinge], chosen: region ?? 0)
      else { return [.say("The job names no map yet")] }
      return [.push(MapScreen(shelf: shelf))]
    case .makeMask:
      guard let map = volumes?.map else { return [.say("There is no map to make a mask of")] }
      return [
        .push(
          MaskMakerScreen(
            job: job, region: region, map: map, resolution: chosen?.resolution, hair: hair))
      ]
    case .maskCentre:
      if let centre = chosen?.report?.centre { cross = voxel(at: centre) }
    case .coordinates:
      return [
        .popUp(
          TextPrompt(
            .coordinates, title: "Cross-hair in voxels", text: crossText,
            hint: "x,y,z from the corner of the box, each 0 to \(max(0, size - 1))",
            objection: { [size] in Self.voxels($0, size: size) == nil ? Self.objection(size) : nil }
          ))
      ]
    case .setFulcrum: return [.pop, .answer(.setFulcrum(ofRegion: region), crossText)]
    case .nextRegion: stepRegion(by: 1)
    case .previousRegion: stepRegion(by: -1)
    case .dynamicMask, .raiseThreshold, .lowerThreshold: return changeDynamicMask(command)
    default: return [.say("Nothing to do here")]
    }
    return []
  }

  /// The cross-hair, voxels from the corner.
  var cross: SIMD3<Int> {
    get { hair.voxel }
    set { hair.voxel = newValue }
  }

  var crossText: String { hair.text }

  /// To another region, its fulcrum under the cross-hair.
  private mutating func stepRegion(by step: Int) {
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
  private func voxel(at point: Vector3) -> SIMD3<Int> { nearest(position(of: point)) }

  /// The voxel of the box that is nearest to a position.
  func nearest(_ position: SIMD3<Double>) -> SIMD3<Int> {
    CrossHair.nearest(position, size: size)
  }

  private mutating func changeDynamicMask(_ command: Command) -> [Effect] {
    let start = job[Parameter.mask.threshold] ?? 0.2
    switch command {
    case .dynamicMask:
      guard threshold == nil else {
        threshold = nil
        preview = nil
        return []
      }
      threshold = start
    case .raiseThreshold: threshold = min(1, (threshold ?? start) + 0.02)
    default: threshold = max(0, (threshold ?? start) - 0.02)
    }
    guard let threshold, let map = volumes?.map else { return [] }
    isComputing = true
    return [.previewMask(own, map: map, mask: chosen?.mask, threshold: threshold)]
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    guard question == .coordinates else { return [] }
    guard let place = Self.voxels(text, size: size) else {
      return [.complain(Self.objection(size))]
    }
    cross = place
    return []
  }

  /// The voxel that a text names; nil for none of a box.
  static func voxels(_ text: String, size: Int) -> SIMD3<Int>? {
    let words = text.split(whereSeparator: { $0 == "," || $0 == " " })
    let numbers = words.compactMap { Double($0) }.filter { $0 >= 0 && $0 < Double(size) }
    guard words.count == 3, numbers.count == 3 else { return nil }
    let voxels = numbers.map { min(Int($0.rounded()), size - 1) }
    return SIMD3(voxels[0], voxels[1], voxels[2])
  }

  static func objection(_ size: Int) -> Problem {
    Problem(
      "three numbers from 0 to \(max(0, size - 1)) are needed",
      whatToDo: "Write x,y,z in voxels, as 31,29,48.")
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

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    guard case .row("plane", let plane) = target else { return [] }
    hair.point(at: plane, in: rect, with: mouse, size: size)
    return []
  }
}
