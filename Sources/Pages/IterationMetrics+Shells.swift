import CryoEM
import Glibc
import Refinement

extension IterationMetrics {
  /// Spatial frequency of shell 1, 1/Å.
  public var frequencyStep: Double {
    let length = Double(boxSize) * pixelSize
    return length > 0 ? 1 / length : 1
  }

  /// The last shell of the curves: where the data end.
  public var lastShell: Int {
    max(2, fsc.corrected.isEmpty ? boxSize / 2 : fsc.corrected.count - 1)
  }

  /// Resolution of a shell, Å; infinite for shell 0.
  public func resolution(ofShell shell: Int) -> Double {
    shell > 0 ? Double(boxSize) * pixelSize / Double(shell) : .infinity
  }

  /// The resolution as a shell; nil where no curve crosses.
  public var resolutionShell: Int? {
    let shell = fsc.resolution143 > 0 ? Double(boxSize) * pixelSize / fsc.resolution143 : .nan
    return shell.isFinite && shell >= 1 && shell < 1e6 ? Int(shell) : nil
  }

  /// Where the line of the Guinier plot begins, Å: as for the sharpened map.
  private var guinierLow: Double { max(10, 2 * fsc.resolution143) }

  /// Its first shell.
  var guinierStart: Int {
    let shell = Double(boxSize) * pixelSize / guinierLow
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
      amplitudes: amplitudes, size: boxSize, pixelSize: pixelSize, low: guinierLow,
      high: fsc.resolution143)
  }

  /// What the step is called.
  public var stepName: String {
    isFinal == true ? "final" : iteration == 0 ? "start" : "iteration \(iteration)"
  }

  /// The same for a narrow column.
  public var shortName: String { isFinal == true ? "final" : "\(iteration)" }
}
