/// The FSC corrected for the correlation that a mask makes by itself: (t − r)/(1 − r), with t the
/// curve of the masked maps and r that of the masked maps whose phases were randomised from a shell
/// on (Chen et al., Ultramicroscopy 135, 24, 2013).
///
/// In and just above that shell, where the edge leaks true signal into the randomised part, the
/// curve is left as it is; where r is above t it is 0.
public func correctedCurve(
  masked: [Double], randomised: [Double], fromShell first: Int
) -> [Double] {
  masked.indices.map { shell in
    guard shell >= first + 2 else { return masked[shell] }
    let (t, r) = (masked[shell], randomised[shell])
    return r >= t ? 0 : (t - r) / (1 - r)
  }
}
