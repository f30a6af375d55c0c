import Jobs
import Surface

extension FormScreen {
  /// The form as it looks, and every parameter in a line.
  func exported(_ surroundings: Surroundings) -> Export {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    draw(in: frame.grid.bounds, of: &frame, surroundings)
    let table =
      [["key", "value", "unit", "changed", "title"]]
      + Parameter.all.map { parameter in
        [
          parameter.key, job[parameter.key]?.text ?? "", parameter.unit,
          job.isChanged(parameter.key) ? "yes" : "no", parameter.title,
        ]
      }
    return Export(name: title, grid: frame.grid, table: table)
  }
}
