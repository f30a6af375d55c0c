import Ground
import TOMLText

/// The text of a job file as a person has written it, taken apart so that single values can be changed in it.
struct JobText {
  /// A stretch of the text: a region's table with what belongs to it, or whatever stands between two.
  struct Segment {
    var range: Range<Int>
    /// From 0, of the tables of regions; nil between them.
    var region: Int?
    /// Its headers and keys.
    var entries: [TOMLEntry] = []
    var edits: [Edit] = []
  }

  /// Bytes and what takes their place.
  struct Edit {
    var range: Range<Int>
    var text: String
  }

  let bytes: [UInt8]
  let newline: String
  var segments: [Segment] = []

  /// Takes a text apart; nil where it is not TOML, or has its regions in one value.
  init?(_ text: String) {
    guard let entries = try? outlineTOML(text),
      !entries.contains(where: { $0.header.isEmpty && $0.key?.first == "region" })
    else { return nil }
    bytes = Array(text.utf8)
    newline = text.utf8.contains(0x0D) ? "\r\n" : "\n"
    var last = Segment(range: 0..<0)
    var count = 0
    for (number, entry) in entries.enumerated() {
      let isOfRegion = entry.header.first == "region"
      let begins = entry.key == nil && isOfRegion && entry.isElement && entry.header.count == 1
      if begins || (!isOfRegion && last.region != nil) {
        let end = number == 0 ? 0 : entries[number - 1].lines.upperBound
        let start = startOfComment(above: entry.lines.lowerBound, downTo: end)
        last.range = last.range.lowerBound..<start
        segments.append(last)
        last = Segment(range: start..<start, region: begins ? count : nil)
        if begins { count += 1 }
      }
      last.entries.append(entry)
    }
    last.range = last.range.lowerBound..<bytes.count
    segments.append(last)
  }

  /// Where the lines of comment begin that stand directly above a line.
  private func startOfComment(above line: Int, downTo least: Int) -> Int {
    var start = line
    while start > least {
      let before = startOfLine(endingAt: start)
      guard before >= least, self.line(before).hasPrefix("#") else { break }
      start = before
    }
    return start
  }

  /// The start of the line whose end, its line feed included, is given.
  private func startOfLine(endingAt end: Int) -> Int {
    var place = end - 1
    while place > 0, bytes[place - 1] != 0x0A { place -= 1 }
    return max(0, place)
  }

  /// The line at a place without the blanks around it.
  private func line(_ start: Int) -> String {
    let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    return String(decoding: bytes[start..<end], as: UTF8.self).trimmed
  }

  /// The end of the lines of a segment that say something.
  func endOfText(of segment: Int) -> Int {
    let range = segments[segment].range
    var end = range.upperBound
    while end > range.lowerBound {
      let start = startOfLine(endingAt: end)
      guard start >= range.lowerBound, line(start).isEmpty else { break }
      end = start
    }
    return end
  }

  /// The end of the line of a comment that stands for a value which is not set, `# name = …`, below a header;
  /// nil where there is none.
  func endOfComment(for name: String, below header: TOMLEntry, in segment: Int) -> Int? {
    let next = segments[segment].entries.first {
      $0.key == nil && $0.lines.lowerBound > header.lines.lowerBound
    }
    var place = header.lines.upperBound
    let end = next?.lines.lowerBound ?? segments[segment].range.upperBound
    while place < end {
      let stop = bytes[place..<end].firstIndex(of: 0x0A).map { $0 + 1 } ?? end
      if line(place).hasPrefix("# \(name) =") { return stop }
      place = stop
    }
    return nil
  }

  // MARK: Changing

  mutating func replace(_ range: Range<Int>, in segment: Int, with text: String) {
    segments[segment].edits.append(
      Edit(range: range, text: text.replacing("\n", with: newline)))
  }

  /// Puts lines behind a place, in the order of the calls.
  mutating func insert(_ lines: String, at place: Int, in segment: Int) {
    let isTorn = place > 0 && place == bytes.count && bytes[place - 1] != 0x0A
    replace(place..<place, in: segment, with: isTorn ? "\n" + lines : lines)
  }

  /// A segment as it is now.
  func text(of segment: Int) -> String {
    let segment = segments[segment]
    let edits = segment.edits.enumerated().sorted {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }
    var result: [UInt8] = []
    var place = segment.range.lowerBound
    for (_, edit) in edits {
      result += bytes[place..<max(place, edit.range.lowerBound)] + Array(edit.text.utf8)
      place = max(place, edit.range.upperBound)
    }
    result += bytes[min(place, segment.range.upperBound)..<segment.range.upperBound]
    return String(decoding: result, as: UTF8.self)
  }

  /// The whole text with the tables of regions in another order.
  ///
  /// - Parameter regions: each a segment, or the text of a new one.
  func text(regions: [Region]) -> String {
    var texts: [String] = []
    var next = 0
    let last = segments.lastIndex { $0.region != nil }
    func text(of region: Region) -> String {
      switch region {
      case .segment(let segment): self.text(of: segment)
      case .new(let text): text.replacing("\n", with: newline)
      }
    }
    for index in segments.indices {
      if segments[index].region == nil {
        texts.append(self.text(of: index))
      } else if next < regions.count {
        texts.append(text(of: regions[next]))
        next += 1
      }
      if index == last ?? segments.count - 1 {
        texts += regions[min(next, regions.count)...].map(text)
        next = regions.count
      }
    }
    return texts.filter { !$0.isEmpty }.reduce("") { all, text in
      all + (all.isEmpty || all.hasSuffix("\n") || text.isEmpty ? "" : newline) + text
    }
  }

  enum Region {
    case segment(Int)
    case new(String)
  }
}
