import ArgumentParser
import CKernels
import Refinement

/// Times the engine's kernels and whole refinements on simulated data; separate from the tests.
@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Benchmarks",
    abstract: "Time Fulcrum's kernels and whole refinements, and print JSON.",
    subcommands: [
      Kernels.self, Whole.self, Bound.self, BodiesBound.self, Transforms.self, Pace.self,
      Scaling.self, Listing.self,
    ],
    defaultSubcommand: Kernels.self)
}

/// Slice, score, evaluation and insertion, trilinear on a finer grid against cubic on a coarser one.
struct Kernels: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time the inner loops in pairs of variants.")

  @Option(help: "Pixels along the window's edge.")
  var window = 128
  @Option(help: "Highest shell.")
  var band = 48
  @Option(help: "Diameter of the mask, pixels.")
  var diameter = 80
  @Option(help: "Runs of which the minimum and the median are told.")
  var runs = 15
  @Option(
    help: "Run one kernel alone and print nothing else than the number of pixels, for profilers.")
  var only: String?
  @Option(help: "cubic or trilinear, with --only.")
  var interpolation = "cubic"
  @Flag(help: "The kernels of the compiler's baseline instructions instead of this machine's best.")
  var baseline = false

  func run() throws {
    if let only {
      try run(only)
      return
    }
    let machine = MachineLimits.measured()
    var rows: [String] = [machine.json]
    let (cubic, trilinear) = (bench(.cubic), bench(.trilinear))
    for kernel in KernelBench.Kernel.allCases {
      let times = paired(
        runs: runs, { cubic.run(kernel) }, { trilinear.run(kernel) })
      for (bench, time) in zip([cubic, trilinear], [times.first, times.second]) {
        rows.append(bench.json(kernel, time, machine))
      }
    }
    print("[\n  " + rows.joined(separator: ",\n  ") + "\n]")
  }

  private func run(_ only: String) throws {
    guard let kernel = KernelBench.Kernel(rawValue: only),
      ["cubic", "trilinear"].contains(interpolation)
    else { throw ValidationError("--only is slice, score, evaluate or insert") }
    let bench = bench(interpolation == "cubic" ? .cubic : .trilinear)
    for _ in 0..<runs { bench.run(kernel) }
    print(
      "{\"kernel\": \"\(only)\", \"interpolation\": \"\(interpolation)\", \"instructions\": "
        + "\"\(bench.instructions)\", \"pixels\": \(bench.pixels * runs)}")
  }

  private func bench(_ interpolation: Interpolation) -> KernelBench {
    let cells =
      interpolation == .cubic ? Double(diameter) / 0.65 : 2 * Double(max(window, diameter))
    let bench = KernelBench(
      window: window, band: band, period: evenAbove(cells), interpolation: interpolation)
    bench.isBaseline = baseline
    return bench
  }

  private func evenAbove(_ value: Double) -> Int { Int((value / 2).rounded(.up)) * 2 }
}
