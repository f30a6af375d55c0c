import Jobs
import Surface

extension FormScreen {
  /// The form as it looks, and every parameter in a line.
  func exported(_ surroundings: Surroundings) -> Export {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    draw(in: frame.grid.bounds, of: &frame, surroundings)
    let table =
      [["key", "value", "unit", "changed", "title"]]
      + fields.map { field in
        [
          key(of: field), text(of: field), field.parameter?.unit ?? "",
          isChanged(field) ? "yes" : "no", title(of: field),
        ]
      }
    return Export(name: title, grid: frame.grid, table: table)
  }
}
