/// A box over the rest of the screen, which steps back behind it.
public struct Popup: Widget, Hashable {
  public var box: Box
  /// The extent of what stands in it, cut to what there is.
  public var content: Size

  public init(title: String, footer: String = "", content: Size) {
    box = Box(title: title, footer: footer, isFocused: true)
    self.content = content
  }

  /// Where the pop-up stands, its frame included.
  public func frame(in rect: Rect) -> Rect {
    rect.centred(Size(width: content.width + 4, height: content.height + 2))
  }

  /// Where its content goes. Draw that with `appearance.grounded(on: .popup)`.
  public func interior(in rect: Rect) -> Rect { frame(in: rect).inset(columns: 2, rows: 1) }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let frame = frame(in: rect)
    let behind = appearance[.ghost]
    grid.restyle(rect) { style in
      // Without colours "dim" is all there is to step back with.
      appearance.colours == .none
        ? Style(attributes: .dim)
        : Style(
          foreground: behind.foreground, background: appearance.palette.background,
          attributes: behind.attributes)
    }
    let inside = appearance.grounded(on: .popup)
    grid.fill(frame, style: inside[.popup])
    grid.draw(box, in: frame, inside)
  }
}
