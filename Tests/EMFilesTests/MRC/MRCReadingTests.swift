import CZlib
import EMFiles
import Glibc
import TestSupport
import Testing

@Suite struct MRCReadingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [true, false], [nil, [0, 0, 0, 0], [0x44, 0x44, 0, 0], [0x11, 0x11, 0, 0]])
  func bothByteOrdersReadWhateverTheStampSays(isLittle: Bool, stamp: [UInt8]?) throws {
    var raw = RawMRC(shape: [3, 2, 2], cell: [6, 3, 2], isLittleEndian: isLittle, stamp: stamp)
    let numbers = (0..<12).map { Float($0) * 1.5 - 4 }
    raw.values = raw.floats(numbers)
    let volume = try MRCVolume(path: folder.write(raw.file, to: "a.mrc"))
    #expect(volume.voxels == numbers)
    #expect(volume.size == SIMD3(3, 2, 2))
    #expect(volume.voxelSize == SIMD3(2, 1.5, 1))
  }

  @Test(arguments: [true, false])
  func integersOfEveryModeRead(isLittle: Bool) throws {
    var raw = RawMRC(shape: [2, 2, 1], isLittleEndian: isLittle)
    raw.mode = 0
    raw.values = raw.bytes([Int8(-128), -1, 0, 127])
    #expect(try MRCVolume(path: folder.write(raw.file, to: "0")).voxels == [-128, -1, 0, 127])
    raw.mode = 1
    raw.values = raw.bytes([Int16(-32768), -2, 3, 32767])
    #expect(try MRCVolume(path: folder.write(raw.file, to: "1")).voxels == [-32768, -2, 3, 32767])
    raw.mode = 6
    raw.values = raw.bytes([UInt16(0), 1, 40000, 65535])
    #expect(try MRCVolume(path: folder.write(raw.file, to: "6")).voxels == [0, 1, 40000, 65535])
  }

  @Test(arguments: [true, false])
  func everyHalfPrecisionNumberReadsAsTheLanguageHasIt(isLittle: Bool) throws {
    var raw = RawMRC(shape: [256, 256, 1], mode: 12, isLittleEndian: isLittle)
    let all = (0...UInt16.max).map { $0 }
    raw.values = raw.bytes(all)
    let voxels = try MRCVolume(path: folder.write(raw.file, to: "12.mrc")).voxels
    let wrong = all.filter { bits in
      let expected = Float(Float16(bitPattern: bits))
      let got = voxels[Int(bits)]
      return expected.isNaN ? !got.isNaN : got.bitPattern != expected.bitPattern
    }
    #expect(wrong.isEmpty)
  }

  @Test(
    arguments: [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] as [[Int32]])
  func anyAxisOrderGivesXFastest(axes: [Int32]) throws {
    // Voxel (x, y, z) has the value x + 10 y + 100 z; the loops below follow the definition.
    let size = [2, 3, 4]
    var raw = RawMRC(
      shape: axes.map { Int32(size[Int($0) - 1]) }, sampling: [2, 3, 4], cell: [2, 6, 12],
      axes: axes)
    var stored: [Float] = []
    for section in 0..<raw.shape[2] {
      for row in 0..<raw.shape[1] {
        for column in 0..<raw.shape[0] {
          var voxel = [0, 0, 0]
          for (axis, index) in zip(axes, [column, row, section]) {
            voxel[Int(axis) - 1] = Int(index)
          }
          stored.append(Float(voxel[0] + 10 * voxel[1] + 100 * voxel[2]))
        }
      }
    }
    raw.values = raw.floats(stored)
    let volume = try MRCVolume(path: folder.write(raw.file, to: "axes.mrc"))
    #expect(volume.size == SIMD3(2, 3, 4))
    #expect(volume.voxelSize == SIMD3(1, 2, 3))
    for z in 0..<4 {
      for y in 0..<3 {
        for x in 0..<2 {
          #expect(volume.voxels[(z * 3 + y) * 2 + x] == Float(x + 10 * y + 100 * z))
        }
      }
    }
  }

  @Test func theExtendedHeaderIsSkipped() throws {
    var raw = RawMRC(extended: [UInt8](repeating: 7, count: 160))
    raw.values = raw.floats([1, 2, 3, 4])
    let path = try folder.write(raw.file, to: "extended.mrc")
    #expect(try MRCVolume(path: path).voxels == [1, 2, 3, 4])
    #expect(try MRCStack(path: path).image(0) == [1, 2, 3, 4])
  }

  @Test func packedMapsRead() throws {
    var raw = RawMRC(shape: [4, 4, 4], cell: [4, 4, 4], extended: [1, 2, 3])
    raw.values = raw.floats((0..<64).map { Float($0) })
    let path = try pack(raw.file, "map.mrc.gz")
    #expect(try MRCVolume(path: path).voxels == (0..<64).map { Float($0) })
    #expect(try MRCHeader(path: path).sections == 4)
    let stack = complaint { _ = try MRCStack(path: path) }
    #expect(stack?.contains("gunzip") == true)
    let cut = try folder.write(Array(contents(path).dropLast(30)), to: "cut.mrc.gz")
    #expect(complaint { _ = try MRCVolume(path: cut) }?.contains("cut") == true)
  }

  @Test func aPackedMapThatPromisesTheWorldIsRefused() throws {
    let raw = RawMRC(shape: [2000, 2000, 2000])
    let path = try pack(raw.file, "bomb.mrc.gz")
    let text = complaint { _ = try MRCVolume(path: path) }
    #expect(text?.contains("2000 × 2000 × 2000") == true)
  }

  private func pack(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = folder(name)
    let stream = try #require(gzopen(path, "wb"))
    gzwrite(stream, bytes, UInt32(bytes.count))
    gzclose(stream)
    return path
  }
}
