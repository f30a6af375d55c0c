import ArgumentParser
import Ground
import Runs
import Tools

/// `fulcrum select`: some of the particles of a file or a run.
struct SelectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "select", abstract: "Select particles: by columns, at random, by files.",
    usage: "fulcrum select IN|RUN ['EXPRESSION'] -o OUT [options]",
    discussion: """
      Names: columns (rlnDefocusU), half, defocus, row, class, micrograph, group,
      azimuth, elevation; of RUN turned, moved, turned_sd, moved_sd, scale, mode1.
      Also = != < <= and or not + - * / ~ 'regex' in (…) count(micrograph).
      --and, --minus, --join FILE; --best COLUMN; --balance half|micrograph|view;
      --seed N; --split optics; --rejected, --against FILE; --as-input of RUN.
      Example: fulcrum select runs/head 'turned < 10 and half = A' -o near.star
      """)

  @Argument(
    help: ArgumentHelp("A particle file, or a run's folder.", valueName: "in"),
    completion: Completions.particles)
  var input: String

  @Argument(help: ArgumentHelp("What rows must fulfil.", valueName: "expression"))
  var expression: String?

  @OptionGroup var output: OutputOptions

  @Option(
    name: .customLong("and"),
    help: ArgumentHelp("Keep what is in a file, too.", valueName: "file", visibility: .hidden),
    completion: Completions.particles)
  var and: [String] = []

  @Option(
    help: ArgumentHelp("Keep what is not in a file.", valueName: "file", visibility: .hidden),
    completion: Completions.particles)
  var minus: [String] = []

  @Option(
    help: ArgumentHelp("Add the columns of a file.", valueName: "file", visibility: .hidden),
    completion: Completions.particles)
  var join: String?

  @Option(
    help: ArgumentHelp("One of picks this near, the --best, Å.", valueName: "Å"))
  var separate: Double?

  @Option(
    help: ArgumentHelp("Column of which more is better; -COLUMN: less.", visibility: .hidden))
  var best: String?

  @Option(help: ArgumentHelp("So many at random.", valueName: "n|p%"))
  var random: SelectionSize?

  @Option(
    help: ArgumentHelp(
      "What each part has as many of: half, micrograph, view.", visibility: .hidden))
  var balance = ParticleSelection.SubsetBalance.none

  @Option(help: ArgumentHelp("Seed of what is random.", visibility: .hidden))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("A file for each: optics.", valueName: "by", visibility: .hidden))
  var split: SelectionSplit?

  @Option(
    help: ArgumentHelp("The file with the poses before.", visibility: .hidden),
    completion: Completions.particles)
  var against: String?

  @Option(
    help: ArgumentHelp("Where to write the rest.", visibility: .hidden),
    completion: Completions.particles)
  var rejected: String?

  @Option(
    help: ArgumentHelp("A .cs file with other fields of them.", visibility: .hidden),
    completion: .file(extensions: ["cs"]))
  var passthrough: [String] = []

  @Flag(
    help: ArgumentHelp(
      "Write the rows of the run's input, at the poses before.", visibility: .hidden))
  var asInput = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    if let separate, !(separate > 0 && separate < 1e6) {
      throw ValidationError("--separate must be above 0 Å")
    }
    if best != nil, separate == nil { throw ValidationError("--best needs --separate") }
    if balance != .none, random == nil { throw ValidationError("--balance needs --random") }
  }

  func run() throws {
    let progress = ToolProgress()
    defer { progress.finish() }
    do {
      let selected = try selection.run { progress.tell($0, $1) }
      var writing = SelectionOutput(path: output.output)
      (writing.splits, writing.rejected) = (split == .optics, rejected)
      let result = try writing.write(
        selected, replacing: output.force,
        command: ["fulcrum"] + CommandLine.arguments.dropFirst(),
        progress: { progress.tell($0, $1) })
      progress.finish()
      printOut(json ? JSONFile.text(result) : result.text)
    } catch let failure as CommandFailure {
      throw failure
    } catch { throw CommandFailure.input(error) }
  }

  private var selection: ParticleSelection {
    var selection = ParticleSelection(input: input)
    (selection.passthrough, selection.expression, selection.against) = (
      passthrough, expression, against
    )
    (selection.and, selection.minus, selection.join) = (and, minus, join)
    (selection.separation, selection.score) = (separate, best)
    selection.takesInput = asInput
    (selection.random, selection.balance, selection.seed) = (random?.size, balance, seed)
    return selection
  }
}

extension ParticleSelection.SubsetBalance: ExpressibleByArgument {}

/// What gets a file of its own.
enum SelectionSplit: String, ExpressibleByArgument, CaseIterable { case optics }

/// A number of particles, "5000", or a share of them, "10%".
struct SelectionSize: ExpressibleByArgument {
  var size: ParticleSelection.SubsetSize

  init?(argument: String) {
    if argument.hasSuffix("%") {
      guard let percent = Double(argument.dropLast()), percent > 0, percent <= 100 else {
        return nil
      }
      size = .percent(percent)
    } else {
      guard let count = Int(argument), count > 0 else { return nil }
      size = .count(count)
    }
  }
}
