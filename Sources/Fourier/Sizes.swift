/// The smallest even number at or above `minimum` with no prime factor over 7, for which transforms
/// are fast.
public func goodTransformSize(atLeast minimum: Int) -> Int {
  var size = max(2, minimum + minimum % 2)
  while !hasSmallFactors(size) { size += 2 }
  return size
}

private func hasSmallFactors(_ number: Int) -> Bool {
  var rest = number
  for prime in [2, 3, 5, 7] {
    while rest % prime == 0 { rest /= prime }
  }
  return rest == 1
}

/// The signed frequency of index `index` on an axis of `size` samples in FFTW's order.
@inlinable public func signedFrequency(_ index: Int, size: Int) -> Int {
  index <= size / 2 ? index : index - size
}

/// The FFTW index of a signed frequency on an axis of `size` samples.
@inlinable public func transformIndex(_ frequency: Int, size: Int) -> Int {
  frequency >= 0 ? frequency : frequency + size
}

/// The shell of a sample by the square of its distance from the origin: the nearest whole radius.
@inlinable public func shell(ofSquare square: Int) -> Int {
  Int(Double(square).squareRoot() + 0.5)
}
