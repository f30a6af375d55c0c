import CryoEM
import Synchronization
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// The hand of the data is found where they have one, and nothing changes where they have none.
struct BodyDefocusSignTests {
  /// A body 40 Å from the centre at 1.5 kV: as far out of focus as one of 640 Å at 300 kV.
  private func set(_ sign: Int) -> TwoBodyRefinement {
    let optics = OpticsGroup(
      voltage: 1.5, sphericalAberration: 0.01, amplitudeContrast: 0.1, pixelSize: 4, imageSize: 48)
    var set = TwoBodyRefinement(
      count: 160, optics: [optics], motion: 4, defocus: 400...800, bodyDefocus: sign)
    set.settings.initialResolution = 16
    set.settings.maximumIterations = 3
    set.settings.subtractOutside = true
    set.settings.bodyDefocus = .auto
    return set
  }

  @Test(arguments: [1, -1])
  func theHandIsFound(sign: Int) throws {
    var set = set(sign)
    let lines = Mutex<[String]>([])
    let result = try set.refined { event in
      if case .log(let line) = event { lines.withLock { $0.append(line) } }
    }
    let found = result.bodyDefocus
    #expect(found.sign == sign, "\(found)")
    #expect(found.particles == 160 && found.phase >= 10)
    let summary = found.summary ?? ""
    #expect(lines.withLock(\.self).contains(summary))
    #expect(summary.contains(sign > 0 ? "(on)" : "(inverted)"))
    // The defocus of the body is the particle's less its height in the image.
    let defoci = result.bodyDefoci ?? set.particles.defoci
    let errors = set.particles.defoci.indices.map {
      abs(
        defoci[$0].u - set.particles.defoci[$0].u + Double(sign) * set.simulation.smallHeights[$0])
    }
    #expect(errors.sorted()[80] < 3, "\(errors.sorted()[80])")
    // Better than without, and than with the wrong one.
    func agreement(_ mode: RefinementSettings.BodyDefocusMode) throws -> Double {
      set.settings.bodyDefocus = mode
      let other = try set.refined()
      let asked = other.bodyDefocus.particles
      #expect(asked == 0)
      return other.fsc.corrected[10...18].reduce(0, +)
    }
    let right = result.fsc.corrected[10...18].reduce(0, +)
    let off = try agreement(.off)
    let wrong = try agreement(sign > 0 ? .inverted : .on)
    #expect(right > off && off > wrong, "\(right), \(off), \(wrong)")
  }

  /// Where bodies are imaged at the particle's defocus it stays there, to the byte.
  @Test func withoutAHandNothingChanges() throws {
    var set = set(0)
    let found = try set.refined()
    #expect(found.bodyDefocus.particles == 160, "it was looked for")
    #expect(found.bodyDefocus.sign == 0, "\(found.bodyDefocus)")
    let defoci = found.bodyDefoci?.count
    #expect(defoci == nil)
    set.settings.bodyDefocus = .off
    let off = try set.refined()
    let isEqual =
      found.poses == off.poses && found.halfMapA == off.halfMapA && found.map == off.map
    #expect(isEqual)
  }

  /// The bytes are the same for any number of threads, and after stops anywhere.
  @Test(arguments: [12, 25, 34, 48])
  func stopsAndThreadsChangeNothing(events: Int) throws {
    var set = set(-1)
    set.settings.threads = 1
    let whole = try set.refined()
    let sign = whole.bodyDefocus.sign
    #expect(sign == -1)
    set.settings.threads = 3
    let store = MemoryStore()
    var stops = 0
    while true {
      let control = RefinementControl()
      let count = Counter()
      let limit = stops < 5 ? events : .max
      do {
        let result = try refine(set.input, control: control, checkpoints: store) { _ in
          if count.add(1) == limit { control.requestStop() }
        }
        #expect(stops > 0)
        let isEqual =
          result.poses == whole.poses && result.bodyDefocus == whole.bodyDefocus
          && result.halfMapA == whole.halfMapA && result.halfMapB == whole.halfMapB
        #expect(isEqual)
        return
      } catch is RefinementStopped { stops += 1 }
    }
  }

  /// The hand that one region knows is the other one's, as soon as that could see it, from where it is not
  /// asked for again.
  @Test(arguments: [1, -1])
  func theHandIsThatOfAllRegions(sign: Int) throws {
    var set = set(sign)
    set.settings.subtractOutside = false
    var inputs = TwoRegions(of: set).inputs
    inputs[1].settings.bodyDefocus = sign > 0 ? .on : .inverted
    let lines = Mutex<[String]>([])
    let results = try refine(regions: inputs) { region, event in
      if case .log(let line) = event, region == 0 { lines.withLock { $0.append(line) } }
    }
    #expect(results[0].bodyDefocus.sign == sign && results[0].bodyDefocus.particles == 0)
    let expected =
      "Body defocus: the height is \(sign > 0 ? "taken off" : "put onto") the defocus, as the images of "
      + "another region say"
    let told = lines.withLock { $0.filter { $0 == expected }.count }
    #expect(told == 1, "\(lines.withLock(\.self))")
    let defoci = try #require(results[0].bodyDefoci)
    let errors = defoci.indices.map {
      abs(
        defoci[$0].u - set.particles.defoci[$0].u + Double(sign) * set.simulation.smallHeights[$0])
    }
    #expect(errors.sorted()[80] < 3, "\(errors.sorted()[80])")
    // A region that is told to be where the particle is stays there.
    inputs[0].settings.bodyDefocus = .off
    let off = try refine(regions: inputs) { _, _ in }
    let kept = off[0].bodyDefocus.sign
    #expect(kept == 0)
  }

  /// Gains of images that know nothing decide nothing: chance takes the mean four standard errors away
  /// hardly ever. What all images share is found.
  @Test func chanceDecidesNothing() {
    var generator = SeededGenerator(seed: 12)
    func gains(_ shift: Double) -> [BodyDefocusMeasurement.Gain] {
      (0..<200).map { _ in
        // Wrong defoci cost likelihood on average.
        BodyDefocusMeasurement.Gain(
          plus: generator.normal() - 0.1 + shift, minus: generator.normal() - 0.1)
      }
    }
    let deviations = (0..<1000).map { _ in BodyDefocusMeasurement.finding(gains(0)) }
    #expect(deviations.allSatisfy { $0.sign == 0 })
    let squares = deviations.reduce(0) { $0 + $1.deviations * $1.deviations }
    #expect(abs(squares / 1000 - 1) < 0.15, "the told errors are those of chance")
    #expect(BodyDefocusMeasurement.finding(gains(1)).sign == 1)
    #expect(BodyDefocusMeasurement.finding(gains(-3)).sign == 0, "none is better than the other")
    #expect(BodyDefocusMeasurement.finding([]).sign == 0)
  }
}
