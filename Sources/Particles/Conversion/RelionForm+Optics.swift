import CryoEM
import EMFiles
import Ground

/// The columns of a table of optics that `OpticsGroup` holds, as texts.
///
/// - Parameter numbers: the groups' numbers.
func opticsColumns(
  _ optics: [OpticsGroup], numbers: [Int]
) -> [(name: String, texts: [String])] {
  func values(_ value: (OpticsGroup) -> Double) -> [String] { optics.map { exactText(value($0)) } }
  func list(_ values: [Double]) -> String {
    "[" + values.map { "\($0)" }.joined(separator: ",") + "]"
  }
  var columns: [(name: String, texts: [String])] = [
    ("rlnOpticsGroupName", optics.map(\.name)), ("rlnOpticsGroup", numbers.map { "\($0)" }),
    ("rlnVoltage", values(\.voltage)),
    ("rlnSphericalAberration", values(\.sphericalAberration)),
    ("rlnAmplitudeContrast", values(\.amplitudeContrast)),
    ("rlnImagePixelSize", values(\.pixelSize)),
    ("rlnImageDimensionality", optics.map { _ in "2" }),
  ]
  if optics.allSatisfy({ $0.imageSize > 0 }) {
    columns.append(("rlnImageSize", optics.map { "\($0.imageSize)" }))
  }
  if optics.contains(where: { $0.beamTilt != .zero }) {
    columns.append(("rlnBeamTiltX", values(\.beamTilt.x)))
    columns.append(("rlnBeamTiltY", values(\.beamTilt.y)))
  }
  for (name, path) in [
    ("rlnOddZernike", \OpticsGroup.oddZernike), ("rlnEvenZernike", \.evenZernike),
  ]
  where optics.contains(where: { !$0[keyPath: path].isEmpty }) {
    let count = optics.map { $0[keyPath: path].count }.max() ?? 0
    columns.append((name, optics.map { list(padded($0[keyPath: path], to: count)) }))
  }
  if optics.contains(where: { $0.magnification != .identity }) {
    for (index, name) in ["00", "01", "10", "11"].enumerated() {
      columns.append(("rlnMagMat\(name)", values { $0.magnification[index] }))
    }
  }
  for (name, path) in [
    ("rlnCtfDataAreCtfPremultiplied", \OpticsGroup.isPremultiplied),
    ("rlnCtfDataArePhaseFlipped", \.isPhaseFlipped),
  ] where optics.contains(where: { $0[keyPath: path] }) {
    columns.append((name, optics.map { $0[keyPath: path] ? "1" : "0" }))
  }
  return columns
}

/// A number as a STAR file has it.
func exactText(_ value: Double) -> String {
  var bytes: [UInt8] = []
  appendExact(value, to: &bytes)
  return String(decoding: bytes, as: UTF8.self)
}

/// Whether two texts of a STAR file say the same: equal, or equal as numbers.
func isSameValue(_ a: String, _ b: String) -> Bool {
  if a == b { return true }
  func numbers(_ text: String) -> [Double]? {
    let inner = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text[...]
    let parts = inner.split(separator: ",")
    let values = parts.compactMap { Double($0) }
    return values.count == parts.count && !values.isEmpty ? values : nil
  }
  guard let a = numbers(a), let b = numbers(b) else { return false }
  return a == b
}

extension OpticsGroup {
  /// The group with what columns of a table of optics say in place of its own; columns that are none of a
  /// group's are not looked at.
  func changed(by columns: [(name: String, text: String)]) -> OpticsGroup {
    var group = self
    for (name, text) in columns {
      func list() -> [Double] {
        text.dropFirst().dropLast().split(separator: ",").compactMap { Double($0) }
      }
      switch name {
      case "rlnOpticsGroupName": group.name = text
      case "rlnVoltage": group.voltage = Double(text) ?? voltage
      case "rlnSphericalAberration":
        group.sphericalAberration = Double(text) ?? sphericalAberration
      case "rlnAmplitudeContrast": group.amplitudeContrast = Double(text) ?? amplitudeContrast
      case "rlnImagePixelSize": group.pixelSize = Double(text) ?? pixelSize
      case "rlnImageSize": group.imageSize = Int(text) ?? imageSize
      case "rlnBeamTiltX": group.beamTilt.x = Double(text) ?? 0
      case "rlnBeamTiltY": group.beamTilt.y = Double(text) ?? 0
      case "rlnOddZernike": group.oddZernike = list()
      case "rlnEvenZernike": group.evenZernike = list()
      case "rlnMagMat00": group.magnification[0] = Double(text) ?? 1
      case "rlnMagMat01": group.magnification[1] = Double(text) ?? 0
      case "rlnMagMat10": group.magnification[2] = Double(text) ?? 0
      case "rlnMagMat11": group.magnification[3] = Double(text) ?? 1
      case "rlnCtfDataAreCtfPremultiplied": group.isPremultiplied = Double(text) != 0
      case "rlnCtfDataArePhaseFlipped": group.isPhaseFlipped = Double(text) != 0
      default: break
      }
    }
    return group
  }
}

/// The columns of a table of optics that `OpticsGroup.changed(by:)` knows, beside the group's number.
let opticsColumnNames: Set<String> = [
  "rlnOpticsGroupName", "rlnVoltage", "rlnSphericalAberration", "rlnAmplitudeContrast",
  "rlnImagePixelSize", "rlnImageSize", "rlnImageDimensionality", "rlnBeamTiltX", "rlnBeamTiltY",
  "rlnOddZernike", "rlnEvenZernike", "rlnMagMat00", "rlnMagMat01", "rlnMagMat10", "rlnMagMat11",
  "rlnCtfDataAreCtfPremultiplied", "rlnCtfDataArePhaseFlipped",
]
