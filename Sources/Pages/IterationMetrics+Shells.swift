import CryoEM
import Glibc
import Refinement

extension IterationMetrics {
  /// Spatial frequency of shell 1, 1/Å.
  public var frequencyStep: Double { correctedFSC.frequencyStep }

  /// The last shell of the curves: where the data end.
  public var lastShell: Int {
    max(2, fsc.corrected.isEmpty ? boxSize / 2 : fsc.corrected.count - 1)
  }

  /// The resolution as a shell; nil where no curve crosses.
  public var resolutionShell: Int? {
    let resolution = fsc.resolution143
    let shell = resolution > 0 ? correctedFSC.shell(atResolution: resolution) : .nan
    return shell.isFinite && shell >= 1 && shell < 1e6 ? Int(shell) : nil
  }

  /// Where the line of the Guinier plot begins, Å: as for the sharpened map.
  private var guinierLow: Double { max(10, 2 * fsc.resolution143) }

  /// Its first shell.
  var guinierStart: Int {
    let shell = guinierCurve.shell(atResolution: guinierLow)
    return shell.isFinite && shell < 1e6 ? Int(shell.rounded(.up)) : 1
  }

  /// The line through the Guinier plot, from 10 Å (or twice the resolution) to the resolution, weighted
  /// by the FSC; nil for too few shells.
  public var guinierFit: GuinierFit? {
    let amplitudes = zip(guinier, fsc.corrected).map { power, correlation -> Double in
      let value = max(0, correlation)
      return exp(power / 2) * (2 * value / (1 + value)).squareRoot()
    }
    guard fsc.resolution143.isFinite, fsc.resolution143 > 0 else { return nil }
    return GuinierFit(
      amplitudes: RadialCurve(amplitudes, edge: edge), low: guinierLow, high: fsc.resolution143)
  }

  /// What the step is called.
  public var stepName: String {
    isFinal == true ? "final" : iteration == 0 ? "start" : "iteration \(iteration)"
  }

  /// The same for a narrow column.
  public var shortName: String { isFinal == true ? "final" : "\(iteration)" }
}
