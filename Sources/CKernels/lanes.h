// Sixteen lanes of float, and the few functions of them that the kernels need. Portable vector
// extensions: the compiler splits them into what the machine has.
#ifndef FULCRUM_LANES_H
#define FULCRUM_LANES_H
#include <stdint.h>
#include <string.h>

typedef float lanes __attribute__((vector_size(64)));
typedef int32_t int_lanes __attribute__((vector_size(64)));
typedef float four __attribute__((vector_size(16)));
typedef float eight __attribute__((vector_size(32)));

#define FULCRUM_INLINE static inline __attribute__((always_inline))

FULCRUM_INLINE lanes load(const float *p) {
  lanes v;
  memcpy(&v, p, sizeof v);
  return v;
}
FULCRUM_INLINE eight load8(const float *p) {
  eight v;
  memcpy(&v, p, sizeof v);
  return v;
}
FULCRUM_INLINE four load4(const float *p) {
  four v;
  memcpy(&v, p, sizeof v);
  return v;
}
FULCRUM_INLINE void store(float *p, lanes v) { memcpy(p, &v, sizeof v); }
FULCRUM_INLINE void store8(float *p, eight v) { memcpy(p, &v, sizeof v); }
FULCRUM_INLINE void store4(float *p, four v) { memcpy(p, &v, sizeof v); }

// Rounds to the nearest integer; |x| < 2^22.
FULCRUM_INLINE lanes nearest(lanes x) {
  const float magic = 12582912.0f;
  return (x + magic) - magic;
}

// The largest integer not above x, as float; |x| < 2^22.
FULCRUM_INLINE lanes floored(lanes x) {
  lanes r = nearest(x);
  int_lanes above = r > x; // -1 where true
  return r + __builtin_convertvector(above, lanes);
}

// The smaller and the larger of two; the second where the first is not a number.
FULCRUM_INLINE lanes smaller(lanes a, lanes b) {
  int_lanes first = a < b;
  return (lanes)(((int_lanes)a & first) | ((int_lanes)b & ~first));
}
FULCRUM_INLINE lanes larger(lanes a, lanes b) {
  int_lanes first = a > b;
  return (lanes)(((int_lanes)a & first) | ((int_lanes)b & ~first));
}

// Cosine and sine of 2 pi u, by the Taylor series in a quarter-turn-reduced argument; absolute error
// under 2e-6 for |u| < 64, set by the rounding of u.
FULCRUM_INLINE void cosine_sine_of_turns(lanes u, lanes *cosine, lanes *sine) {
  lanes quarters = nearest(u * 4.0f);
  lanes x = (u - quarters * 0.25f) * 6.28318530717958647692f; // |x| <= pi/4
  lanes x2 = x * x;
  lanes s = x * (1.0f + x2 * (-1.6666666667e-1f + x2 * (8.3333333333e-3f + x2 * -1.9841269841e-4f)));
  lanes c = 1.0f + x2 * (-0.5f + x2 * (4.1666666667e-2f +
                                        x2 * (-1.3888888889e-3f + x2 * 2.4801587302e-5f)));
  int_lanes q = __builtin_convertvector(quarters, int_lanes);
  int_lanes odd = -(q & 1);           // all ones where odd
  int_lanes negative_sine = (q & 2) << 30;         // sign bit for quarters 2, 3
  int_lanes negative_cosine = ((q + 1) & 2) << 30; // sign bit for quarters 1, 2
  int_lanes si = (int_lanes)s, ci = (int_lanes)c;
  *sine = (lanes)(((si & ~odd) | (ci & odd)) ^ negative_sine);
  *cosine = (lanes)(((ci & ~odd) | (si & odd)) ^ negative_cosine);
}

// exp(-x) for x >= 0: relative error under 2e-6; 0 beyond 80.
FULCRUM_INLINE lanes exponential_of_negative(lanes x) {
  int_lanes large = x > 80.0f;
  lanes t = x * -1.44269504088896340736f;
  lanes n = nearest(t);
  n = (lanes)((int_lanes)n & ~large);
  t = (lanes)((int_lanes)(t - n) & ~large);
  lanes p =
      1.0f +
      t * (6.9314718056e-1f +
           t * (2.4022650696e-1f +
                t * (5.5504108665e-2f +
                     t * (9.6181291076e-3f + t * (1.3333558146e-3f + t * 1.5403530393e-4f)))));
  int_lanes bits = (__builtin_convertvector(n, int_lanes) + 127) << 23;
  return (lanes)((int_lanes)(p * (lanes)bits) & ~large);
}

FULCRUM_INLINE double total(lanes v) {
  double sum = 0;
  for (int i = 0; i < 16; i++) sum += v[i];
  return sum;
}
#endif
