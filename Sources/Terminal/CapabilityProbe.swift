import CNcurses
import Glibc
import Surface

extension Capabilities {
  /// What the terminal of this process can do.
  ///
  /// Sets the locale of the process, without which ncurses drops every character beyond ASCII.
  public static func ofThisProcess(
    options: TerminalOptions = TerminalOptions()
  ) -> Capabilities {
    setlocale(LC_ALL, "")
    // Numbers are written by this program's own rules, whatever the locale's.
    setlocale(LC_NUMERIC, "C")
    let environment = processEnvironment()
    let codeset = nl_langinfo(Int32(CODESET)).map { String(cString: $0) } ?? ""
    let name = environment["TERM"] ?? ""
    var facts = terminfo(of: name)
    if !facts.isKnown {
      facts = terminfo(of: fallbackTerm)
      facts.isKnown = false
    }
    return Capabilities(
      environment: environment, codeset: codeset, terminfo: facts,
      isTerminal: isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1, options: options)
  }

  /// The environment of this process.
  static func processEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var pointer = environ
    while let entry = pointer.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        result[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      pointer += 1
    }
    return result
  }

  /// What terminfo says of a terminal.
  static func terminfo(of name: String) -> TerminfoFacts {
    guard !name.isEmpty, fulcrum_begin_terminfo(name) != 0 else {
      return TerminfoFacts(
        isKnown: false, canMoveCursor: false, colours: 0, mousePrefix: "")
    }
    defer { fulcrum_end_terminfo() }
    return TerminfoFacts(
      canMoveCursor: fulcrum_capability("cup") != nil,
      colours: max(0, Int(tigetnum("colors"))),
      hasDirectColour: tigetflag("RGB") == 1 || tigetnum("RGB") > 0,
      mousePrefix: fulcrum_capability("kmous").map { String(cString: $0) } ?? "")
  }
}
