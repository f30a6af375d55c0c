import Glibc
import Ground
import Surface

/// A private terminfo entry on top of the terminal's own: colours that it does not tell of and modern
/// mouse reports for plain ncurses, without touching the user's terminfo.
struct TerminfoOverlay {
  /// Folder for TERMINFO while ncurses starts; removed by `remove`.
  let folder: String
  /// Name of the entry.
  static let name = "fulcrum-overlay"

  /// The entry's source.
  ///
  /// RGB values come as one number; below 8 they are the eight ANSI colours. Mouse reports are asked
  /// for in the SGR form, which has no limit of columns, with movement while a button is down.
  ///
  /// - Parameter colour: how colours are to be sent; nil for as the terminal's own entry says.
  static func source(over term: String, colour: ColourLevel?) -> String {
    let mouse = "  kmous=\\E[<, XM=\\E[?1002;1006%?%p1%{1}%=%th%el%;,\n"
    let colours = colour.map(Self.colours) ?? ""
    return "\(name)|Fulcrum on \(term),\n\(mouse)\(colours)  use=\(term),\n"
  }

  /// The capabilities of a level of colours, by the sequences of xterm.
  private static func colours(_ level: ColourLevel) -> String {
    switch level {
    case .truecolor:
      "  RGB, colors#0x1000000, pairs#0x10000, ccc@, initc@, oc@,\n"
        + "  setaf=\\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;"
        + "%p1%{255}%&%d%;m,\n"
        + "  setab=\\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;"
        + "%p1%{255}%&%d%;m,\n"
    case .none: ""
    case .c8, .c16, .c256:
      "  colors#\(level == .c256 ? 256 : level == .c16 ? 16 : 8), pairs#0x10000, ccc@, initc@, "
        + "oc@, op=\\E[39;49m, AX,\n"
        + "  setaf=\\E[%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e38;5;%p1%d%;m,\n"
        + "  setab=\\E[%?%p1%{8}%<%t4%p1%d%e%p1%{16}%<%t10%p1%{8}%-%d%e48;5;%p1%d%;m,\n"
    }
  }

  /// Compiles the overlay with `tic`; nil when there is no `tic` or it refuses, in which case the
  /// terminal's own entry has to do.
  init?(over term: String, colour: ColourLevel?) {
    guard !term.contains(where: { "|,/ \n".contains($0) }) else { return nil }
    let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(root)/fulcrum-terminfo-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let file = "\(folder)/overlay.ti"
    let text = Array(TerminfoOverlay.source(over: term, colour: colour).utf8)
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    let written = descriptor >= 0 && write(descriptor, text, text.count) == text.count
    if descriptor >= 0 { close(descriptor) }
    guard written, Self.compile(file, into: folder) else {
      remove()
      return nil
    }
  }

  /// Removes the folder and what is in it.
  func remove() {
    unlink("\(folder)/overlay.ti")
    for sub in ["f", "66"] {
      unlink("\(folder)/\(sub)/\(Self.name)")
      rmdir("\(folder)/\(sub)")
    }
    rmdir(folder)
  }

  private static func compile(_ file: String, into folder: String) -> Bool {
    let compiler = try? ChildProcess(["tic", "-x", "-o", folder, file])
    return compiler?.wait() == .exited(0)
  }
}
