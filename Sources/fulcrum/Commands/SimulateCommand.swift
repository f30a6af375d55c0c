import ArgumentParser
import CryoEM
import Glibc
import Ground
import Phantoms

/// `fulcrum simulate`: a data set of two or three bodies with known poses.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Make a test set of moving bodies, and its job.",
    usage: "fulcrum simulate FOLDER [options]",
    discussion: "Example: fulcrum simulate test --count 2000 --box 96 --pixel-size 2.6 --snr 0.1")

  @Argument(help: "The new folder.", completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("Number of particles.", valueName: "n"))
  var count = 1000

  @Option(help: ArgumentHelp("Box, pixels; even.", valueName: "n"))
  var box = 64

  @Option(help: ArgumentHelp("Pixel size, Å.", valueName: "x"))
  var pixelSize = 4.0

  @Option(help: ArgumentHelp("Signal over noise, 0 for no noise.", valueName: "x"))
  var snr = 0.05

  @Option(help: ArgumentHelp("Bodies: 2, or 3 for a job with regions.", valueName: "n"))
  var bodies = 2

  @Option(help: ArgumentHelp("Rotation about the hinge, rms degrees.", valueName: "x"))
  var rotation = 5.0

  @Option(help: ArgumentHelp("Shift of the moving body, rms Å.", valueName: "x"))
  var shift = 2.0

  @Option(help: ArgumentHelp("Mass of a varying belt about that body.", valueName: "x"))
  var belt = 0.0

  @Option(
    help: ArgumentHelp(
      "Its distance, Å; 0: a fifth of the box.", valueName: "x", visibility: .hidden))
  var bodyDistance = 0.0

  @Option(
    help: ArgumentHelp(
      "Errors of the stated defocus, sd in Å.", valueName: "x", visibility: .hidden))
  var defocusError = 0.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Bodies' own defocus: 1, -1, or 0.", valueName: "n"))
  var bodyDefocus = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Ewald sphere's hand: 1, -1, or 0.", valueName: "n"))
  var ewald = 0

  @Option(help: ArgumentHelp("Voltage, kV.", valueName: "x", visibility: .hidden))
  var voltage = 300.0

  @Option(help: ArgumentHelp("Seed of everything random.", valueName: "n"))
  var seed: UInt64 = 1

  @Flag(help: ArgumentHelp("Write 32-bit numbers instead of 16-bit ones.", visibility: .hidden))
  var float32 = false

  func validate() throws {
    let ranges: [(String, Bool)] = [
      ("--count must be from 10 to 1000000", (10...1_000_000).contains(count)),
      ("--box must be even, from 16 to 1024", box % 2 == 0 && (16...1024).contains(box)),
      ("--pixel-size must be from 0.1 to 100", (0.1...100).contains(pixelSize)),
      ("--snr must be from 0 to 1000", (0...1000).contains(snr)),
      ("--bodies must be 2 or 3", (2...3).contains(bodies)),
      ("--rotation must be from 0 to 90", (0...90).contains(rotation)),
      ("--shift must be from 0 to 100", (0...100).contains(shift)),
      ("--belt must be from 0 to 10", (0...10).contains(belt)),
      ("--body-distance must be from 0 to 1000", (0...1000).contains(bodyDistance)),
      ("--defocus-error must be from 0 to 5000", (0...5000).contains(defocusError)),
      ("--body-defocus must be -1, 0 or 1", (-1...1).contains(bodyDefocus)),
      ("--ewald must be -1, 0 or 1", (-1...1).contains(ewald)),
      ("--voltage must be from 10 to 1000", (10...1000).contains(voltage)),
    ]
    for (rule, holds) in ranges where !holds { throw ValidationError(rule) }
  }

  func run() throws {
    guard access(folder, F_OK) != 0 else {
      throw CommandFailure.input(
        Problem("\(folder) exists already", whatToDo: "Choose a new folder."))
    }
    do { try makeFolder(folder) } catch { throw CommandFailure.input(error) }
    var settings = SimulationSettings()
    settings.count = count
    settings.boxSize = box
    settings.pixelSize = pixelSize
    settings.signalToNoise = snr > 0 ? snr : nil
    settings.isThreefold = bodies == 3
    settings.motionAngle = radians(rotation)
    settings.motionShift = shift
    settings.beltMass = belt
    settings.bodyDistance = bodyDistance
    settings.defocusError = defocusError
    settings.bodyDefocus = bodyDefocus
    settings.ewald = ewald
    settings.optics = [
      OpticsGroup(
        name: "opticsGroup1", voltage: voltage, sphericalAberration: 2.7, amplitudeContrast: 0.1,
        pixelSize: pixelSize, imageSize: box)
    ]
    settings.isNormalised = true
    settings.seed = seed
    let name = FilePath.name(of: FilePath.absolute(folder))
    let printer = ProgressPrinter()
    do {
      let set = SimulatedDataSet(
        Simulation(settings), folder: folder, name: name, mode: float32 ? .float32 : .float16)
      try set.write { printer.take($0) }
    } catch {
      printer.finish()
      throw CommandFailure(CommandFailure.failed, CommandFailure.input(error).problems)
    }
    printer.finish()
    let each = bodies == 2 ? "" : "_*"
    printOut(
      """
      Wrote \(Format.count(count)) particles, their half-maps and the \(bodies == 2 ? "mask of the moving body" : "masks of the bodies").
        true poses:              \(folder)/truth\(each).star
        true density:            \(folder)/body\(each).mrc
        refine it with:          fulcrum run \(folder)/\(name).toml
      """)
  }
}
