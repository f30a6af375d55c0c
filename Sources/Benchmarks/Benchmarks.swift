import ArgumentParser
import CKernels
import Refinement

/// Times the engine's kernels and whole refinements on simulated data; separate from the tests.
@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Benchmarks",
    abstract: "Time Fulcrum's kernels and whole refinements, and print JSON.",
    subcommands: [Kernels.self, Whole.self], defaultSubcommand: Kernels.self)
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

  func run() throws {
    let machine = MachineLimits.measured()
    var rows: [String] = [machine.json]
    let cubic = KernelBench(
      window: window, band: band, period: evenAbove(Double(diameter) / 0.65),
      interpolation: .cubic)
    let trilinear = KernelBench(
      window: window, band: band, period: evenAbove(2 * Double(max(window, diameter))),
      interpolation: .trilinear)
    for kernel in KernelBench.Kernel.allCases {
      let times = paired(
        runs: runs, { cubic.run(kernel) }, { trilinear.run(kernel) })
      for (bench, time) in zip([cubic, trilinear], [times.first, times.second]) {
        rows.append(bench.json(kernel, time, machine))
      }
    }
    print("[\n  " + rows.joined(separator: ",\n  ") + "\n]")
  }

  private func evenAbove(_ value: Double) -> Int { Int((value / 2).rounded(.up)) * 2 }
}
