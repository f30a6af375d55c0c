import CKernels
import Testing

@testable import Refinement

/// The layout of grids is that of the kernels.
@Suite struct GridLayoutTests {
  @Test(arguments: [1, 7, 40]) func sizesAreThoseOfTheKernels(_ radius: Int) {
    let layout = GridLayout(radius: radius)
    #expect(layout.width == fulcrum_grid_width(Int32(radius)))
    #expect(layout.extent == fulcrum_grid_extent(Int32(radius)))
    #expect(layout.rows.count == layout.extent)
  }

  /// Counting through x, y and z in the order of memory meets every place once.
  @Test func indicesCountThroughMemory() {
    let layout = GridLayout(radius: 5)
    var next = 0
    for z in layout.rows {
      for y in layout.rows {
        for x in -1...layout.radius + 2 {
          #expect(layout.index(x, y, z) == next)
          next += 1
        }
      }
    }
    #expect(next == layout.count)
  }
}
