import CZlib

/// Bytes packed as a zlib stream (RFC 1950); empty where the library has no memory for it.
public func deflated(_ bytes: [UInt8]) -> [UInt8] {
  var count = compressBound(UInt(bytes.count))
  var packed = [UInt8](repeating: 0, count: Int(count))
  let status = compress2(&packed, &count, bytes, UInt(bytes.count), 6)
  return status == Z_OK ? Array(packed.prefix(Int(count))) : []
}
