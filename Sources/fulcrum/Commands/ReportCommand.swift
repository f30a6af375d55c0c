import ArgumentParser
import Ground
import Pages
import Runs
import Tools

/// `fulcrum report`: runs as a page.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write runs as a page: methods, plots, maps.",
    usage: "fulcrum report RUN... [-o report.html]",
    discussion: """
      One file for any browser, and for paper; as text where -o ends with .txt. Several
      runs are compared.
      Example: fulcrum report runs/head runs/head-wide -o heads.html
      """)

  @Argument(
    help: ArgumentHelp("Run folders.", valueName: "run"), completion: Completions.runs)
  var runs: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write: .html or .txt.", valueName: "path"), completion: .file())
  var output = "report.html"

  @Flag(help: "Replace what is there.")
  var force = false

  func run() throws {
    do {
      let place = try ToolOutput(output, replacing: force, inputs: [])
      let page = try RunPage.document(of: runs)
      try place.makeFolders()
      try AtomicFile.write(page.contents(for: output), to: output)
    } catch { throw CommandFailure.input(error) }
    printOut("Wrote \(output)")
  }
}
