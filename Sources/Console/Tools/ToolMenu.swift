import Ground
import Surface

/// What can be done with the tool that was started last, and the tools that can be started.
enum ToolMenu {
  /// The choices that are about the last tool.
  private static let stop = "stop-tool", read = "read-tool", again = "again"

  /// The menu.
  ///
  /// - Parameters:
  ///   - folders: the runs that it is about.
  ///   - offers: the tools for them.
  static func chooser(
    _ folders: [String], title: String, offers: [ToolOffer], _ surroundings: Surroundings
  ) -> Chooser {
    let tools = offers.map {
      Chooser.Item(id: $0.id, title: $0.title, detail: $0.detail, note: $0.words[1])
    }
    return Chooser(.tools(folders), title: title, items: lastTool(surroundings.tool) + tools)
  }

  private static func lastTool(_ tool: ToolWork?) -> [Chooser.Item] {
    guard let tool else { return [] }
    let name = tool.words.count > 1 ? tool.words[1] : tool.name
    let reading = Chooser.Item(
      id: read, title: "Read what \(tool.name) says", detail: tool.line, note: name)
    if tool.isAtWork {
      let step = tool.progress.map { ": \($0.step), \(Int($0.fraction * 100))%" } ?? ""
      let stopping = Chooser.Item(
        id: stop, title: "Stop \(tool.name)\(step)",
        detail: "It ends at once and leaves nothing; a subtraction goes on where it was when it is "
          + "asked for again.", note: name)
      return [stopping, reading]
    }
    let repeating = Chooser.Item(
      id: again, title: "\(tool.name) again", detail: tool.line, note: name)
    return tool.ending == .done ? [reading] : [repeating, reading]
  }

  /// What a choice does.
  static func choose(
    _ id: String, of offers: [ToolOffer], _ surroundings: Surroundings
  ) -> [Effect] {
    let tool = surroundings.tool
    switch (id, tool) {
    case (stop, _): return [.work(.stopTool), .say("\(tool?.name ?? "") stops")]
    case (read, let tool?): return [.popUp(viewer(of: tool))]
    case (again, let tool?):
      return [
        .popUp(
          ToolLine.prompt(
            tool.words, purpose: tool.purpose, title: tool.name, hint: "Enter runs it again."))
      ]
    default:
      guard let offer = offers.first(where: { $0.id == id }) else { return [] }
      if let tool, tool.isAtWork { return [.complain(ToolLine.busy(tool))] }
      return [.popUp(ToolLine.prompt(offer.words, title: offer.title, hint: offer.detail))]
    }
  }

  /// The command line and what it has printed.
  private static func viewer(of tool: ToolWork) -> TextViewer {
    let lines = tool.lines.map { line in
      TextViewer.Line(
        line,
        line.hasPrefix("error: ") ? .bad : line.hasPrefix("warning: ") ? .warning : .text)
    }
    let none = tool.isAtWork ? "It has said nothing yet." : "It has said nothing."
    return TextViewer(
      title: tool.name,
      lines: [.init(tool.line, .dim), .init("")] + (lines.isEmpty ? [.init(none, .dim)] : lines),
      copyText: tool.lines.joined(separator: "\n"))
  }
}
