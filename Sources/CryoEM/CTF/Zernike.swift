/// Zernike polynomials of spatial frequency, not normalised, with k in 1/Å as the radius.
///
/// Z(m, n) = R_n^|m|(r) · cos mφ for m ≥ 0 and R_n^|m|(r) · sin |m|φ for m < 0 (Born & Wolf,
/// Principles of Optics, 9.2.1), in the order in which RELION lists the coefficients (Zivanov, Nakane
/// & Scheres, IUCrJ 7, 253, 2020).
enum Zernike {
  /// (m, n) of the odd terms: (−1,1)(1,1)(−3,3)(−1,3)(1,3)(3,3)…
  static func oddTerms(count: Int) -> [(m: Int, n: Int)] { terms(count: count, firstOrder: 1) }

  /// (m, n) of the even terms: (0,0)(−2,2)(0,2)(2,2)(−4,4)…
  static func evenTerms(count: Int) -> [(m: Int, n: Int)] { terms(count: count, firstOrder: 0) }

  private static func terms(count: Int, firstOrder: Int) -> [(m: Int, n: Int)] {
    var terms: [(m: Int, n: Int)] = []
    var n = firstOrder
    while terms.count < count {
      for m in stride(from: -n, through: n, by: 2) { terms.append((m, n)) }
      n += 2
    }
    return Array(terms.prefix(count))
  }

  /// Z(m, n) as a polynomial of kx and ky.
  static func polynomial(m: Int, n: Int) -> PlanePolynomial {
    let order = abs(m)
    let radiusSquared = {
      var p = PlanePolynomial(degree: 2)
      (p[2, 0], p[0, 2]) = (1, 1)
      return p
    }()
    // R_n^m(r) = r^m · Σ_s (−1)^s (n−s)! / (s! ((n+m)/2−s)! ((n−m)/2−s)!) · r^(n−m−2s)
    var radial = PlanePolynomial(degree: 0)
    let half = (n - order) / 2
    for s in 0...half {
      let coefficient =
        (s.isMultiple(of: 2) ? 1.0 : -1.0) * factorial(n - s)
        / (factorial(s) * factorial(half + order - s) * factorial(half - s))
      radial = radial + coefficient * radiusSquared.power(half - s)
    }
    return radial * angular(order: order, sine: m < 0)
  }

  /// r^m cos mφ or r^m sin mφ: the real or imaginary part of (x + iy)^m.
  private static func angular(order: Int, sine: Bool) -> PlanePolynomial {
    let (x, y) = (PlanePolynomial(linear: 1, 0), PlanePolynomial(linear: 0, 1))
    var (real, imaginary) = (PlanePolynomial(constant: 1), PlanePolynomial(constant: 0))
    for _ in 0..<order {
      (real, imaginary) = (real * x + (-1) * (imaginary * y), real * y + imaginary * x)
    }
    return sine ? imaginary : real
  }

  private static func factorial(_ n: Int) -> Double {
    n < 2 ? 1 : (2...n).reduce(1) { $0 * Double($1) }
  }
}
