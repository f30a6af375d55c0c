import Images
import Surface
import Synchronization
import Viewing

/// Remembers the last pictures, which take longer to make than a frame may. What it returns depends on
/// what it is asked for alone.
final class MapStudio: Sendable {
  /// All that a picture of a surface depends on; maps are named by their requests.
  struct SurfaceKey: Sendable, Hashable {
    var map: MapRequest
    var level: Float
    var camera: ViewCamera
    var colours: MapColouring
    var colourMap: MapRequest?
    var range: ClosedRange<Double>?
    var veil: MapRequest?
    var ink: SurfaceInk
    var width: Int, height: Int
    var aspect: Double
    var block: Int
    var smoothing: Double
  }

  /// All that the hues over a slice depend on.
  struct TintKey: Sendable, Hashable {
    var map: MapRequest
    var plane: Int
    var depth: Int
    var colours: MapColouring
    var colourMap: MapRequest?
    var range: ClosedRange<Double>?
    var masks: [MapRequest]
    var hues: [Colour]
  }

  struct ProjectionKey: Sendable, Hashable {
    var map: MapRequest
    var axis: Int
  }

  private let surface = Mutex<(key: SurfaceKey, image: IndexedImage)?>(nil)
  private let projections = Mutex<[ProjectionKey: Plane]>([:])

  private let tints = Mutex<[TintKey: ImageSlice.Tint]>([:])

  func tint(_ key: TintKey, _ make: () -> ImageSlice.Tint) -> ImageSlice.Tint {
    Self.kept(in: tints, key, make)
  }

  func surface(_ key: SurfaceKey, _ make: () -> IndexedImage) -> IndexedImage {
    if let known = surface.withLock({ $0 }), known.key == key { return known.image }
    let image = make()
    surface.withLock { $0 = (key, image) }
    return image
  }

  func projection(_ key: ProjectionKey, _ make: () -> Plane) -> Plane {
    Self.kept(in: projections, key, make)
  }

  /// What is known of a key, or is made now and kept with the last few.
  private static func kept<Key: Hashable & Sendable, Value: Sendable>(
    in known: borrowing Mutex<[Key: Value]>, _ key: Key, _ make: () -> Value
  ) -> Value {
    if let found = known.withLock({ $0[key] }) { return found }
    let value = make()
    known.withLock {
      // Three planes of a map, of two maps that blink.
      if $0.count >= 6 { $0.removeAll() }
      $0[key] = value
    }
    return value
  }
}
