import ArgumentParser
import Glibc
import Ground

/// The program. Parses the command line, and turns what goes wrong into one line of what and one line
/// of what to do on standard error, and into the exit status: 0 done, 1 the work failed, 2 the input
/// or the command line was wrong, 3 the result is doubtful (--strict), 130 stopped by the user.
@main
enum Program {
  static func main() {
    StandardDescriptors.fill()
    // Somebody may read only the first lines of a list: the rest is not an error.
    signal(SIGPIPE, SIG_IGN)
    // A limit of the sizes of files is told as any other failure to write.
    signal(SIGXFSZ, SIG_IGN)
    openManyFiles()
    do {
      var command = try FulcrumCommand.parseAsRoot()
      try command.run()
      endProgram(with: 0)
    } catch let failure as CommandFailure {
      failure.report()
      endProgram(with: failure.status)
    } catch {
      leave(becauseOf: error)
    }
  }

  /// A data set may have a stack for each of thousands of micrographs, all open at once.
  private static func openManyFiles() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Ends the program for an error of the argument parser: help and version are no errors, the rest
  /// is a wrong command line.
  private static func leave(becauseOf error: any Error) -> Never {
    let message = FulcrumCommand.fullMessage(for: error)
    guard FulcrumCommand.exitCode(for: error) != .success else {
      printOut(Completions.scriptWithAssignments(message))
      endProgram(with: 0)
    }
    let lines = message.split(separator: "\n").map(String.init)
    let what = lines.first { $0.hasPrefix("Error: ") }?.dropFirst("Error: ".count)
    let usage = lines.first { $0.hasPrefix("Usage: ") }
    printError("error: \(what.map(String.init) ?? message)")
    printError("  \(usage ?? "See fulcrum --help.")")
    endProgram(with: CommandFailure.wrongInput)
  }
}

/// The command line: one file per subcommand, each a thin layer over the rooms below.
struct FulcrumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fulcrum",
    abstract: "Local refinement of cryo-EM particles, about a fulcrum, in a mask.",
    usage: "fulcrum [options] | fulcrum COMMAND ...",
    discussion: """
      Without a command it opens the application; ? in it shows the keys.
      Example: fulcrum run --live samples/hinge/hinge.toml
      Exit status: 0 done, 1 failed, 2 wrong input or command line, 3 a verdict
      objects (--strict), 130 stopped, 143 stopped by a signal or the time limit.
      """,
    version: versionLine,
    subcommands: [
      NewCommand.self, RunCommand.self, SweepCommand.self, QueueCommand.self,
      CheckCommand.self, ResumeCommand.self,
      WatchCommand.self, ListCommand.self, ReportCommand.self, ViewCommand.self,
      SimulateCommand.self, FSCCommand.self,
      MPICommand.self,
    ],
    groupedSubcommands: tools)

  /// What is done to particles, masks and maps before and after a refinement.
  private static let tools = [
    CommandGroup(
      name: "TOOLS",
      subcommands: [
        ConvertCommand.self, SelectCommand.self, ExpandCommand.self, MaskCommand.self,
        FrameCommand.self, ComposeCommand.self, SubtractCommand.self, ReconstructCommand.self,
        PostCommand.self, OrientCommand.self, MotionCommand.self,
      ])
  ]

  @OptionGroup var screens: ScreenOptions

  func run() throws {
    if try !screens.open(.runs(folder: ".")) { printRunsAndWhatToDo() }
  }
}
