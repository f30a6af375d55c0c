import Ground
import Pages
import Refinement
import Runs
import Surface

extension RunScreen {
  /// The pane with the focus: as it looks when it fills the screen, and its numbers.
  func exported(_ surroundings: Surroundings) -> Export {
    let frame = zoomedFrame(surroundings)
    let pane = particles == nil ? focus.title : "Particles"
    return Export(
      name: "\(title) \(pane)", grid: frame.grid, table: table,
      text: focus == .files && particles == nil ? snapshot?.chimeraXLine : nil,
      figure: frame.sheet)
  }

  private var table: [[String]]? {
    if let particles { return Self.table(of: particles) }
    guard let metrics else { return nil }
    switch focus {
    case .fsc: return Self.fscTable(metrics)
    case .resolution: return Self.resolutionTable(snapshot?.steps ?? [])
    case .orientations: return Self.orientationTable(metrics)
    case .poses:
      return Self.histogramTable([
        ("turned_from_start_deg", metrics.rotationFromStart),
        ("turned_from_previous_deg", metrics.rotationFromPrevious),
        ("moved_from_start_A", metrics.shiftFromStart),
        ("moved_from_previous_A", metrics.shiftFromPrevious),
      ])
    case .particles:
      return Self.histogramTable([
        ("sample_size", metrics.effectiveSampleSize), ("score_gain", metrics.scoreGain),
        ("scale", metrics.scale),
      ])
    case .noise: return Self.noiseTable(metrics)
    case .slices: return slices.map { Self.sliceTable($0, isProjection: showsProjections) }
    case .log:
      return [["time", "kind", "text"]]
        + logLines.map { [Format.fixed($0.time, 3), $0.kind.rawValue, $0.text] }
    case .files:
      return [["path", "bytes", "title"]]
        + (snapshot?.files ?? []).map { [$0.path, "\($0.bytes)", $0.title] }
    }
  }

  private static func fscTable(_ metrics: IterationMetrics) -> [[String]] {
    let table = FSCTable(
      report: metrics.fsc, boxSize: metrics.boxSize, pixelSize: metrics.pixelSize)
    return table.tsv.split(separator: "\n").map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private static func resolutionTable(_ metrics: [IterationMetrics]) -> [[String]] {
    [["iteration", "resolution_0.143_A", "resolution_0.5_A", "share_at_limit", "seconds"]]
      + metrics.map {
        [
          $0.shortName, Format.fixed($0.fsc.resolution143, 4),
          Format.fixed($0.fsc.resolution50, 4), Format.fixed($0.shareAtLimit, 5),
          Format.fixed($0.seconds.values.reduce(0, +), 2),
        ]
      }
  }

  private static func orientationTable(_ metrics: IterationMetrics) -> [[String]] {
    let columns = max(1, metrics.orientationAzimuths)
    let rows = metrics.orientationCounts.count / columns
    return [["azimuth_deg", "elevation_deg", "particles"]]
      + metrics.orientationCounts.enumerated().map { index, count in
        let azimuth = (Double(index % columns) + 0.5) / Double(columns) * 360
        let elevation = (Double(index / columns) + 0.5) / Double(max(1, rows)) * 180 - 90
        return [Format.fixed(azimuth, 2), Format.fixed(elevation, 2), "\(count)"]
      }
  }

  private static func histogramTable(
    _ all: [(name: String, histogram: IterationMetrics.Histogram)]
  ) -> [[String]] {
    [["quantity", "from", "to", "particles"]]
      + all.flatMap { name, histogram in
        let width = (histogram.upper - histogram.lower) / Double(max(1, histogram.counts.count))
        return histogram.counts.enumerated().map { bin, count in
          let from = histogram.lower + Double(bin) * width
          return [name, Format.fixed(from, 4), Format.fixed(from + width, 4), "\(count)"]
        }
      }
  }

  /// A line for each pixel of the planes; the first row of a picture has the largest coordinate.
  private static func sliceTable(_ slices: SliceSet, isProjection: Bool) -> [[String]] {
    let planes = isProjection ? slices.projections : slices.planes
    return [["plane", "across", "up", "density", "mask"]]
      + planes.enumerated().flatMap { axis, plane in
        plane.values.indices.map { index in
          [
            String(Plane.names[axis].prefix(2)), "\(index % max(1, plane.width))",
            "\(plane.height - 1 - index / max(1, plane.width))", "\(plane.values[index])",
            index < plane.mask.count ? "\(plane.mask[index])" : "nan",
          ]
        }
      }
  }

  private static func noiseTable(_ metrics: IterationMetrics) -> [[String]] {
    let names = metrics.noise.indices.map { "noise_\($0 + 1)" }
    let shells = ([metrics.guinier] + metrics.noise).map(\.count).max() ?? 0
    return [["shell", "frequency_1/A"] + names + ["ln_F2"]]
      + (0..<shells).map { shell in
        let curves = (metrics.noise + [metrics.guinier]).map {
          shell < $0.count ? Format.fixed($0[shell], 6) : "nan"
        }
        return ["\(shell)", Format.fixed(Double(shell) * metrics.frequencyStep, 6)] + curves
      }
  }

  private static func table(of page: ParticlePage) -> [[String]]? {
    guard let table = page.table else { return nil }
    return [["particle"] + table.columns.map(\.name)]
      + page.order.map { row in
        ["\(row + 1)"] + table.columns.map { Format.fixed($0.values[row], 4) }
      }
  }
}
