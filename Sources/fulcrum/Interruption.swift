import Dispatch
import Glibc
import Refinement
import Synchronization

/// Ctrl-C and its relatives while a refinement runs: the first asks it to stop, the second ends the
/// program at once. A terminal that goes away stops nothing.
final class Interruption: Sendable {
  private let count = Mutex(0)
  private let queue = DispatchQueue(label: "fulcrum.interruption")

  /// Whether a stop was asked for by a signal.
  var isRequested: Bool { count.withLock { $0 > 0 } }

  /// Listens until the program ends.
  func listen(stopping control: RefinementControl, printer: ProgressPrinter) {
    signal(SIGHUP, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [self] in
        // The source is kept alive by its own handler: it listens as long as the program runs.
        _ = source
        let times = count.withLock { count in
          count += 1
          return count
        }
        if times > 1 {
          printer.finish()
          exit(CommandFailure.stopped)
        }
        printer.line("Stopping; press Ctrl-C again to end at once.")
        control.requestStop()
      }
      source.resume()
    }
  }
}
