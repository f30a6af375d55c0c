import ArgumentParser
import Ground
import Runs

/// `fulcrum queue move`: changes the order.
struct QueueMoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: "Put a run that waits before or behind others.",
    usage: "fulcrum queue move RUN PLACE", discussion: "Example: fulcrum queue move head 1")

  @Argument(
    help: ArgumentHelp("Name or folder of a run that waits.", valueName: "run"),
    completion: Completions.runs)
  var name: String

  @Argument(help: ArgumentHelp("Its place among those that wait, from 1.", valueName: "place"))
  var place: Int

  func validate() throws {
    guard place >= 1 else { throw ValidationError("The first place is 1.") }
  }

  func run() throws {
    let queue = QueueCommand.here
    let folder = QueueCommand.folder(name)
    do throws(Problem) {
      let place = try queue.move(folder, to: place)
      printOut("\(folder.name) is number \(place) of those that wait.")
    } catch { throw CommandFailure.input(error) }
  }
}

/// Runs of a queue at a time.
struct SlotsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Runs of this queue at a time; 0: as config.toml says.", valueName: "n"))
  var slots: Int?

  func validate() throws {
    if let slots, !(0...4096).contains(slots) {
      throw ValidationError("--slots must be from 0 to 4096.")
    }
  }

  /// Sets them, where they were given.
  func apply(to queue: LocalQueue) throws(Problem) {
    if let slots { try queue.setSlots(slots == 0 ? nil : slots) }
  }
}
