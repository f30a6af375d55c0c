/// The engine's inner loops: slices of a reference's transform, scores with their derivatives, and
/// insertion. Nothing here allocates, locks, calls the mathematical library or knows a file.
///
/// A *grid* is half of a Hermitian cube of Fourier samples around the origin, up to `radius` grid
/// units on each axis, with one sample of margin below and two above, so that four taps always fit:
/// x = -1 ... radius + 2 (fastest), y and z = -radius - 1 ... radius + 2. Complex grids are
/// interleaved (re, im). `fulcrum_grid_width` and `fulcrum_grid_extent` give the number of samples.
///
/// *Points* are the pixels of an image's half-plane: planar arrays kx, ky in pixels of the image's
/// transform, `count` of them, count a multiple of 16, with `factor` zero where an array is padded.
/// A 3x2 matrix m (rows x, y, z) takes them to grid units: q = m (kx, ky).
#ifndef FULCRUM_CKERNELS_H
#define FULCRUM_CKERNELS_H
#include <stddef.h>
#include <stdint.h>

/// How a grid is interpolated: 2 taps an axis or 4.
enum fulcrum_interpolation { fulcrum_trilinear = 0, fulcrum_cubic = 1 };

/// Samples along x, and along y and z, of a grid of the given radius.
static inline long fulcrum_grid_width(int radius) { return radius + 4; }
static inline long fulcrum_grid_extent(int radius) { return 2 * (long)radius + 4; }

/// The planar pixels of one packed image: z = conj-weighted data, w = weight; see `fulcrum_evaluate`.
typedef struct {
  const float *real;
  const float *imaginary;
  const float *weight;
} fulcrum_image;

/// The sampling points that all images of a run share.
typedef struct {
  const float *kx;
  const float *ky;
  /// Factor for data and weight of each point: changes of the noise spectrum since packing, zero
  /// beyond the band and in the padding.
  const float *factor;
  int count;
} fulcrum_points;

/// Number of sums that `fulcrum_evaluate` returns.
enum { fulcrum_sum_count = 27 };

/// Sums over the points for the model P(k) exp(-2 pi i (k . shift)), with z, w of `image`:
/// sums[0] = Re <P, z>, sums[1] = sum w |P|^2;
/// sums[2...6] = Re <J_j, z>, sums[7...11] = sum w Re(conj(J_j) P);
/// sums[12...26] = sum w Re(conj(J_j) J_l) for l >= j, row by row;
/// J_0...2 the derivative by a rotation vector of dR (A -> A dR), radians; J_3, J_4 by the shift in
/// radians of phase per pixel of k (multiply by 2 pi / (box edge) for a length).
void fulcrum_evaluate(const float *grid, int radius, enum fulcrum_interpolation interpolation,
                      fulcrum_points points, fulcrum_image image, const float m[6],
                      const float shift[2], double sums[27]);

/// The first two sums of `fulcrum_evaluate` alone.
void fulcrum_score(const float *grid, int radius, enum fulcrum_interpolation interpolation,
                   fulcrum_points points, fulcrum_image image, const float m[6],
                   const float shift[2], double sums[2]);

/// The slice itself, without shift or factor: planar values at the points.
void fulcrum_slice(const float *grid, int radius, enum fulcrum_interpolation interpolation,
                   const float *kx, const float *ky, int count, const float m[6], float *real,
                   float *imaginary);

/// The products conj(P) z factor at the points, planar, and sum w |P|^2 factor as the result; what
/// a scan over shifts of one slice needs.
double fulcrum_products(const float *grid, int radius, enum fulcrum_interpolation interpolation,
                        fulcrum_points points, fulcrum_image image, const float m[6], float *real,
                        float *imaginary);

/// Per point, without the factor: Re(conj(P) z exp(+2 pi i k . shift)), w |P|^2 and
/// |z exp(+2 pi i k . shift) - scale w P|^2, planar.
void fulcrum_terms(const float *grid, int radius, enum fulcrum_interpolation interpolation,
                   fulcrum_points points, fulcrum_image image, const float m[6],
                   const float shift[2], float scale, float *cross, float *power,
                   float *residual);

/// A sample of an image where it goes: the index of its first tap (floor - 1 on each axis) in sums
/// that are laid out in slabs, the fractions, and the numbers in quanta.
typedef struct {
  int32_t first;
  float fx, fy, fz;
  float real, imaginary, weight;
  int32_t unused;
} fulcrum_sample;

/// Planes that neighbouring slabs have in common: slab s of p planes adds to planes p s + 1 ... p s + p + 1
/// with two taps, and to p s ... p s + p + 2 with four.
static inline long fulcrum_shared_planes(enum fulcrum_interpolation interpolation) {
  return interpolation == fulcrum_cubic ? 3 : 1;
}

/// The samples of an image, sorted by the slab of `planes` grid planes in which their first tap lies:
/// data z exp(+2 pi i k . shift) damping data_scale and weights w weight_scale, both within +-2^30;
/// damping = exp(-(d0 kx^2 + d1 kx ky + d2 ky^2)). With `bend` a point goes to q + bend |q|^2, q = m k,
/// as on a sphere; without (null), to q. Those of slab s are samples[starts[s]] up to
/// samples[starts[s + 1]]; `slabs` is room for a number for each point, `starts` has slab_count + 1.
/// In the sums plane z of slab s stands at plane z + s fulcrum_shared_planes(): no two slabs add to the
/// same place.
void fulcrum_place(int radius, enum fulcrum_interpolation interpolation, int planes, int slab_count,
                   fulcrum_points points, fulcrum_image image, const float m[6], const float *bend,
                   const float shift[2], const float damping[3], float data_scale,
                   float weight_scale, uint16_t *slabs, int32_t *starts, fulcrum_sample *samples);

/// Adds samples to sums of three whole numbers a grid sample: numerator (re, im) and denominator. The
/// adjoint of `fulcrum_slice`. Each contribution is rounded to a whole number by itself, so that the
/// sums do not depend on any order.
void fulcrum_add(int64_t *sums, int radius, enum fulcrum_interpolation interpolation,
                 const fulcrum_sample *samples, int count);

/// Scores Re sum products exp(+2 pi i k . shift) on a rectangular lattice of shifts, shift(ix, iy) =
/// (first_x + ix step_x, first_y + iy step_y) in turns per pixel of k, by contracting kx, then ky.
/// columns and rows are the integer kx >= 0 and ky + band of each point; scratch holds
/// 2 (band + 1) (2 band + 1) + 2 nx (2 band + 1) floats; scores has nx * ny values, x fastest.
void fulcrum_shift_scores(const float *real, const float *imaginary, const int16_t *columns,
                          const int16_t *rows, int count, int band, float first_x, float step_x,
                          int nx, float first_y, float step_y, int ny, float *scratch,
                          float *scores);

/// The instruction set that this machine's kernels use, for reports.
const char *fulcrum_instruction_set(void);

/// Runs `rounds` fused multiply-adds on each of ten vectors of sixteen floats in place: the arithmetic
/// that a kernel can reach at most, for benchmarks.
void fulcrum_multiply_add(float *lanes, int rounds);
#endif
