import CNcurses
import Glibc
import Ground
import Surface

/// The terminal in full-screen mode, through ncurses: shows grids, reads events, and puts everything
/// back when it is closed, and on faults and signals.
///
/// There is at most one, used by one thread, on which the signals of the terminal arrive.
public final class TerminalScreen {
  /// What the terminal can do, as it turned out: without colours where ncurses could not be told of
  /// those that were asked for.
  public private(set) var capabilities: Capabilities
  /// Wakes `events(waiting:)` from other threads.
  public let wakePipe = WakePipe()
  /// Bytes of the last frame so far, and of all frames; 0 where the system does not count them.
  public internal(set) var frameBytes = 0, totalBytes = 0

  let output: UnsafeMutablePointer<FILE>
  var window: OpaquePointer?
  private var standardError: StandardErrorCapture?
  var input = InputReader()
  var shown = Grid(size: Size(width: 0, height: 0))
  var mustRepaint = true
  private var isOpen = true
  var isGone = false
  var colourPairs: ColourPairs
  var shownPictures: [Picture] = []
  /// Whether the last frame was sent in part.
  var isPartial = false

  /// Why the screens cannot be shown.
  public struct Failure: Error, Sendable, CustomStringConvertible {
    public var description: String
  }

  /// Takes the terminal over.
  ///
  /// - Throws: `Failure` when the terminal cannot have screens; nothing was changed then.
  public init(capabilities: Capabilities) throws(Failure) {
    if let obstacle = capabilities.obstacle { throw Failure(description: obstacle) }
    guard let file = fdopen(dup(STDOUT_FILENO), "w") else {
      throw Failure(description: "standard output cannot be opened again")
    }
    output = file
    self.capabilities = capabilities
    Self.guardTerminal(term: capabilities.term, wake: wakePipe.writing)
    var usesOverlay = false
    window = Self.openOverlay(capabilities, output: file)
    if window != nil { usesOverlay = true }
    if window == nil { window = newterm(capabilities.term, file, fulcrum_stdin()) }
    if window == nil { window = newterm(Capabilities.fallbackTerm, file, fulcrum_stdin()) }
    guard window != nil else {
      fulcrum_unguard_terminal(0)
      fclose(file)
      throw Failure(description: "a terminal of type \(capabilities.term) is not known")
    }
    colourPairs = ColourPairs(isDirect: usesOverlay && capabilities.colour == .truecolor)
    raw()
    noecho()
    nonl()
    keypad(fulcrum_window(), true)
    nodelay(fulcrum_window(), true)
    meta(fulcrum_window(), true)
    set_escdelay(25)
    leaveok(fulcrum_window(), false)
    if capabilities.colourLimit != .none { colourPairs.start() }
    if !colourPairs.isStarted {
      self.capabilities.colour = .none
      self.capabilities.colourLimit = .none
    }
    curs_set(0)
    input.defineKeys()
    fulcrum_unblock_signals()
    setMouse(capabilities.usesMouse)
    send("\u{1B}[?2004h")
    // The answer comes as input, if ever.
    if capabilities.asksForSixel { send("\u{1B}[c") }
    standardError = StandardErrorCapture()
  }

  deinit { close() }

  /// Gives the terminal back. When it is gone, hang-ups stay ignored, so that work in the background
  /// goes on.
  public func close() {
    guard isOpen else { return }
    isOpen = false
    // A hang-up may come by a signal alone; on a terminal that is truly gone this fails quietly.
    setMouse(false)
    for number in shownPictures.indices { send(KittyEncoder.removal(number: number + 1)) }
    send("\u{1B}[?2004l")
    curs_set(1)
    endwin()
    fulcrum_unguard_terminal(isGone ? 1 : 0)
    fclose(output)
    standardError?.end()
  }

  /// Ends the program at once, with the terminal put back as far as it takes anything.
  public static func leave(with status: Int32) -> Never {
    fulcrum_put_terminal_back()
    _exit(status)
  }

  /// The size of the terminal in cells.
  public var size: Size {
    Size(width: Int(fulcrum_columns()), height: Int(fulcrum_rows()))
  }

  /// Sends everything again with the next frame.
  public func repaint() { mustRepaint = true }

  /// Asks for, or stops, mouse reports: without them the terminal itself selects text.
  public func setMouse(_ isOn: Bool) {
    fulcrum_set_mouse(isOn ? 1 : 0)
    guard capabilities.term != "linux", capabilities.usesMouse || !isOn else { return }
    send(isOn ? "\u{1B}[?1002h" : "\u{1B}[?1002l")
  }

  /// Copies text to the clipboard of the person's machine (OSC 52).
  public func copy(_ text: String) {
    send("\u{1B}]52;c;\(Base64.encoded(Array(text.utf8)))\u{07}")
  }

  /// Rings the bell, and says why to terminals that show notes (OSC 9).
  public func notify(_ text: String) {
    send("\u{07}")
    if capabilities.term != "linux" { send("\u{1B}]9;\(text.plainLine)\u{07}") }
  }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes {
        write(fileno(output), $0.baseAddress, $0.count)
      }
      guard count > 0 else { return }
      start += count
    }
  }
}
