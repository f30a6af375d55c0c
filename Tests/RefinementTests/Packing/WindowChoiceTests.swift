import CryoEM
import Phantoms
import TestSupport
import Testing

@testable import Refinement

/// The window that is kept of each image.
struct WindowChoiceTests {
  private let body = Phantom.random(blobs: 30, radius: 12, width: 3, seed: 2)

  private func choice() throws -> WindowChoice {
    let images = PaintedImages(count: 16, box: 96, body: body, sigma: 4, spread: 1)
    let map = body.map(size: images.box, pixelSize: images.pixelSize)
    var settings = RefinementSettings()
    (settings.shiftExtent, settings.initialResolution) = (3, 9)
    let mask = Volume.sphere(size: 96, pixelSize: 3, radius: 20, outerRadius: 27)
    let input = RefinementInput(
      settings: settings, particles: images.particles,
      images: ArraySource(boxSize: images.box, pixels: images.pixels), map: map, halfMaps: nil,
      mask: mask, fulcrum: .zero)
    return WindowChoice(
      input: input, transformer: images.transformer(), survey: try images.survey(), outside: [],
      stretch: 1)
  }

  /// The mask is 18 pixels across. A window that cuts into its projection says something else than
  /// whole images do; one of 1.5 diameters hardly, nor does a wider one.
  @Test func onlyAWindowThatCutsTheProjectionErrs() throws {
    let choice = try choice()
    let expected = choice.changes(choice.geometry(window: 96), steps: nil)
    let errors = [14, 30, 48].map {
      choice.error(of: choice.geometry(window: $0), against: expected)
    }
    #expect(errors[0] > 0.5, "\(errors)")
    for error in errors.dropFirst() {
      #expect(error < 0.15 && error < 0.25 * errors[0], "\(errors)")
    }
    // Two standard deviations from a maximum without noise the log likelihood is 2 lower.
    let mean = expected.flatMap(\.values).reduce(0, +) / Double(expected.count * 10)
    #expect(abs(mean + 2) < 0.3, "\(mean)")
  }

  @Test func theSmallestAcceptedWindowIsTaken() throws {
    var choice = try choice()
    let found = choice.choose()
    #expect(found.geometry.window == choice.geometry(window: nil).window)
    #expect(found.error.map { $0 < choice.accepted } == true)
    choice.accepted = 0
    let whole = choice.choose()
    #expect(whole.geometry.window == 96 && whole.error == nil)
  }
}
