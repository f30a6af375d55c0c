import CKernels
import CryoEM
import Fourier
import Glibc
import Ground
import Ranks

/// How fast this machine does what a refinement spends its time on: measured for a moment, on one
/// thread, by the processor's time, with kernels and sizes of the run that is looked at.
public struct MachinePace: Sendable, Equatable {
  /// Seconds of one evaluation of a pose with its derivatives for each squared shell of its band, where
  /// the reference stays in the caches: the poses of a search are close to each other.
  var perArea: Double
  /// Seconds of a forward transform of an image.
  var transform: Double
  /// Seconds in which a sample of exact sums is packed for another rank, one that has come is added, and one
  /// of the total is put in its place.
  var travel: Double

  /// Seconds of one evaluation at a band.
  func evaluation(band: Int) -> Double { perArea * Double(band * band) }

  /// How much slower transforms are than where the costs of images and volumes were measured.
  func slowness(box: Int) -> Double {
    min(max(transform / (Double(box * box) * Self.referenceTransform), 0.3), 10)
  }

  /// Seconds for each pixel of an image's transform on that machine.
  private static let referenceTransform = 2.4e-9

  /// Measures, in about a tenth of a second.
  public static func measured(_ geometry: Geometry) -> MachinePace {
    let band = max(1, min(geometry.maximumShell, 24))
    let transform = RealTransform(shape: [geometry.box, geometry.box])
    let pixels = FFTBuffer<Float>(count: geometry.box * geometry.box)
    let spectrum = FFTBuffer<ComplexFloat>(count: geometry.box * (geometry.box / 2 + 1))
    for index in 0..<pixels.count { pixels[index] = Float(index % 7) }
    return MachinePace(
      perArea: evaluation(geometry, band: band) / Double(band * band),
      transform: fastest { transform.forward(pixels, into: spectrum) },
      travel: travel(radius: 40))
  }

  /// Seconds of a sample's travel between ranks, less the way.
  private static func travel(radius: Int) -> Double {
    let sums = ExactSums(
      radius: radius, interpolation: .trilinear,
      quanta: ExactSums.Quanta(data: 1, weight: 1))
    // What hundreds of images come to: five or six bytes each.
    for index in 0..<sums.values.count {
      sums.values.pointer[index] = Int64(index % 251 - 125) << 31
    }
    let planes = 0..<GridLayout(radius: radius).extent
    let rows = ExactSums.rows(radius: radius, planes: planes.count)
    let memory = MessageMemory()
    let result = Accumulator(radius: radius, interpolation: .trilinear)
    var samples = 0
    let seconds = memory.kept {
      fastest {
        let parcel = sums.parcel(ofPlanes: planes, memory: memory, threads: 1)
        let total = ExactSums.total(
          [parcel], count: rows, quanta: sums.quanta, memory: memory, threads: 1)
        result.put(total, onPlanes: planes, threads: 1)
        samples = parcel.rows.reduce(0) { $0 + Int($1.count) }
      }
    }
    return seconds / Double(max(1, samples))
  }

  private static func evaluation(_ geometry: Geometry, band: Int) -> Double {
    let points = SamplingPoints(window: geometry.window, maximumShell: band)
    let images = PackedImages(points: points, count: 1)
    let planes = images.planes(0)
    for index in 0..<points.count {
      (planes.real[index], planes.imaginary[index], planes.weight[index]) = (1, 0.5, 1)
    }
    let reference = ReferenceGrid(
      radius: geometry.clampedGridRadius(ofShell: band), interpolation: .cubic)
    // Memory that was never written is one page, and as fast as no other.
    reference.touch()
    var generator = SeededGenerator(seed: 1)
    let poses = (0..<16).map { _ in
      Alignment(rotation: .random(using: &generator), position: .zero)
    }
    var scorer = PoseScorer(
      reference: reference, image: images.image(0), points: points,
      factor: points.factorsOfOne(upTo: band),
      geometry: geometry, magnification: .identity,
      prior: PosePrior(
        centre: poses[0], fulcrum: .zero,
        rotationExtent: .pi, shiftExtent: .infinity), scale: 1)
    var next = 0
    return fastest {
      _ = scorer.evaluate(poses[next % poses.count], band: band)
      next += 1
    }
  }

  /// Seconds of this thread that an action takes, the least of some batches of five milliseconds.
  private static func fastest(_ action: () -> Void) -> Double {
    action()
    var best = Double.infinity
    for _ in 0..<5 {
      let start = processorTime()
      var (count, elapsed) = (0, 0.0)
      repeat {
        action()
        count += 1
        elapsed = processorTime() - start
      } while elapsed < 5e-3
      best = min(best, elapsed / Double(count))
    }
    return best
  }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}

extension ExactSums {
  /// Fills the half of a ball with what thousands of images come to, five bytes each; for measurements of
  /// time.
  fileprivate func fillBall() {
    let layout = GridLayout(radius: radius)
    for plane in 0..<layout.extent {
      guard let place = slabs.places(of: plane).first else { continue }
      for row in 0..<layout.extent {
        let (z, y) = (plane - radius - 1, row - radius - 1)
        let reach = max(0, radius * radius - z * z - y * y)
        let samples = reach > 0 ? Int(Double(reach).squareRoot()) + 2 : 0
        let start = values.pointer + 3 * layout.width * (place * layout.extent + row)
        for index in 0..<3 * samples { start[index] = Int64(index % 251 - 125) << 31 }
      }
    }
  }
}
