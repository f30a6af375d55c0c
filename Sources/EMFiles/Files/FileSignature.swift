/// What the first bytes of a file say that it is, to name the mistake when it is not what was asked
/// for.
enum FileSignature: Equatable {
  /// Text of wide characters, by the name that `iconv` has for them.
  case wideText(encoding: String)
  case gitLFSPointer, gzip, bzip2, xz, hdf5, tiff, numpy, cryoSPARCStream, mrc, star, text, unknown

  /// Judges from the first bytes; 64 are enough for all but `mrc` and `star`, for which more are better.
  init(_ head: [UInt8]) {
    func begins(_ prefix: [UInt8]) -> Bool { head.starts(with: prefix) }
    if begins(Array("version https://git-lfs".utf8)) {
      self = .gitLFSPointer
    } else if begins([0x1F, 0x8B]) {
      self = .gzip
    } else if begins(Array("BZh".utf8)) {
      self = .bzip2
    } else if begins([0xFD, 0x37, 0x7A, 0x58, 0x5A]) {
      self = .xz
    } else if begins([0x89, 0x48, 0x44, 0x46]) {
      self = .hdf5
    } else if begins([0x49, 0x49, 0x2A, 0]) || begins([0x4D, 0x4D, 0, 0x2A]) {
      self = .tiff
    } else if begins([0x93] + Array("NUMPY".utf8)) {
      self = .numpy
    } else if head.count >= 6, head[0] >= 0x93, head[0] <= 0x95,
      head[1..<6].elementsEqual(Array("CSDAT".utf8))
    {
      self = .cryoSPARCStream
    } else if head.count >= 212, head[208..<212].elementsEqual(Array("MAP ".utf8)),
      head.contains(0)
    {
      self = .mrc
    } else if let encoding = wideEncoding(head) {
      self = .wideText(encoding: encoding)
    } else if head.isEmpty || !head.allSatisfy(isTextByte) {
      self = .unknown
    } else {
      self = FileSignature.hasDataBlock(head) ? .star : .text
    }
  }

  /// How a sentence goes on after "is": nil when nothing is recognised.
  var description: String? {
    switch self {
    case .wideText(let encoding): "text in \(encoding)"
    case .gitLFSPointer: "a Git LFS pointer, not the file itself"
    case .gzip: "compressed by gzip"
    case .bzip2: "compressed by bzip2"
    case .xz: "compressed by xz"
    case .hdf5: "an HDF5 file"
    case .tiff: "a TIFF image"
    case .numpy: "a NumPy array"
    case .cryoSPARCStream: "a cryoSPARC data set in stream form"
    case .mrc: "an MRC map or stack of images"
    case .star: "a STAR file"
    case .text: "a text file"
    case .unknown: nil
    }
  }

  /// What helps.
  var advice: String {
    switch self {
    case .wideText(let encoding):
      "Convert it: `iconv -f \(encoding) -t UTF-8 OLD > NEW`, or save it as UTF-8."
    case .gitLFSPointer: "Fetch it with `git lfs pull`."
    case .gzip: "Unpack it with `gunzip`."
    case .bzip2: "Unpack it with `bunzip2`."
    case .xz: "Unpack it with `unxz`."
    case .mrc: "Give the file that lists the particles, a .star or .cs file."
    default: "Check that the right file was given."
    }
  }

  private static func hasDataBlock(_ head: [UInt8]) -> Bool {
    head.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: Array("data_".utf8)) }
  }
}

/// The encoding of text whose characters have two or four bytes, by its byte order mark or by the zeros
/// between its letters; nil for anything else.
private func wideEncoding(_ head: [UInt8]) -> String? {
  if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
    return "UTF-32"
  }
  if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
  guard head.count >= 8 else { return nil }
  func isText(from first: Int) -> Bool {
    stride(from: 0, to: 8, by: 2).allSatisfy {
      isTextByte(head[first + $0]) && head[1 - first + $0] == 0
    }
  }
  return isText(from: 0) ? "UTF-16LE" : isText(from: 1) ? "UTF-16BE" : nil
}

private func isTextByte(_ byte: UInt8) -> Bool {
  byte >= 0x20 && byte != 0x7F || byte == 0x09 || byte == 0x0A || byte == 0x0D
}
