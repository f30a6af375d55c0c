import Glibc

/// A plot that can be drawn as a figure for paper: lines, axes and words, not characters of a terminal.
public protocol VectorFigure: Sendable {
  /// Draws into a canvas of its own size.
  func draw(on canvas: inout FigureCanvas)
}

extension VectorFigure {
  /// The figure as an SVG document of its own.
  ///
  /// - Parameters:
  ///   - title: what it shows, read aloud by screen readers.
  ///   - width: pixels, as `height`.
  public func svg(title: String, width: Int = 520, height: Int = 320) -> String {
    var canvas = FigureCanvas(width: Double(width), height: Double(height))
    draw(on: &canvas)
    return canvas.document(title: title)
  }
}

/// What a figure is drawn on: elements of SVG 1.1 with few attributes.
public struct FigureCanvas: Sendable {
  public let width: Double
  public let height: Double
  private(set) var elements: [String] = []

  static let ink = "#1c2430", faint = "#d5dae1", dim = "#5b6675"

  public init(width: Double, height: Double) {
    (self.width, self.height) = (max(120, width), max(90, height))
  }

  /// The colour of a role on white paper: those of series tell apart without red or green (Okabe and Ito
  /// 2008).
  static func colour(of role: Role) -> String {
    switch role {
    case .series1: "#0072b2"
    case .series2: "#d55e00"
    case .series3: "#009e73"
    case .series4: "#8c5fa8"
    case .series5: "#b8860b"
    case .series6: "#3f8fd2"
    case .limit, .bad: "#b3261e"
    case .warning: "#c77700"
    case .ghost: "#b4bcc8"
    case .threshold: "#8a94a3"
    default: ink
    }
  }

  /// Dashes by which lines are told apart without colours: none for the first series.
  static func dashes(of role: Role) -> String {
    switch role {
    case .series2: "7 3"
    case .series3: "2 2"
    case .series4: "9 3 2 3"
    case .series5: "4 2"
    case .series6: "12 4"
    default: ""
    }
  }

  /// A length in few digits.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    return NumberText.short((value * 100).rounded() / 100, digits: 7)
  }

  mutating func line(
    _ points: [(x: Double, y: Double)], _ colour: String, width: Double = 1, dashes: String = ""
  ) {
    guard points.count > 1 else { return }
    let path = points.map { Self.number($0.x) + "," + Self.number($0.y) }.joined(separator: " ")
    let dash = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\""
    elements.append(
      "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(colour)\""
        + " stroke-width=\"\(Self.number(width))\"\(dash)/>")
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, fill: String, stroke: String = "none"
  ) {
    elements.append(
      "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\""
        + " height=\"\(Self.number(height))\" fill=\"\(fill)\" stroke=\"\(stroke)\"/>")
  }

  mutating func polygon(_ points: [(x: Double, y: Double)], fill: String) {
    let path = points.map { Self.number($0.x) + "," + Self.number($0.y) }.joined(separator: " ")
    elements.append("<polygon points=\"\(path)\" fill=\"\(fill)\"/>")
  }

  mutating func dot(x: Double, y: Double, radius: Double, _ colour: String) {
    elements.append(
      "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\""
        + " fill=\"\(colour)\"/>")
  }

  /// Where text stands to its place.
  enum Anchor: String { case start, middle, end }

  mutating func text(
    _ text: String, x: Double, y: Double, _ anchor: Anchor = .start, colour: String = ink,
    size: Double = 12, turned: Bool = false
  ) {
    let place = "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    let turn =
      turned ? " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" : ""
    elements.append(
      "<text \(place) text-anchor=\"\(anchor.rawValue)\" fill=\"\(colour)\""
        + " font-size=\"\(Self.number(size))\"\(turn)>\(markupEscaped(text))</text>")
  }

  /// Columns of a text of a size, roughly: sans-serif fonts are about 0.56 as wide as high.
  static func width(of text: String, size: Double = 12) -> Double {
    0.56 * size * Double(text.count)
  }

  /// Draws another figure into a part.
  mutating func draw(
    _ figure: some VectorFigure, x: Double, y: Double, width: Double, height: Double
  ) {
    var part = FigureCanvas(width: width, height: height)
    figure.draw(on: &part)
    elements.append("<g transform=\"translate(\(Self.number(x)) \(Self.number(y)))\">")
    elements += part.elements
    elements.append("</g>")
  }

  func document(title: String) -> String {
    let (width, height) = (Self.number(width), Self.number(height))
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\""
      + " viewBox=\"0 0 \(width) \(height)\" role=\"img\""
      + " font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">\n"
      + "<title>\(markupEscaped(title))</title>\n"
      + "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>\n"
      + elements.joined(separator: "\n") + "\n</svg>\n"
  }
}

/// Several figures side by side, or one above the other.
public struct FigureSheet: VectorFigure {
  /// A figure with its place: shares of the sheet's width and height.
  public struct Part: Sendable {
    var figure: any VectorFigure
    var x: Double, y: Double, width: Double, height: Double

    public init(
      _ figure: any VectorFigure, x: Double, y: Double, width: Double, height: Double
    ) {
      (self.figure, self.x, self.y) = (figure, x, y)
      (self.width, self.height) = (width, height)
    }
  }

  public var parts: [Part]

  public init(_ parts: [Part]) { self.parts = parts }

  /// Pixels with which the smallest part is large enough to be read.
  public var size: (width: Int, height: Int) {
    let (width, height) = (
      parts.map { 520 / max(0.1, $0.width) }.max() ?? 520,
      parts.map { 320 / max(0.1, $0.height) }.max() ?? 320
    )
    return (Int(width.rounded()), Int(height.rounded()))
  }

  public func draw(on canvas: inout FigureCanvas) {
    for part in parts {
      canvas.draw(
        part.figure, x: part.x * canvas.width, y: part.y * canvas.height,
        width: part.width * canvas.width, height: part.height * canvas.height)
    }
  }
}
