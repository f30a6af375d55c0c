import EMFiles
import Ground
import Particles
import TestSupport

/// A folder of its own for a test, with image stacks in it, removed at the end.
final class ParticleFixture: Sendable {
  private let folder: TemporaryFolder

  var path: String { folder.path }

  init() throws {
    folder = try TemporaryFolder()
    try makeFolder(folder("Extract"))
    for (name, count) in [("Extract/a.mrcs", 4), ("Extract/b.mrcs", 2)] {
      let writer = try MRCStackWriter(path: self(name), width: 8, height: 8, pixelSize: 1.5)
      for image in 0..<count { try writer.append([Float](repeating: Float(image), count: 64)) }
      try writer.finish()
    }
  }

  /// A file of particles whose rows have an image, three angles and `more`; its optics hold the pixel size
  /// alone. The first row is line 12, and one later for each column more.
  func particles(_ rows: [String], more: [String] = []) throws -> ParticleFile {
    let columns = ["_rlnImageName", "_rlnAngleRot", "_rlnAngleTilt", "_rlnAnglePsi"] + more
    let lines =
      ["data_optics", "loop_", "_rlnOpticsGroup", "_rlnImagePixelSize", "1 1.5"]
      + ["data_particles", "loop_"] + columns + rows
    _ = try write(lines.map { $0 + "\n" }.joined(), "run.star")
    return try read("run.star")
  }

  /// The path of a name in the folder.
  func callAsFunction(_ name: String) -> String { path + "/" + name }

  func write(_ text: String, _ name: String) throws -> String {
    try AtomicFile.write(text, to: self(name))
    return self(name)
  }

  func read(_ name: String, passthrough: [String] = []) throws -> ParticleFile {
    try ParticleFile.read(path: self(name), passthrough: passthrough, projectDirectory: path)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    try contents(self(name))
  }
}

/// A file of RELION 3.1 with two optics groups and five particles, two of them of one image.
let relion31Text = """

  # version 30001

  data_optics

  loop_
  _rlnOpticsGroupName #1
  _rlnOpticsGroup #2
  _rlnVoltage #3
  _rlnSphericalAberration #4
  _rlnAmplitudeContrast #5
  _rlnImagePixelSize #6
  _rlnImageSize #7
  _rlnImageDimensionality #8
  _rlnBeamTiltX #9
  _rlnBeamTiltY #10
  _rlnOddZernike #11
  _rlnMagMat00 #12
  _rlnMagMat01 #13
  _rlnMagMat10 #14
  _rlnMagMat11 #15
  _rlnCtfDataAreCtfPremultiplied #16
  first  3 300.0 2.7 0.10 1.5 8 2 0.5 -0.25 [0,0,1.5,0,0,-2] 1.01 0.002 -0.003 0.99 1
  second 8 200.0 2.0 0.07 1.5 8 2 0   0     [0,0,0,0,0,0] 1 0 0 1 0


  # version 30001

  data_particles

  loop_
  _rlnImageName #1
  _rlnOpticsGroup #2
  _rlnAngleRot #3
  _rlnAngleTilt #4
  _rlnAnglePsi #5
  _rlnOriginXAngst #6
  _rlnOriginYAngst #7
  _rlnDefocusU #8
  _rlnDefocusV #9
  _rlnDefocusAngle #10
  _rlnPhaseShift #11
  _rlnCtfBfactor #12
  _rlnCtfScalefactor #13
  _rlnRandomSubset #14
  _rlnUnknownThing #15
  000001@Extract/a.mrcs 3   30.000000   40.000000   50.000000   1.500000  -2.250000 10500.000000 10000.000000 45.000000 90.000000 20.000000 0.900000 1 keep
  000003@Extract/a.mrcs 8  -30.000000  140.000000 -150.000000   0.000000   0.000000 11500.000000 11000.000000 -5.000000  0.000000  0.000000 1.000000 2 "this too"
  000002@Extract/b.mrcs 8    0.000000    0.000000   10.000000   3.000000   3.000000 12500.000000 12000.000000  0.000000  0.000000  0.000000 1.000000 1 and
  000002@Extract/b.mrcs 8   90.000000    0.000000   10.000000   3.000000   3.000000 12500.000000 12000.000000  0.000000  0.000000  0.000000 1.000000 1 that
  000004@Extract/a.mrcs 3   10.000000   20.000000   30.000000  -4.000000   5.000000 13500.000000 13000.000000  0.000000  0.000000  0.000000 1.000000 2 last


  """
