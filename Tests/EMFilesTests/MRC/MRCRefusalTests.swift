import EMFiles
import Glibc
import TestSupport
import Testing

@Suite struct MRCRefusalTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What each of the three readers says about a file.
  private func complaints(_ path: String) -> [String?] {
    [
      complaint { _ = try MRCHeader(path: path) }, complaint { _ = try MRCVolume(path: path) },
      complaint { _ = try MRCStack(path: path) },
    ]
  }

  @Test func aCutOffFileIsRefusedWithBothNumbers() throws {
    var raw = RawMRC(shape: [4, 4, 3])
    raw.values = raw.floats([Float](repeating: 1, count: 40))
    for text in complaints(try folder.write(raw.file, to: "cut.mrcs")) {
      #expect(text?.contains("2 of 3 sections") == true)
      #expect(text?.contains("1216") == true && text?.contains("1184") == true)
    }
  }

  @Test func aStackWithMoreImagesThanItsHeaderSaysIsRefused() throws {
    var raw = RawMRC(shape: [4, 4, 3])
    raw.values = raw.floats([Float](repeating: 1, count: 80))
    let path = try folder.write(raw.file, to: "more.mrcs")
    for text in [
      complaint { _ = try MRCStack(path: path) },
      complaint { _ = try MRCHeader(path: path, asStack: true) },
    ] {
      #expect(text?.contains("promises 3 images, and the file holds 5") == true)
    }
    // Behind a map the rest is only told.
    #expect(try MRCVolume(path: path).header.trailingByteCount == 32 * 4)
    #expect(try MRCHeader(path: path).trailingByteCount == 32 * 4)
  }

  @Test(
    arguments: [
      [0x7FFF_FFFF, 0x7FFF_FFFF, 0x7FFF_FFFF], [0x7FFF_FFFF, 0x7FFF_FFFF, 2],
      // The product of these is 2⁶⁴, which wraps to nothing.
      [1 << 21, 1 << 21, 1 << 20], [65536, 65536, 65536],
    ] as [[Int32]])
  func sizesThatOverflowAreRefused(shape: [Int32]) throws {
    let path = try folder.write(RawMRC(shape: shape, cell: [1, 1, 1]).file, to: "huge.mrc")
    for text in complaints(path) { #expect(text?.contains("\(shape[0]) × \(shape[1])") == true) }
  }

  @Test func anExtendedHeaderBeyondTheEndIsRefused() throws {
    var raw = RawMRC(extendedCount: .max)
    raw.values = raw.floats([1, 2, 3, 4])
    for text in complaints(try folder.write(raw.file, to: "a")) {
      #expect(text?.contains("cut") == true)
    }
    raw.extendedCount = -4
    for text in complaints(try folder.write(raw.file, to: "b")) {
      #expect(text?.contains("-4") == true)
    }
  }

  @Test(arguments: [(101, "4-bit"), (4, "complex")] as [(Int32, String)])
  func modesThatAreNotReadAreNamed(mode: Int32, name: String) throws {
    for text in complaints(try folder.write(RawMRC(mode: mode).file, to: "mode.mrc")) {
      #expect(text?.contains(name) == true)
    }
  }

  @Test func axesThatAreNoOrderAreRefused() throws {
    var raw = RawMRC(axes: [1, 1, 3])
    raw.values = raw.floats([1, 2, 3, 4])
    for text in complaints(try folder.write(raw.file, to: "axes.mrc")) {
      #expect(text?.contains("1 1 3") == true)
    }
  }

  @Test func sectionsOfNoSizeAreRefused() throws {
    for text in complaints(try folder.write(RawMRC(shape: [0, 2, 2]).file, to: "zero.mrc")) {
      #expect(text?.contains("not an MRC file") == true)
    }
  }

  @Test func otherFilesAreNamedForWhatTheyAre() throws {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 12\n"
    let cases = [
      (Array(pointer.utf8), "Git LFS"),
      (Array("Dear reader,\nthis is a letter.\n".utf8), "text file"),
      (Array("\ndata_particles\n\nloop_\n_rlnImageName #1\n".utf8), "STAR"),
      ([0x89] + Array("HDF\r\n".utf8) + [0x1A], "HDF5"), ([0x93] + Array("NUMPY".utf8), "NumPy"),
      (Array("BZh91AY".utf8), "bunzip2"), ([UInt8](repeating: 0, count: 400), "400 bytes"),
      ([UInt8](repeating: 0x05, count: 2000), "neither byte order"), ([], "0 bytes"),
    ]
    for (bytes, word) in cases {
      for text in complaints(try folder.write(bytes, to: "other.mrc")) {
        #expect(text?.contains(word) == true, "\(word): \(text ?? "accepted")")
      }
    }
  }

  @Test func foldersPipesAndDevicesAreRefusedAtOnce() throws {
    mkfifo(folder("pipe.mrc"), 0o600)
    for (path, word) in [
      (folder.path, "a folder"), (folder("pipe.mrc"), "a named pipe"), ("/dev/zero", "a device"),
      (folder("missing.mrc"), "No such file"),
    ] {
      for text in complaints(path) { #expect(text?.contains(word) == true) }
    }
  }

  @Test func arbitraryHeadersNeverTrap() throws {
    var raw = RawMRC(shape: [4, 4, 3], extended: [1, 2, 3, 4])
    raw.values = raw.floats([Float](repeating: 1, count: 48))
    let good = raw.file
    for index in Array(0..<100) + Array(208..<228) {
      for byte in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
        var changed = good
        changed[index] = byte
        let path = try folder.write(changed, to: "changed.mrc")
        _ = try? MRCVolume(path: path)
        if let stack = try? MRCStack(path: path) { _ = try stack.image(stack.count - 1) }
      }
    }
  }
}
