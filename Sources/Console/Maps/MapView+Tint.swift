import CryoEM
import Surface
import Viewing

/// The colours of the slices: those that the surface has, by the same legend.
extension MapView {
  /// Points along an edge at which hues are looked up, at most: more than a terminal shows.
  private static let tintSize = 128

  /// The hues over a plane through a voxel of what is shown; nil for grey.
  func tint(
    _ plane: Int, at voxel: SIMD3<Int>, _ shown: ReadMap, _ look: Appearance
  ) -> ImageSlice.Tint? {
    let colours = colours
    if case .plain = colours { return nil }
    guard look.colours >= .c256 else { return nil }
    let hues = hues(of: colours, look)
    let within = mask?.map
    let key = MapStudio.TintKey(
      map: shown.request, plane: plane, depth: voxel[CrossHair.axes(of: plane).through],
      colours: colouring, colourMap: colourRequest, range: colourRange?.range,
      masks: colouring == .regions ? shelf.masks : [mask?.request].compactMap { $0 }, hues: hues)
    return studio.tint(key) {
      let (size, axes) = (shown.map.volume.size, CrossHair.axes(of: plane))
      let step = (size + Self.tintSize - 1) / Self.tintSize
      let edge = (size + step - 1) / step
      // Of regions the first hue is that of what is in none.
      let first = colouring == .regions ? 0 : 1
      var numbers: [UInt8] = []
      numbers.reserveCapacity(edge * edge)
      for row in 0..<edge {
        for column in 0..<edge {
          var place = SIMD3<Double>(voxel)
          place[axes.across] = (Double(column) + 0.5) * Double(size) / Double(edge) - 0.5
          place[axes.up] = Double(size) - 0.5 - (Double(row) + 0.5) * Double(size) / Double(edge)
          let hue = colours.hue(
            inSliceAt: shown.map.point(ofVoxel: place), mask: within,
            count: hues.count + 1 - first)
          numbers.append(UInt8(hue.map { $0 + first } ?? 0))
        }
      }
      return ImageSlice.Tint(columns: edge, rows: edge, numbers: numbers, hues: hues)
    }
  }

  /// Steps of the colour map over a slice.
  private static let tintSteps = 12

  /// The hues from 1 on.
  private func hues(of colours: SurfaceColours, _ look: Appearance) -> [Colour] {
    if case .regions = colours {
      return shelf.masks.indices.prefix(6).map { look[.series($0)].foreground }
    }
    return (0..<Self.tintSteps).map {
      colourMap.colour(at: (Double($0) + 0.5) / Double(Self.tintSteps))
    }
  }
}
