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
  public private(set) var frameBytes = 0, totalBytes = 0

  private let output: UnsafeMutablePointer<FILE>
  private var window: OpaquePointer?
  private var standardError: StandardErrorCapture?
  private var input = InputReader()
  private var shown = Grid(size: Size(width: 0, height: 0))
  private var mustRepaint = true
  private var isOpen = true
  private var isGone = false
  private var colourPairs: ColourPairs
  private var shownPictures: [Picture] = []
  /// Whether the last frame was sent in part.
  private var isPartial = false

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

  private func send(_ text: String) {
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

// MARK: - Frames

extension TerminalScreen {
  /// Shows a grid: sends what differs from the last one.
  ///
  /// - Parameters:
  ///   - focus: where the cursor rests while no text is typed, hidden, for screen readers.
  ///   - pictures: over cells that the grid leaves blank.
  ///   - kind: how pictures are sent.
  ///   - budget: about how many bytes of cells are sent, so that keys are heeded before the next ones.
  /// - Returns: whether all of it is there; another call sends more.
  @discardableResult
  public func show(
    _ grid: Grid, focus: Point? = nil, pictures: [Picture] = [], as kind: PictureProtocol = .none,
    budget: Int = .max
  ) -> Bool {
    guard !isGone else { return true }
    let before = WrittenBytes.ofThisThread
    let mustSend = mustRepaint || pictures != shownPictures
    let changed = mustSend ? changedPictures(pictures, as: kind) : []
    if mustRepaint { clearok(fulcrum_window(), true) }
    let old = mustRepaint ? Grid(size: Size(width: 0, height: 0)) : shown
    let runs = grid.changes(from: old)
    let sent = runs.prefix(costing: budget)
    for run in sent { put(run) }
    if let cursor = grid.cursor {
      curs_set(1)
      wmove(fulcrum_window(), Int32(cursor.y), Int32(cursor.x))
    } else {
      curs_set(0)
      let place = focus ?? Point(x: 0, y: max(0, grid.size.height - 1))
      wmove(fulcrum_window(), Int32(place.y), Int32(place.x))
    }
    wrefresh(fulcrum_window())
    if mustSend { send(pictures, only: changed, as: kind) }
    mustRepaint = false
    shown = old.size == grid.size ? old : Grid(size: grid.size)
    shown.apply(sent)
    let bytes = WrittenBytes.ofThisThread - before
    frameBytes = isPartial ? frameBytes + bytes : bytes
    totalBytes += bytes
    isPartial = sent != runs
    return !isPartial
  }

  /// Takes the pictures away that are no longer there, and says which ones are to be sent: sixels lie in the
  /// cells, which are written again, also under others beside them.
  private func changedPictures(_ new: [Picture], as kind: PictureProtocol) -> [Int] {
    let old = shownPictures
    if kind == .kitty {
      for number in old.indices.dropFirst(new.count) {
        send(KittyEncoder.removal(number: number + 1))
      }
    }
    if mustRepaint { return Array(new.indices) }
    if kind == .kitty {
      return new.indices.filter { $0 >= old.count || old[$0] != new[$0] }
    }
    var cleared: [Rect] = []
    for picture in old where !new.contains(where: { $0.area == picture.area }) {
      wredrawln(fulcrum_window(), Int32(picture.area.y), Int32(picture.area.height))
      cleared.append(picture.area)
    }
    return new.indices.filter { number in
      let area = new[number].area
      return !old.contains(new[number])
        || cleared.contains { $0.y < area.bottom && area.y < $0.bottom }
    }
  }

  /// Sends pictures over the cells; ncurses finds the cursor where it left it.
  private func send(_ pictures: [Picture], only numbers: [Int], as kind: PictureProtocol) {
    shownPictures = kind == .none ? [] : pictures
    for number in numbers where shownPictures.indices.contains(number) {
      let picture = pictures[number]
      let code =
        kind == .kitty
        ? KittyEncoder.encoded(picture, number: number + 1) : SixelEncoder.encoded(picture)
      send("\u{1B}7\u{1B}[\(picture.area.y + 1);\(picture.area.x + 1)H" + code + "\u{1B}8")
    }
  }

  /// Pixels of a cell, as far as the terminal says.
  public var cellSize: Size {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_xpixel > 0,
      window.ws_ypixel > 0, window.ws_col > 0, window.ws_row > 0
    else { return Size(width: 10, height: 20) }
    return Size(
      width: max(1, Int(window.ws_xpixel / window.ws_col)),
      height: max(1, Int(window.ws_ypixel / window.ws_row)))
  }

  private func put(_ run: ChangedRun) {
    var column = run.x
    for cell in run.cells {
      defer { column += 1 }
      guard cell.width > 0 else { continue }
      let scalars = cell.text.unicodeScalars.map(\.value)
      let pair = colourPairs.pair(for: cell.style)
      _ = fulcrum_put(
        Int32(run.y), Int32(column), scalars, Int32(scalars.count),
        ColourPairs.attributes(cell.style), pair)
    }
  }
}

// MARK: - Events

extension TerminalScreen {
  /// Waits until there is input, a wake-up, or the time is over, and returns what came.
  ///
  /// - Parameter milliseconds: how long to wait; nil for ever.
  public func events(waiting milliseconds: Int?) -> [InputEvent] {
    guard !isGone else { return [.hangUp] }
    var descriptors = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakePipe.reading, events: Int16(POLLIN), revents: 0),
    ]
    let limit = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
    guard poll(&descriptors, nfds_t(descriptors.count), limit) > 0 else {
      return input.overduePaste()
    }
    var events: [InputEvent] = []
    if descriptors[1].revents != 0 {
      let bytes = wakePipe.drain()
      if bytes.contains(UInt8(ascii: "W")) { events.append(resize()) }
      if bytes.contains(UInt8(ascii: "H")) { isGone = true }
    }
    let state = Int32(descriptors[0].revents)
    if state & POLLIN != 0 {
      let read = input.read()
      // Readable without anything to read is the end of the file.
      if read.isEmpty, state & POLLHUP != 0 || inputHasEnded() { isGone = true }
      events += read
    } else if state & (POLLHUP | POLLERR | POLLNVAL) != 0 {
      isGone = true
    }
    return isGone ? events + [.hangUp] : events
  }

  /// Whether standard input is readable, yet has nothing to give.
  private func inputHasEnded() -> Bool {
    var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, 0) > 0, Int32(descriptor.revents) & POLLIN != 0 else { return false }
    var available: Int32 = 0
    return ioctl(STDIN_FILENO, UInt(FIONREAD), &available) != 0 || available == 0
  }

  private func resize() -> InputEvent {
    var window = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0, window.ws_col > 0 {
      resizeterm(Int32(window.ws_row), Int32(window.ws_col))
    }
    mustRepaint = true
    return .resize(columns: size.width, rows: size.height)
  }
}

// MARK: - Opening

extension TerminalScreen {
  /// Installs the handlers that put the terminal back, with the strings of its own terminfo entry.
  private static func guardTerminal(term: String, wake: Int32) {
    var reset = "\u{1B}[?2004l\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l"
    if term == "linux" || term.hasPrefix("vt") { reset = "" }
    if fulcrum_begin_terminfo(term) != 0 {
      for name in ["sgr0", "rmkx", "cnorm", "rmcup"] {
        if let value = fulcrum_capability(name) { reset += withoutPadding(String(cString: value)) }
      }
      fulcrum_end_terminfo()
    }
    fulcrum_guard_terminal(STDOUT_FILENO, reset, wake)
  }

  /// A capability without its `$<5>` delays.
  static func withoutPadding(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "$") {
      result += rest[..<start]
      let after = rest[start...].dropFirst()
      if after.first == "<", let end = after.firstIndex(of: ">") {
        rest = rest[rest.index(after: end)...]
      } else {
        result += "$"
        rest = after
      }
    }
    return result + rest
  }

  private static func openOverlay(
    _ capabilities: Capabilities, output: UnsafeMutablePointer<FILE>
  ) -> OpaquePointer? {
    guard capabilities.wantsOverlay,
      let overlay = TerminfoOverlay(
        over: capabilities.term, colour: capabilities.overlayColour)
    else { return nil }
    let earlier = getenv("TERMINFO").map { String(cString: $0) }
    setenv("TERMINFO", overlay.folder, 1)
    defer {
      if let earlier { setenv("TERMINFO", earlier, 1) } else { unsetenv("TERMINFO") }
      overlay.remove()
    }
    return newterm(TerminfoOverlay.name, output, fulcrum_stdin())
  }
}
