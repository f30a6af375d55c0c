import ArgumentParser
import Console
import Ground
import Runs
import Surface
import Terminal

/// How the application looks and listens.
struct ScreenOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Theme; F9 shows all. (default: the last chosen, dark)",
      valueName: "name"), completion: Completions.themes)
  var theme: String?

  @Option(
    help: ArgumentHelp("Colours. (default: what the terminal has)", valueName: "n"))
  var color: ColourLevel?

  @Flag(help: "Only ASCII characters, as where there is no UTF-8.")
  var ascii = false

  @Flag(help: "Leave the mouse to the terminal, to select text.")
  var noMouse = false

  @Option(
    help: ArgumentHelp(
      "Slices of maps as pictures. (default: as cells)", valueName: "p"))
  var pictures: PictureProtocol?

  @Flag(help: "Draw once a second at most, for slow lines.")
  var lowBandwidth = false

  @Option(
    help: ArgumentHelp("Play the keys of a script (samples/hinge/tour.keys).", valueName: "file"),
    completion: .file(extensions: ["keys"]))
  var replay: String?

  @Option(
    help: ArgumentHelp("Write the keys that are pressed to a script.", valueName: "file"),
    completion: .file())
  var record: String?

  /// Opens the application; returns false, having done nothing, where there can be no screens.
  ///
  /// Throws a `CommandFailure` where a job file is wrong, or a refinement that was started in the
  /// screens has not finished.
  func open(
    _ start: Application.Start, assignments: [String] = [], timeLimit: Double? = nil,
    endCommand: String? = nil
  ) throws -> Bool {
    let ending: Application.Ending
    do {
      let options = Application.Options(
        terminal: TerminalOptions(
          colour: color, glyphs: ascii ? .ascii : nil, usesMouse: !noMouse,
          pictures: pictures),
        theme: theme, isLowBandwidth: lowBandwidth, script: try replay.map(Self.script),
        assignments: assignments, timeLimit: timeLimit, endCommand: endCommand,
        recordPath: record)
      ending = try Application.run(start, options: options)
    } catch { throw CommandFailure.input(error) }
    switch ending {
    case .left, .refinementEnded(.finished): return true
    case .noScreens(let reason):
      if replay != nil {
        throw CommandFailure.input(
          Problem("--replay: \(reason)", whatToDo: "Play the script in a terminal."))
      }
      return false
    case .refinementEnded(.stopped): throw CommandFailure(CommandFailure.stopped, [])
    case .stoppedFromOutside(let reason):
      printOut("\(reason.text); what was done is kept. To go on: fulcrum resume RUN")
      throw CommandFailure(reason.exitStatus, [])
    case .refinementEnded: throw CommandFailure(CommandFailure.failed, [])
    case .scriptFailed(let reason):
      throw CommandFailure(
        CommandFailure.failed, [Problem(reason, whatToDo: "Mend the script, or what it shows.")])
    }
  }

  private static func script(_ path: String) throws -> KeyScript {
    let file = try InputFile(path: path)
    let bytes = try file.bytes(at: 0, count: file.size)
    return try KeyScript(String(decoding: bytes, as: UTF8.self), file: path)
  }
}

extension ColourLevel: ExpressibleByArgument {}
extension PictureProtocol: ExpressibleByArgument {}
