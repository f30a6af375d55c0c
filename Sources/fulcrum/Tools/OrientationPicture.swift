import CryoEM
import Ground
import Surface
import Tools

/// A diagnosis in lines and as maps of the sphere.
struct OrientationPicture {
  private let made: OrientationDiagnosis

  init(_ made: OrientationDiagnosis) { self.made = made }

  /// The numbers.
  var lines: String {
    let report = made.report
    var lines: [String] = []
    if let views = report.views {
      let share = views.effectiveDirections / Double(max(1, views.cells))
      lines.append(
        "\(Format.counted(report.particles, "particle")); effective directions "
          + "\(Int(views.effectiveDirections.rounded())) of \(views.cells) "
          + "(\(Format.percent(share)))")
      var line = "SCF* \(Format.fixed(views.samplingCompensation, 2))"
      if views.unseen > 0 {
        line += "; no view samples \(Format.percent(views.unseen)) of Fourier space"
      }
      lines.append(line)
    }
    if let cones = made.statistics {
      var line = "cFAR \(Format.fixed(cones.areaRatio, 2))"
      if let even = cones.evenAreaRatio { line += " (by chance \(Format.fixed(even, 2)))" }
      if let range = cones.range {
        line +=
          "; by direction \(Format.fixed(range.lowerBound, 2)) to "
          + Format.resolution(range.upperBound)
      }
      lines.append(line + ", inside \(made.mask?.description ?? "")")
    }
    return (lines + report.flags.map { "! " + $0 }).joined(separator: "\n")
  }

  /// The views, and beside them the resolution of the directions where it is known.
  func grid(width: Int, look: Appearance) -> Grid {
    let hasCones = made.cones != nil
    let each = hasCones ? width / 2 : width * 3 / 4
    let height = each / 4 + 3
    var grid = Grid(
      size: Size(width: hasCones ? width : each, height: height), glyphs: look.glyphs,
      style: look[.text])
    let axes = (
      PlotAxis(title: "azimuth", range: 0...360, isAngle: true),
      PlotAxis(title: "elevation", range: -90...90, isAngle: true)
    )
    func draw(_ map: HeatMap, _ title: String, at x: Int, width: Int) {
      grid.write(title, x: x, y: 0, style: look[.title], width: width)
      map.draw(in: Rect(x: x, y: 1, width: width, height: height - 1), of: &grid, look)
    }
    draw(
      HeatMap(
        columns: ViewCounts.columns, rows: ViewCounts.rows,
        values: made.counts.counts.map(Double.init), x: axes.0, y: axes.1,
        projection: .mollweide, unit: "views"),
      "Viewing directions", at: 0, width: hasCones ? each - 1 : each)
    if let cones = made.statistics {
      draw(
        HeatMap(
          columns: ViewCounts.columns, rows: ViewCounts.rows,
          values: cones.map(columns: ViewCounts.columns, rows: ViewCounts.rows), x: axes.0,
          y: axes.1, range: cones.range, projection: .mollweide, unit: "Å"),
        "Resolution by direction", at: each, width: width - each)
    }
    return grid
  }
}
