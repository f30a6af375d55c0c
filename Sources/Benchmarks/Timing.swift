import Glibc

/// Minimum and median of several runs, seconds.
struct Timing {
  var minimum: Double
  var median: Double

  init(_ seconds: [Double]) {
    let sorted = seconds.sorted()
    minimum = sorted.first ?? 0
    median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}

/// Seconds that `body` takes.
func seconds(_ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  let duration = clock.measure(body)
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// Times two variants in turns, so that whatever else the machine does falls on both.
func paired(
  runs: Int, _ first: () -> Void, _ second: () -> Void
) -> (first: Timing, second: Timing) {
  first()
  second()
  var times: ([Double], [Double]) = ([], [])
  for _ in 0..<max(1, runs) {
    times.0.append(seconds(first))
    times.1.append(seconds(second))
  }
  return (Timing(times.0), Timing(times.1))
}

/// What this machine can do at most, measured: the yardstick of the kernels' shares.
struct MachineLimits {
  /// Bytes per second copied between arrays much larger than the caches, reads and writes counted.
  var bandwidth: Double
  /// Single-precision operations per second of independent fused multiply–adds on one core.
  var arithmetic: Double

  static func measured() -> MachineLimits {
    let count = 32 << 20
    let source = [Float](repeating: 1, count: count)
    var target = [Float](repeating: 0, count: count)
    let copy = Timing(
      (0..<5).map { _ in
        seconds {
          target.withUnsafeMutableBufferPointer { target in
            source.withUnsafeBufferPointer { source in _ = target.update(from: source) }
          }
        }
      })
    let rounds = 2_000_000
    var lanes: [SIMD16<Float>] = (0..<10).map { SIMD16(repeating: Float($0)) }
    let sums = Timing(
      (0..<5).map { _ in seconds { fulcrumPeak(&lanes, rounds: rounds) } })
    precondition(lanes[0][0].isFinite && target[7] == 1)
    return MachineLimits(
      bandwidth: 8 * Double(count) / copy.minimum,
      arithmetic: Double(rounds) * 10 * 32 / sums.minimum)
  }

  var json: String {
    "{\"machine\": {\"copy_GB_per_s\": \(rounded(bandwidth / 1e9)), \"fma_GFLOP_per_s\": "
      + "\(rounded(arithmetic / 1e9))}}"
  }
}

/// Two decimals.
func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

/// CPU seconds of the process.
func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
