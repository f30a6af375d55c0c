import Dispatch
import EMFiles
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite struct MRCStackTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [MRCMode.float32, .float16])
  func whatIsWrittenIsRead(mode: MRCMode) throws {
    let path = folder("stack.mrcs")
    let writer = try MRCStackWriter(path: path, width: 6, height: 4, pixelSize: 1.25, mode: mode)
    // Multiples of 1/8 under 64 are exact in half precision.
    let images = (0..<5).map { image in (0..<24).map { Float($0 + image * 24) / 8 - 5 } }
    for image in images { try writer.append(image) }
    #expect(folder.names().contains("stack.mrcs") == false, "nothing is there before the end")
    try writer.finish()
    #expect(folder.names() == ["stack.mrcs"])
    let stack = try MRCStack(path: path)
    #expect((stack.count, stack.width, stack.height) == (5, 6, 4))
    #expect(stack.pixelSize == 1.25)
    #expect(stack.header.mode == mode)
    for (index, image) in images.enumerated() { #expect(try stack.image(index) == image) }
    let all = images.flatMap { $0 }
    let mean = all.reduce(0, +) / Float(all.count)
    #expect(stack.header.minimum == -5)
    #expect(stack.header.maximum == all.last)
    #expect(abs(stack.header.mean - mean) < 1e-5)
    let squares = all.map { ($0 - mean) * ($0 - mean) }
    #expect(abs(stack.header.rms - (squares.reduce(0, +) / Float(all.count)).squareRoot()) < 1e-4)
    #expect(stack.header.labels.first?.hasPrefix("Fulcrum ") == true)
  }

  @Test func theWriterPutsFieldsWhereTheFormatHasThem() throws {
    let path = folder("map.mrc")
    try MRCVolume.write(
      [Float](repeating: 2, count: 24), size: SIMD3(4, 3, 2), voxelSize: 1.5,
      origin: SIMD3(1, 2, 3), to: path)
    let bytes = try contents(path)
    #expect(bytes.count == 1024 + 96)
    func int(_ offset: Int) -> Int32 {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Int32.self) }
    }
    func float(_ offset: Int) -> Float { Float(bitPattern: UInt32(bitPattern: int(offset))) }
    #expect([0, 4, 8, 12].map(int) == [4, 3, 2, 2])
    #expect([28, 32, 36].map(int) == [4, 3, 2])
    #expect([40, 44, 48, 52, 56, 60].map(float) == [6, 4.5, 3, 90, 90, 90])
    #expect([64, 68, 72, 88, 92, 108].map(int) == [1, 2, 3, 1, 0, 20140])
    #expect([76, 80, 84, 216].map(float) == [2, 2, 2, 0])
    #expect([196, 200, 204].map(float) == [1, 2, 3])
    #expect(Array(bytes[208..<216]) == Array("MAP ".utf8) + [0x44, 0x44, 0, 0])
    let back = try MRCVolume(path: path)
    #expect(back.voxels == [Float](repeating: 2, count: 24))
    #expect(back.voxelSize == SIMD3(1.5, 1.5, 1.5))
  }

  @Test func valuesBeyondHalfPrecisionAreRefusedAndNothingIsLeft() throws {
    let text = complaint {
      try MRCVolume.write(
        [0, 70000], size: SIMD3(2, 1, 1), voxelSize: 1, mode: .float16, to: folder("big.mrc"))
    }
    #expect(text?.contains("70000") == true)
    #expect(folder.names().isEmpty)
  }

  @Test func statisticsAreThoseOfTheStoredValues() throws {
    let path = folder("half.mrc")
    // 6.76 lies between 6.7578125 and 6.76171875, the next numbers of half precision.
    try MRCVolume.write([1, 6.76], size: SIMD3(2, 1, 1), voxelSize: 1, mode: .float16, to: path)
    let volume = try MRCVolume(path: path)
    #expect(volume.voxels == [1, 6.76171875])
    #expect(volume.header.maximum == 6.76171875)
  }

  @Test func nonFiniteVoxelsAreFound() throws {
    let path = folder("nan.mrc")
    try MRCVolume.write([0, 1, .nan, 2], size: SIMD3(2, 2, 1), voxelSize: 1, to: path)
    #expect(try MRCVolume(path: path).firstNonFinite == 2)
  }

  @Test func manyThreadsReadTheirOwnImages() throws {
    let path = folder("many.mrcs")
    let writer = try MRCStackWriter(path: path, width: 8, height: 8, pixelSize: 1, mode: .float16)
    for image in 0..<64 { try writer.append([Float](repeating: Float(image), count: 64)) }
    try writer.finish()
    let stack = try MRCStack(path: path)
    let wrong = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 512) { turn in
      let index = turn * 31 % 64
      let image = try? stack.image(index)
      if image != [Float](repeating: Float(index), count: 64) {
        wrong.add(1, ordering: .relaxed)
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  @Test func anImageThatIsNotThereIsAnError() throws {
    var raw = RawMRC(shape: [2, 2, 2])
    raw.values = raw.floats((0..<8).map { Float($0) })
    let path = try folder.write(raw.file, to: "two.mrcs")
    let stack = try MRCStack(path: path)
    for index in [-1, 2] {
      #expect(complaint { _ = try stack.image(index) }?.contains("has 2 images") == true)
    }
    truncate(path, 1024 + 20)
    #expect(complaint { _ = try stack.image(1) }?.contains("image 2: cut off") == true)
  }
}
