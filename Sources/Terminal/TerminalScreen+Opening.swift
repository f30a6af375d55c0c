import CNcurses
import Glibc
import Ground
import Surface

extension TerminalScreen {
  /// Installs the handlers that put the terminal back, with the strings of its own terminfo entry.
  static func guardTerminal(term: String, wake: Int32) {
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

  static func openOverlay(
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
