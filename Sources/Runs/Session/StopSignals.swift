import Glibc
import Synchronization

/// The signals that ask a refinement to end: SIGINT, SIGTERM, and SIGUSR1 and SIGUSR2, which schedulers
/// send some time before they kill.
public enum StopSignals {
  private static let numbers = [SIGINT, SIGTERM, SIGUSR1, SIGUSR2]

  /// Listens from now on until the program ends; `handle` gets the signal's number and how many came, on
  /// a thread of its own.
  public static func listen(_ handle: @escaping @Sendable (_ signal: Int32, _ count: Int) -> Void) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let reading = ends[0]
    signalPipe.store(ends[1], ordering: .sequentiallyConsistent)
    catchSignals()
    startThread {
      var count = 0
      var byte: UInt8 = 0
      while true {
        let length = read(reading, &byte, 1)
        if length < 0, errno == EINTR { continue }
        guard length == 1 else { return }
        count += 1
        handle(Int32(byte), count)
      }
    }
  }

  /// Makes the signals come here again, where something else has handled them meanwhile, and lets this
  /// thread receive them, which a parent may have masked.
  public static func catchSignals() {
    guard signalPipe.load(ordering: .sequentiallyConsistent) >= 0 else { return }
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        // Only what a signal handler may do.
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        write(signalPipe.load(ordering: .relaxed), &byte, 1)
        errno = saved
      }
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
      sigaddset(&set, number)
    }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }
}

/// Where the signal handler writes.
private let signalPipe = Atomic<Int32>(-1)

/// Runs a body on a thread of its own, which takes no signals.
private func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  var thread = pthread_t()
  let context = Unmanaged.passRetained(Body(body)).toOpaque()
  let made = pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
      return nil
    }, context)
  if made == 0 { pthread_detach(thread) }
  pthread_sigmask(SIG_SETMASK, &before, nil)
}
