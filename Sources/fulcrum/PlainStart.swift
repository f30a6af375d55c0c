import Runs

/// What the program says where it cannot open its screens: the runs of the current folder, and what
/// to do next.
func printRunsAndWhatToDo() {
  let entries = RunCatalogue.runs()
  if entries.isEmpty {
    printOut(
      """
      No runs in this folder yet. To start one:
        fulcrum new job.toml      writes a job file with every parameter
        fulcrum check job.toml    looks at the input, and says what the refinement takes
        fulcrum run job.toml      refines
      """)
    return
  }
  printOut(ListCommand.table(entries))
  printOut("\nFollow one with: fulcrum watch RUN    Start another with: fulcrum run JOB.toml")
}
