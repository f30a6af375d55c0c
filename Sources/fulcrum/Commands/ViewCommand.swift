import ArgumentParser
import Console
import CryoEM
import Ground
import Runs
import Surface
import Tools
import Viewing

/// `fulcrum view`: maps as shaded surfaces and slices, in the terminal.
struct ViewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view", abstract: "Look at maps: surface and slices; at a motion.",
    usage: "fulcrum view MAP...|RUN|MOTION [--mask M] [options]",
    discussion: """
      Arrows turn the surface, Tab goes to the slices, b blinks between two maps.
      Of a run it shows its maps, of a folder of fulcrum motion how the regions move.
      Without a terminal it says what is in them.
      Example: fulcrum view before.mrc after.mrc --mask mask.mrc
      """)

  @Argument(
    help: ArgumentHelp("Maps; [ and ] step through them.", valueName: "map.mrc"),
    completion: Completions.maps)
  var maps: [String]

  @Flag(help: "The two maps are half-maps: see their mean and difference.")
  var halves = false

  @Option(
    help: ArgumentHelp("Mask to see as a veil; several give regions.", valueName: "mask.mrc"),
    completion: Completions.maps)
  var mask: [String] = []

  @Option(
    help: ArgumentHelp("Local resolution in Å, to colour by.", valueName: "map.mrc"),
    completion: Completions.maps)
  var localResolution: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Draw fulcrum, hinge and axis of a run.", valueName: "run"),
    completion: Completions.runs)
  var source: String?

  /// Listed by `fulcrum --help`.
  @OptionGroup(visibility: .hidden) var screens: ScreenOptions

  func validate() throws {
    if halves, maps.count != 2 { throw ValidationError("--halves needs two maps") }
  }

  func run() throws {
    if maps.count == 1, try show(folder: maps[0]) { return }
    if let source {
      do { _ = try RunFolder(RunFolder(source).root).finishedRegions() } catch {
        throw CommandFailure.input(error)
      }
    }
    for path in maps + mask + [localResolution].compactMap({ $0 }) {
      do { _ = try InputFile(path: path) } catch { throw CommandFailure.input(error) }
    }
    let choice = MapChoice(
      maps: maps, areHalves: halves, masks: mask, localResolution: localResolution,
      run: source)
    if try screens.open(.maps(choice)) { return }
    for path in maps {
      do {
        let map = try MapGrid.read(path).map
        printOut("\(path): \(Self.facts(of: map))")
      } catch { throw CommandFailure.input(error) }
    }
  }

  /// Shows a run's maps, or a motion; false for a map.
  private func show(folder: String) throws -> Bool {
    if let motion = MotionFolder(folder) {
      if try screens.open(.motion(folder: folder)) { return true }
      do { printOut(try motion.report().text) } catch { throw CommandFailure.input(error) }
      return true
    }
    let run = RunFolder(folder)
    guard run.exists else { return false }
    if try screens.open(.mapsOfRun(folder: folder)) { return true }
    do {
      for region in try run.finishedRegions() {
        guard let path = region.file("map.mrc") else { continue }
        printOut("\(path): \(Self.facts(of: try MapGrid.read(path).map))")
      }
    } catch { throw CommandFailure.input(error) }
    return true
  }

  /// What is in a map, in a line.
  static func facts(of map: Volume) -> String {
    let table = LevelTable(map)
    func number(_ value: Double) -> String { Format.rounded(value, digits: 4) }
    let level = LevelTable.usual(for: map, table)
    return
      "box \(map.size), \(number(map.pixelSize)) Å; density \(number(Double(table.minimum))) to "
      + "\(number(Double(table.maximum))), mean \(number(table.mean)), sd \(number(table.deviation)); "
      + "\(Format.short(table.mass(above: level))) kDa above \(number(Double(level)))"
  }
}
