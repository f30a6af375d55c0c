import CryoEM
import EMFiles
import Fourier
import Testing

@testable import Refinement

struct CheckpointCoderTests {
  /// Structs, lists, texts, optional and odd numbers as they come; some of them columns.
  private struct Sample: Columned, Equatable {
    var name = "ψ, 3 Å"
    var numbers: [Double] = [0.1, -0.0, .infinity, .leastNonzeroMagnitude, 1 / 3]
    var text = [0.1, -0.0, -.infinity, .leastNonzeroMagnitude, 1 / 3, .greatestFiniteMagnitude]
    var rows: [[Double]] = [[1, 2], [], [3]]
    var words = ["a", ""]
    var table: [String: Double] = ["search": 1.5, "": 2]
    var parts = [7: Inner(values: [1]), -1: Inner(values: [])]
    var seed = UInt64.max
    var missing: Double?
    var present: Double? = 4
    var filter = RefinementSettings.NonuniformSettings.Filter.gaussian
    var many = [Inner(values: [1, 2]), Inner()]
    var perhaps: Inner? = Inner(values: [0.1])

    struct Inner: Columned, Equatable {
      var values: [Float] = [3]
      var isOn = true

      mutating func move(_ columns: inout Columns) { columns.move("values", &values) }
    }

    mutating func move(_ columns: inout Columns) {
      columns.move("numbers", &numbers)
      columns.move("rows", &rows)
      columns.move("parts", &parts)
      columns.move("many", &many)
      perhaps?.move(&columns)
    }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let content = CheckpointContent(Sample())
    #expect(
      content.columns.map(\.name) == [
        "numbers", "rows.0", "rows.1", "rows.2", "parts.-1.values", "parts.7.values",
        "many.0.values", "many.1.values", "values",
      ])
    let read = try #require(CheckpointContent.value(Sample.self, of: content.bytes))
    #expect(read == Sample())
    #expect(read.numbers[1].sign == .minus && read.text[1].sign == .minus)
    #expect(CheckpointContent(read).bytes == content.bytes)
  }

  /// In columns, and alone in the text.
  @Test func plainDataKeepsEveryBit() throws {
    struct Alone: Columned { var outcome: SearchPass.Outcome? }
    let outcome = Self.outcome
    let column = CheckpointContent([outcome, outcome]).bytes
    let text = CheckpointContent(Alone(outcome: outcome)).bytes
    for found in [
      try #require(CheckpointContent.value([SearchPass.Outcome].self, of: column)?.last),
      try #require(CheckpointContent.value(Alone.self, of: text)?.outcome),
    ] {
      #expect(found.pose == outcome.pose)
      #expect(found.evaluations == 9 && found.isAtLimit)
      #expect(found.posterior.effectiveSampleSize.isNaN)
      for index in 0..<25 {
        #expect(found.posterior.covariance[index / 5, index % 5] == 1 / Double(index + 3))
      }
      #expect(found.posterior.weights[2] == 0.7)
    }
  }

  /// One whose numbers are all different.
  static var outcome: SearchPass.Outcome {
    var posterior = PosePosterior.point
    for index in 0..<25 { posterior.covariance[index / 5, index % 5] = 1 / Double(index + 3) }
    posterior.weights[2] = 0.7
    posterior.isSampled = true
    posterior.effectiveSampleSize = .nan
    return SearchPass.Outcome(
      pose: Alignment(
        rotation: Rotation(rotationVector: Vector3(0.1, 0.2, 0.3)), position: Vector2(1 / 3, -2)),
      posterior: posterior, likelihood: .none, scale: 1.1, gain: 3, isAtLimit: true,
      evaluations: 9)
  }

  /// No cut and no flipped byte makes the reader fall; what is cut is never taken for whole.
  @Test func damagedBytesAreRefused() throws {
    let bytes = CheckpointContent(Sample()).bytes
    for length in 0..<bytes.count {
      #expect(CheckpointContent.value(Sample.self, of: Array(bytes[..<length])) == nil)
    }
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 0xff
      _ = CheckpointContent.value(Sample.self, of: damaged)
    }
    #expect(CheckpointContent.value(Sample.Inner.self, of: bytes) == nil)
    #expect(CheckpointContent.value(Sample.self, of: CheckpointContent("else").bytes) == nil)
  }

  /// The bytes of a checkpoint of a text and columns, each behind its length.
  private func bytes(_ text: String, _ columns: [(name: String, values: [UInt8])]) -> [UInt8] {
    let parts = [Array(text.utf8)] + columns.flatMap { [Array($0.name.utf8), $0.values] }
    return parts.flatMap { part in
      (0..<8).map { UInt8(truncatingIfNeeded: part.count >> (8 * $0)) } + part
    }
  }

  /// What has other columns than those of the value is none of it, and so is what holds half an element.
  @Test func columnsAreThoseOfTheValue() {
    let content = CheckpointContent(Sample())
    let columns = content.columns.map { column in
      var values: [UInt8] = []
      column.values.withBytes { values += $0 }
      return (name: column.name, values: values)
    }
    func isRead(_ change: (inout [(name: String, values: [UInt8])]) -> Void) -> Bool {
      var changed = columns
      change(&changed)
      return CheckpointContent.value(Sample.self, of: bytes(content.text, changed)) == Sample()
    }
    #expect(isRead { _ in } && isRead { $0.reverse() }, "their order is of no account")
    #expect(!isRead { $0.append(("else", [])) }, "one more")
    #expect(!isRead { $0.append($0[0]) }, "one twice")
    for index in columns.indices {
      #expect(!isRead { $0.remove(at: index) }, "without \(columns[index].name)")
      #expect(!isRead { $0[index].name += "s" }, "\(columns[index].name) of another name")
      if columns[index].values.count > 1 {
        #expect(!isRead { $0[index].values.removeLast() }, "\(columns[index].name) cut")
        #expect(!isRead { $0[index].values.append(0) }, "\(columns[index].name) longer")
      }
    }
  }

  /// A value that stands alone in the text is one, not the first of several.
  @Test func aSingleValueIsOne() {
    struct Alone: Columned { var motion: CommonMotion? }
    let text = CheckpointContent(Alone(motion: CommonMotion(rotation: 1, shift: 2))).text
    #expect(CheckpointContent.value(Alone.self, of: bytes(text, []))?.motion?.shift == 2)
    for other in [
      text.replacing("[", with: "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"),
      text.replacing("[", with: "[0,"),
      text.replacing(/\[.*\]/, with: "[]"),
    ] {
      #expect(other != text)
      #expect(CheckpointContent.value(Alone.self, of: bytes(other, [])) == nil)
    }
  }

  /// A state of which no field is as it is by default: every optional has a value, no array is empty.
  private static var state: LoopState {
    var settings = RefinementSettings()
    (settings.maximumResolution, settings.highpass, settings.sharpenBFactor) = (1, 2, 3)
    (settings.cacheDirectory, settings.memoryLimit) = ("/tmp", 4)
    var directions = NoiseDirections(shells: 2)
    var measured = NoiseDirections.Sums(shells: 2)
    for sector in 0..<18 {
      measured.add(
        shell: 1, position: Float(sector), power: Double(sector * sector), expected: 50)
    }
    measured.measured(into: &directions)
    let other = Alignment(rotation: .identity, position: Vector2(5, 6))
    var refinement = RefinementState(
      start: [other], poses: [outcome.pose], posteriors: [outcome.posterior],
      motions: [MotionModel(rotation: 0.1, shift: 2), MotionModel(rotation: 0.3, shift: 4)],
      scales: [1.2], noiseFactors: [[1.5, 2.5], [3.5]], noiseDirections: [directions],
      greyscale: [0.9, 1.1], band: 3)
    refinement.defocusChanges = [DefocusChange(change: 11, deviation: 12)]
    refinement.movingShare = MovingShare(
      Volume(size: 1, pixelSize: 2, voxels: [0.5]), centre: Vector3(1, 2, 3))
    var evidence = PoseEvidence()
    (evidence.slope[3], evidence.information[14]) = (13, 14)
    var loop = LoopState(settings: settings, refinement: refinement, inserted: 1)
    loop.metrics = [metrics]
    loop.badImages = [BadImage(particle: 0, reason: "cut off", stage: .packing)]
    loop.shown = ShownDensity(VoxelRows(allOf: 2), band: 1, halves: [[1, 2], [3, 4]])
    loop.findings = [SearchPass.Finding(outcome, evidence: evidence)]
    loop.previous = [other]
    loop.drift = [CommonMotion(rotation: 1, shift: 2), CommonMotion(rotation: 3, shift: 4)]
    loop.spent.seconds = ["search": 0.1]
    return loop
  }

  private static var metrics: IterationMetrics {
    let histogram = IterationMetrics.Histogram(
      lower: 0, upper: 20, counts: [3, 4], median: 2.25, percentile95: 9, mean: 1 / 3)
    let measured = BodyMotion.Measured(value: 1, error: .infinity)
    let principal = BodyMotion.Principal(deviation: measured, direction: [0.6, 0, 0.8])
    return IterationMetrics(
      iteration: 1, isFinal: false, boxSize: 64, pixelSize: 2.5, bandShell: 10,
      fsc: FSCReport(
        noMask: [1, 0.9], spherical: [1], loose: [0.8], tight: [0.7], corrected: [1, 0.8]),
      rotationFromStart: histogram, rotationFromPrevious: histogram, shiftFromStart: histogram,
      shiftFromPrevious: histogram, shareAtLimit: 0.004, posteriorRotation: 1,
      posteriorShift: 0.5, driftRotation: [0, 0], driftShift: [0, 0], greyscale: [1, 1],
      orientationAzimuths: 1, orientationCounts: [7], noise: [[1, 2], [1, 2]], guinier: [1],
      scale: histogram, effectiveSampleSize: histogram, scoreGain: histogram,
      evaluationsPerParticle: 6, particles: 7, skipped: 0, seconds: ["search": 1.5],
      cpuSeconds: 3,
      motion: BodyMotion(
        rotations: [principal], translations: [principal], axisError: 3, share: measured,
        hinge: [measured], hingeVoxel: [measured], hingeDistance: 4, outliers: 0.01,
        particles: 60),
      views: ViewStatistics(
        samplingCompensation: 0.9, unseen: 0.1, effectiveDirections: 20, cells: 100),
      cones: ConeStatistics(areaRatio: 0.8, evenAreaRatio: 0.7, resolutions: [3, 4]))
  }

  /// Every field of the state is read back as it was, now and when fields are added: those that have
  /// no value here are asked for.
  @Test func noFieldIsForgotten() throws {
    let state = Self.state
    expectSet(state, path: "LoopState")
    let read = try #require(
      CheckpointContent.value(LoopState.self, of: CheckpointContent(state).bytes))
    #expect(described(read) == described(state))
  }

  /// All there is to a value, down to the last digit.
  private func described(_ value: Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
  }

  /// Expects values in optionals, and elements in arrays.
  private func expectSet(_ value: Any, path: String) {
    let mirror = Mirror(reflecting: value)
    if [.optional, .collection, .dictionary].contains(mirror.displayStyle) {
      #expect(!mirror.children.isEmpty, "\(path) has to have a value in this test")
    }
    for child in mirror.children { expectSet(child.value, path: path + "." + (child.label ?? "")) }
  }

  /// Whatever there is one of for each particle, shell or voxel is a column: nothing that grows is left
  /// to the text, but the metrics.
  @Test func whatGrowsIsAColumn() {
    let content = CheckpointContent(Self.state)
    #expect(
      content.columns.map(\.name) == [
        "state.start", "state.poses", "state.posteriors", "state.motions", "state.scales",
        "state.noise.0", "state.noise.1", "state.directions.0.ratios", "state.greyscale",
        "state.defocus", "state.moving", "findings", "previous", "drift", "greyscale", "shown.rows",
        "shown.voxels.0", "shown.voxels.1",
      ])
    for name in ["start", "poses", "posteriors", "findings", "previous"] {
      #expect(content.text.contains("\"\(name)\":[]"), "\(name)")
    }
  }

  /// The layout changes when a plain type gets, loses or renames a field.
  @Test func theLayoutTellsTypesApart() {
    struct Before: PlainData { var a = 1.0, b: Float = 2 }
    struct After: PlainData { var a = 1.0, c: Float = 2 }
    #expect(layoutDescription(of: [Before]()) != layoutDescription(of: [After]()))
    #expect(layoutDescription(of: [Before]()).contains("b:Float"))
    for name in [
      "settings", "rotationExtent", "poses", "covariance", "isAtLimit", "bestShell", "information",
    ] {
      #expect(LoopState.layout.contains(name), "\(name)")
    }
  }
}
