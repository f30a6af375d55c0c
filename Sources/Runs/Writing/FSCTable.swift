import CryoEM
import Ground

/// The FSC curves of a report as files that people and other programs plot.
public struct FSCTable {
  public let report: FSCReport
  /// Edge of the box of the curves, Å.
  public let edge: Double

  public init(report: FSCReport, edge: Double) {
    self.report = report
    self.edge = edge
  }

  private var shells: Int {
    [report.noMask, report.spherical, report.loose, report.tight, report.corrected]
      .map(\.count).max() ?? 0
  }

  private func frequency(_ shell: Int) -> Double {
    RadialCurve(report.corrected, edge: edge).frequency(ofShell: shell)
  }

  private func number(_ curve: [Double], _ shell: Int) -> String {
    shell < curve.count ? Format.fixed(curve[shell], 6) : "nan"
  }

  /// Tab-separated: shell, 1/Å, Å, one column for each curve; "nan" where a curve was not computed.
  public var tsv: String {
    let curves = [report.noMask, report.spherical, report.loose, report.tight, report.corrected]
    var text = "shell\tfrequency_1/A\tresolution_A\tno_mask\tspherical\tloose\ttight\tcorrected\n"
    for shell in 0..<shells {
      let k = frequency(shell)
      let place = [String(shell), Format.fixed(k, 6), shell == 0 ? "inf" : Format.fixed(1 / k, 4)]
      text += (place + curves.map { number($0, shell) }).joined(separator: "\t") + "\n"
    }
    return text
  }

  /// The blocks `general` and `fsc` of relion_postprocess's star file.
  public func star(bFactor: Double) -> String {
    var text = """
      # version 30001

      data_general

      _rlnFinalResolution   \(Format.fixed(report.resolution143, 6))
      _rlnBfactorUsedForSharpening   \(Format.fixed(bFactor, 6))

      # version 30001

      data_fsc

      loop_
      _rlnSpectralIndex #1
      _rlnResolution #2
      _rlnAngstromResolution #3
      _rlnFourierShellCorrelationCorrected #4
      _rlnFourierShellCorrelationUnmaskedMaps #5
      _rlnFourierShellCorrelationMaskedMaps #6

      """
    for shell in 0..<shells {
      let k = frequency(shell)
      let row = [
        String(shell), Format.fixed(k, 6), shell == 0 ? "999.000000" : Format.fixed(1 / k, 6),
        number(report.corrected, shell), number(report.noMask, shell), number(report.tight, shell),
      ]
      text += row.joined(separator: " ") + "\n"
    }
    return text + "\n"
  }

  /// The corrected curve in the form that the EMDB takes.
  public var xml: String {
    var text = "<fsc title=\"fulcrum masked-corrected FSC\" xaxis=\"Resolution (A-1)\" "
    text += "yaxis=\"Correlation Coefficient\">\n"
    for shell in 0..<report.corrected.count {
      text += "  <coordinate>\n    <x>\(Format.fixed(frequency(shell), 6))</x>\n"
      text += "    <y>\(Format.fixed(report.corrected[shell], 6))</y>\n  </coordinate>\n"
    }
    return text + "</fsc>\n"
  }
}
