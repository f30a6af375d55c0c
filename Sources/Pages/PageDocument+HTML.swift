import Ground
import Images
import Surface

extension PageDocument {
  /// The page as one HTML file: styles, figures and pictures are in it.
  public var html: String {
    var body = ""
    for block in blocks { body += Self.html(block) }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(markupEscaped(title))</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <main>
      <h1>\(markupEscaped(title))</h1>
      \(body)</main>
      </body>
      </html>

      """
  }

  private static func html(_ block: Block) -> String {
    switch block {
    case .heading(let level, let text):
      let level = min(max(1, level), 4)
      return level == 1 ? "" : "<h\(level)>\(markupEscaped(text))</h\(level)>\n"
    case .paragraph(let text): return "<p>\(markupEscaped(text))</p>\n"
    case .note(let text, let isGood):
      return "<p class=\"\(isGood ? "good" : "mind")\">"
        + "<span aria-hidden=\"true\">\(isGood ? "✓" : "!")</span> \(markupEscaped(text))</p>\n"
    case .table(let rows, let caption): return table(rows, caption)
    case .figures(let figures):
      let all = figures.map {
        "<figure class=\"plot\">\($0.svg)<figcaption>\(markupEscaped($0.caption))</figcaption></figure>"
      }
      return "<div class=\"plots\">\(all.joined(separator: "\n"))</div>\n"
    case .pictures(let pictures):
      let figures = pictures.map { picture in
        let data = Base64.encoded(picture.image.png)
        return
          "<figure><img alt=\"\(markupEscaped(picture.caption))\" width=\"\(picture.image.width)\""
          + " height=\"\(picture.image.height)\" src=\"data:image/png;base64,\(data)\">"
          + "<figcaption>\(markupEscaped(picture.caption))</figcaption></figure>"
      }
      return "<div class=\"pictures\">\(figures.joined(separator: "\n"))</div>\n"
    case .code(let text, let caption):
      let head = caption.isEmpty ? "" : "<p>\(markupEscaped(caption))</p>\n"
      return head + "<pre>\(markupEscaped(text))</pre>\n"
    case .folded(let text, let title):
      return
        "<details><summary>\(markupEscaped(title))</summary><pre>\(markupEscaped(text))</pre></details>\n"
    }
  }

  private static func table(_ rows: [[String]], _ caption: String) -> String {
    guard let head = rows.first else { return "" }
    let numeric = head.indices.map { column in
      rows.dropFirst().allSatisfy { column >= $0.count || isNumber($0[column]) }
    }
    func cells(_ row: [String], _ tag: String) -> String {
      row.enumerated().map { column, text in
        let kind = column < numeric.count && numeric[column] ? " class=\"n\"" : ""
        return "<\(tag)\(kind)>\(markupEscaped(text))</\(tag)>"
      }.joined()
    }
    let lines = rows.dropFirst().map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n")
    let title = caption.isEmpty ? "" : "<caption>\(markupEscaped(caption))</caption>"
    return "<div class=\"wide\"><table>\(title)<thead><tr>\(cells(head, "th"))</tr></thead>\n"
      + "<tbody>\(lines)</tbody></table></div>\n"
  }

  /// For screens from a phone to a wall, and for paper.
  private static let style = """
    :root { color-scheme: light; }
    * { box-sizing: border-box; }
    body { margin: 0; font: 15px/1.5 Helvetica, Arial, "DejaVu Sans", sans-serif; color: #1c2430;
      background: #ffffff; }
    main { max-width: 1120px; margin: 0 auto; padding: 20px; }
    h1 { font-size: 26px; line-height: 1.25; margin: 8px 0 12px; overflow-wrap: anywhere; }
    h2 { font-size: 20px; margin: 32px 0 8px; border-bottom: 1px solid #d5dae1; }
    h3 { font-size: 16px; margin: 20px 0 6px; }
    p { max-width: 80ch; margin: 8px 0; overflow-wrap: anywhere; }
    .good, .mind { border-left: 4px solid #009e73; padding: 4px 10px; background: #f1f8f5; }
    .mind { border-color: #c77700; background: #fdf5e8; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; margin: 8px 0; font-size: 14px; }
    caption { text-align: left; color: #5b6675; padding-bottom: 4px; }
    th, td { text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid #e6e9ee;
      vertical-align: top; }
    .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    td { overflow-wrap: anywhere; }
    figure { margin: 10px 0; }
    figcaption { color: #5b6675; font-size: 13px; max-width: 75ch; }
    .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr));
      gap: 8px 24px; }
    .plot svg { max-width: 100%; height: auto; display: block; }
    .pictures { display: grid; gap: 12px;
      grid-template-columns: repeat(auto-fit, minmax(min(260px, 100%), 1fr)); }
    .pictures img { width: 100%; height: auto; display: block; background: #101418; }
    pre { background: #f4f6f8; padding: 10px 12px; overflow-x: auto; font-size: 13px;
      line-height: 1.4; white-space: pre-wrap; overflow-wrap: anywhere; }
    details { margin: 8px 0; }
    summary { cursor: pointer; }
    @page { margin: 15mm; }
    @media print {
      main { max-width: none; padding: 0; }
      figure, tr { break-inside: avoid; }
      h2, h3 { break-after: avoid; }
      body { font-size: 11pt; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }
    """
}
