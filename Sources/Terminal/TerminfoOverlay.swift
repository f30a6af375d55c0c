import Glibc
import Processes

/// A private terminfo entry on top of the terminal's own: true colour and modern mouse reports for
/// plain ncurses, without touching the user's terminfo.
struct TerminfoOverlay {
  /// Folder for TERMINFO while ncurses starts; removed by `remove`.
  let folder: String
  /// Name of the entry.
  static let name = "fulcrum-overlay"

  /// The entry's source.
  ///
  /// RGB values come as one number; below 8 they are the eight ANSI colours. Mouse reports are asked
  /// for in the SGR form, which has no limit of columns, with movement while a button is down.
  static func source(over term: String, directColour: Bool) -> String {
    let mouse = "  kmous=\\E[<, XM=\\E[?1002;1006%?%p1%{1}%=%th%el%;,\n"
    let colour =
      "  RGB, colors#0x1000000, pairs#0x10000, ccc@, initc@, oc@,\n"
      + "  setaf=\\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;"
      + "%p1%{255}%&%d%;m,\n"
      + "  setab=\\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;"
      + "%p1%{255}%&%d%;m,\n"
    return "\(name)|Fulcrum on \(term),\n\(mouse)\(directColour ? colour : "")  use=\(term),\n"
  }

  /// Compiles the overlay with `tic`; nil when there is no `tic` or it refuses, in which case the
  /// terminal's own entry has to do.
  init?(over term: String, directColour: Bool) {
    guard !term.contains(where: { "|,/ \n".contains($0) }) else { return nil }
    let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(root)/fulcrum-terminfo-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let file = "\(folder)/overlay.ti"
    let text = Array(TerminfoOverlay.source(over: term, directColour: directColour).utf8)
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
