import CryoEM
import EMFiles
import Fourier
import Testing

@testable import Refinement

struct CheckpointCoderTests {
  /// Structs, lists, texts, optional and odd numbers as they come.
  private struct Sample: Codable, Equatable {
    var name = "ψ, 3 Å"
    var numbers: [Double] = [0.1, -0.0, .infinity, .leastNonzeroMagnitude, 1 / 3]
    var rows: [[Double]] = [[1, 2], [], [3]]
    var words = ["a", ""]
    var table: [String: Double] = ["search": 1.5, "": 2]
    var missing: Double?
    var present: Double? = 4
    var filter = RefinementSettings.NonuniformSettings.Filter.gaussian
    var inner = Inner()
    var many = [Inner(count: 1), Inner(count: 2)]
    struct Inner: Codable, Equatable {
      var count = 7
      var isOn = true
      var small: Float = 0.1
    }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let sample = Sample()
    let bytes = try CheckpointContent(sample).bytes
    let read = try #require(CheckpointContent.value(Sample.self, of: bytes))
    #expect(read == sample)
    #expect(read.numbers[1].sign == .minus)
    #expect(try CheckpointContent(read).bytes.count == bytes.count)
  }

  @Test func plainDataKeepsEveryBit() throws {
    var posterior = PosePosterior.point
    for index in 0..<25 { posterior.covariance[index / 5, index % 5] = 1 / Double(index + 3) }
    posterior.weights[2] = 0.7
    posterior.isSampled = true
    posterior.effectiveSampleSize = .nan
    let pose = Alignment(
      rotation: Rotation(rotationVector: Vector3(0.1, 0.2, 0.3)), position: Vector2(1 / 3, -2))
    let outcome = SearchPass.Outcome(
      pose: pose, posterior: posterior, likelihood: .none, scale: 1.1, gain: 3, isAtLimit: true,
      evaluations: 9)
    let bytes = try CheckpointContent([outcome, outcome]).bytes
    let read = try #require(CheckpointContent.value([SearchPass.Outcome].self, of: bytes))
    #expect(read.count == 2)
    #expect(read[1].pose == pose && read[1].evaluations == 9 && read[1].isAtLimit)
    #expect(read[1].posterior.effectiveSampleSize.isNaN)
    #expect(
      (0..<25).allSatisfy {
        read[1].posterior.covariance[$0 / 5, $0 % 5] == 1 / Double($0 + 3)
      })
    #expect(read[1].posterior.weights[2] == 0.7)
  }

  /// No cut and no flipped byte makes the reader fall; what is cut is never taken for whole.
  @Test func damagedBytesAreRefused() throws {
    let bytes = try CheckpointContent(Sample()).bytes
    for length in 0..<bytes.count {
      #expect(CheckpointContent.value(Sample.self, of: Array(bytes[..<length])) == nil)
    }
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 0xff
      _ = CheckpointContent.value(Sample.self, of: damaged)
    }
    #expect(CheckpointContent.value(Sample.Inner.self, of: bytes) == nil)
  }

  /// Every field of the state that a checkpoint holds is in it, now and when fields are added: what
  /// the encoder writes has the names that a mirror sees.
  @Test func noFieldIsForgotten() throws {
    var settings = RefinementSettings()
    (settings.maximumResolution, settings.highpass, settings.sharpenBFactor) = (1, 2, 3)
    (settings.cacheDirectory, settings.memoryLimit) = ("/tmp", 4)
    let state = RefinementState(
      start: [], poses: [], posteriors: [], scales: [], noiseFactors: [[1]], greyscale: [1], band: 3
    )
    var loop = LoopState(settings: settings, refinement: state, inserted: 1)
    loop.shown = ShownDensity(VoxelRows(allOf: 2), band: 1, halves: [[1], [2]])
    expectAllFields(of: loop, in: try .of(loop), path: "LoopState")
  }

  private func expectAllFields(of value: Any, in node: CheckpointNode, path: String) {
    guard case .fields(let fields) = node else { return }
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional, let some = mirror.children.first {
      return expectAllFields(of: some.value, in: node, path: path)
    }
    let children = mirror.children
    #expect(
      children.compactMap(\.label).sorted() == fields.map(\.name).sorted(),
      "fields of \(path) are not those that are saved")
    for child in children {
      guard let field = fields.first(where: { $0.name == child.label }) else { continue }
      expectAllFields(of: child.value, in: field.node, path: path + "." + field.name)
    }
  }

  /// The layout changes when a plain type gets, loses or renames a field.
  @Test func theLayoutTellsTypesApart() {
    struct Before: PlainData { var a = 1.0, b: Float = 2 }
    struct After: PlainData { var a = 1.0, c: Float = 2 }
    #expect(layoutDescription(of: [Before]()) != layoutDescription(of: [After]()))
    #expect(layoutDescription(of: [Before]()).contains("b:Float"))
    for name in ["settings", "rotationExtent", "poses", "covariance", "isAtLimit", "bestShell"] {
      #expect(LoopState.layout.contains(name), "\(name)")
    }
  }
}
