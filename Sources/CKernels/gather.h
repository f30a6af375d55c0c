// Reading a Hermitian half-grid at sixteen points: values and gradients.
#ifndef FULCRUM_GATHER_H
#define FULCRUM_GATHER_H
#include "include/CKernels.h"
#include "lanes.h"

// Where sixteen points lie: the index of the first tap, the fractions, and the sign of the fold
// (-1 where the point lies at x < 0 and the mate at -q is read instead).
typedef struct {
  lanes x, y, z;    // the points, grid units, unfolded
  lanes sign;       // of the fold
  lanes fx, fy, fz; // fractions
  int32_t first[16]; // index of the tap at floor - 1 on each axis, in samples
  int32_t plane[16]; // z index of that tap
} located;

// Where points go: q = m k, and from there along `bend` times the square of q; null for planes.
FULCRUM_INLINE located locate_bent(lanes kx, lanes ky, const float m[6], const float *bend,
                                   int radius) {
  located at;
  at.x = m[0] * kx + m[1] * ky;
  at.y = m[2] * kx + m[3] * ky;
  at.z = m[4] * kx + m[5] * ky;
  if (bend) {
    lanes square = at.x * at.x + at.y * at.y + at.z * at.z;
    at.x += bend[0] * square;
    at.y += bend[1] * square;
    at.z += bend[2] * square;
  }
  int_lanes below = at.x < 0.0f;
  at.sign = 1.0f + 2.0f * __builtin_convertvector(below, lanes);
  // Grids have room for all points; whatever a caller does, nothing beyond the border is touched.
  const float low = -(float)radius, high = (float)radius + 0.999f;
  const lanes lows = (lanes){0} + low, highs = (lanes){0} + high;
  lanes x = smaller(at.x * at.sign, highs);
  lanes y = larger(smaller(at.y * at.sign, highs), lows);
  lanes z = larger(smaller(at.z * at.sign, highs), lows);
  lanes bx = floored(x), by = floored(y), bz = floored(z);
  at.fx = x - bx;
  at.fy = y - by;
  at.fz = z - bz;
  int_lanes ix = __builtin_convertvector(bx, int_lanes);
  int_lanes iy = __builtin_convertvector(by, int_lanes) + radius;
  int_lanes iz = __builtin_convertvector(bz, int_lanes) + radius;
  int32_t width = (int32_t)fulcrum_grid_width(radius), extent = (int32_t)fulcrum_grid_extent(radius);
  int_lanes first = (iz * extent + iy) * width + ix;
  memcpy(at.first, &first, sizeof first);
  memcpy(at.plane, &iz, sizeof iz);
  return at;
}

FULCRUM_INLINE located locate(lanes kx, lanes ky, const float m[6], int radius) {
  return locate_bent(kx, ky, m, 0, radius);
}

// Asks for the samples around sixteen points before they are read: a slice crosses the rows of a grid
// so that most of its samples are not in the nearest cache.
FULCRUM_INLINE void fetch_cubic(const float *grid, int radius, const located *at) {
  const long row = 2 * fulcrum_grid_width(radius), plane = row * fulcrum_grid_extent(radius);
  for (int i = 0; i < 16; i++) {
    const float *p = grid + 2 * (long)at->first[i];
    for (int c = 0; c < 4; c++)
      for (int b = 0; b < 4; b++) __builtin_prefetch(p + c * plane + b * row);
  }
}

// The four weights of a cubic B-spline at sixteen fractions, and their derivatives.
typedef struct {
  float value[4][16];
  float slope[4][16];
} spline_weights;

FULCRUM_INLINE void cubic_values(lanes t, float value[4][16]) {
  const float sixth = 1.0f / 6.0f;
  lanes u = 1.0f - t, t2 = t * t, u2 = u * u;
  store(value[0], u2 * u * sixth);
  store(value[1], (4.0f + t2 * (3.0f * t - 6.0f)) * sixth);
  store(value[2], (4.0f + u2 * (3.0f * u - 6.0f)) * sixth);
  store(value[3], t2 * t * sixth);
}

// The four weights at one fraction.
FULCRUM_INLINE void cubic_weights(float t, float value[4]) {
  const float sixth = 1.0f / 6.0f, u = 1.0f - t, t2 = t * t, u2 = u * u;
  value[0] = u2 * u * sixth;
  value[1] = (4.0f + t2 * (3.0f * t - 6.0f)) * sixth;
  value[2] = (4.0f + u2 * (3.0f * u - 6.0f)) * sixth;
  value[3] = t2 * t * sixth;
}

FULCRUM_INLINE void cubic_slopes(lanes t, float slope[4][16]) {
  lanes u = 1.0f - t;
  store(slope[0], u * u * -0.5f);
  store(slope[1], t * (1.5f * t - 2.0f));
  store(slope[2], u * (2.0f - 1.5f * u));
  store(slope[3], t * t * 0.5f);
}

// Values (and gradients in grid units) at sixteen points, of the unfolded grid: real and imaginary
// part of the value and of its derivatives by x, y and z.
typedef struct {
  lanes vr, vi, xr, xi, yr, yi, zr, zi;
} gathered;

FULCRUM_INLINE eight pairs(float a, float b, float c, float d) {
  return (eight){a, a, b, b, c, c, d, d};
}

// Sums the real lanes and the imaginary lanes of four interleaved complex numbers.
FULCRUM_INLINE void fold_pairs(eight v, float *real, float *imaginary) {
  four low = __builtin_shufflevector(v, v, 0, 1, 2, 3), high = __builtin_shufflevector(v, v, 4, 5, 6, 7);
  four sum = low + high;
  *real = sum[0] + sum[2];
  *imaginary = sum[1] + sum[3];
}

// Sums the complex lanes of four vectors of four interleaved complex numbers.
FULCRUM_INLINE eight fold_four(eight a, eight b, eight c, eight d) {
  eight ab = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) +
             __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  eight cd = __builtin_shufflevector(c, d, 0, 1, 8, 9, 4, 5, 12, 13) +
             __builtin_shufflevector(c, d, 2, 3, 10, 11, 6, 7, 14, 15);
  return __builtin_shufflevector(ab, cd, 0, 1, 2, 3, 8, 9, 10, 11) +
         __builtin_shufflevector(ab, cd, 4, 5, 6, 7, 12, 13, 14, 15);
}

// Columns of eight rows.
FULCRUM_INLINE void transpose8(const float rows[8][8], eight columns[8]) {
  eight t[8], u[8];
  for (int i = 0; i < 4; i++) {
    eight a = load8(rows[2 * i]), b = load8(rows[2 * i + 1]);
    t[2 * i] = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
    t[2 * i + 1] = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 2; j++) {
      eight a = t[4 * i + j], b = t[4 * i + 2 + j];
      u[4 * i + 2 * j] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
      u[4 * i + 2 * j + 1] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  for (int i = 0; i < 4; i++) {
    columns[i] = __builtin_shufflevector(u[i], u[4 + i], 0, 1, 2, 3, 8, 9, 10, 11);
    columns[4 + i] = __builtin_shufflevector(u[i], u[4 + i], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// Rows of eight numbers for sixteen points, as eight vectors of lanes.
FULCRUM_INLINE gathered by_quantity(float rows[16][8]) {
  eight low[8], high[8];
  transpose8((const float(*)[8])rows, low);
  transpose8((const float(*)[8])rows + 8, high);
  lanes v[8];
  for (int j = 0; j < 8; j++)
    v[j] = __builtin_shufflevector(low[j], high[j], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                                   15);
  return (gathered){v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]};
}

FULCRUM_INLINE void gather_cubic_gradients(const float *grid, int radius, const located *at,
                                           gathered *out) {
  fetch_cubic(grid, radius, at);
  spline_weights wx, wy, wz;
  cubic_values(at->fx, wx.value);
  cubic_slopes(at->fx, wx.slope);
  cubic_values(at->fy, wy.value);
  cubic_slopes(at->fy, wy.slope);
  cubic_values(at->fz, wz.value);
  cubic_slopes(at->fz, wz.slope);
  const long row = 2 * fulcrum_grid_width(radius), plane = row * fulcrum_grid_extent(radius);
  float rows[16][8];
  for (int i = 0; i < 16; i++) {
    const float *p = grid + 2 * (long)at->first[i];
    eight value = {0}, along_y = {0}, along_z = {0};
    for (int c = 0; c < 4; c++) {
      const float *q = p + c * plane;
      eight r0 = load8(q), r1 = load8(q + row), r2 = load8(q + 2 * row), r3 = load8(q + 3 * row);
      eight v = r0 * wy.value[0][i] + r1 * wy.value[1][i] + r2 * wy.value[2][i] + r3 * wy.value[3][i];
      eight d = r0 * wy.slope[0][i] + r1 * wy.slope[1][i] + r2 * wy.slope[2][i] + r3 * wy.slope[3][i];
      value += v * wz.value[c][i];
      along_y += d * wz.value[c][i];
      along_z += v * wz.slope[c][i];
    }
    eight across = pairs(wx.value[0][i], wx.value[1][i], wx.value[2][i], wx.value[3][i]);
    eight slope = pairs(wx.slope[0][i], wx.slope[1][i], wx.slope[2][i], wx.slope[3][i]);
    store8(rows[i], fold_four(value * across, value * slope, along_y * across, along_z * across));
  }
  *out = by_quantity(rows);
}

FULCRUM_INLINE void gather_cubic(const float *grid, int radius, const located *at, float *vr,
                                 float *vi) {
  fetch_cubic(grid, radius, at);
  spline_weights wx, wy, wz;
  cubic_values(at->fx, wx.value);
  cubic_values(at->fy, wy.value);
  cubic_values(at->fz, wz.value);
  const long row = 2 * fulcrum_grid_width(radius), plane = row * fulcrum_grid_extent(radius);
  for (int i = 0; i < 16; i++) {
    const float *p = grid + 2 * (long)at->first[i];
    eight value = {0};
    for (int c = 0; c < 4; c++) {
      const float *q = p + c * plane;
      eight v = load8(q) * wy.value[0][i] + load8(q + row) * wy.value[1][i] +
                load8(q + 2 * row) * wy.value[2][i] + load8(q + 3 * row) * wy.value[3][i];
      value += v * wz.value[c][i];
    }
    fold_pairs(value * pairs(wx.value[0][i], wx.value[1][i], wx.value[2][i], wx.value[3][i]), &vr[i],
               &vi[i]);
  }
}

FULCRUM_INLINE void gather_linear_gradients(const float *grid, int radius, const located *at,
                                            gathered *out) {
  const long row = 2 * fulcrum_grid_width(radius), plane = row * fulcrum_grid_extent(radius);
  const long inner = plane + row + 2;
  float rows[16][8];
  for (int i = 0; i < 16; i++) {
    const float *p = grid + 2 * (long)at->first[i] + inner;
    float fx = at->fx[i], fy = at->fy[i], fz = at->fz[i];
    four r0 = load4(p), r1 = load4(p + row), r2 = load4(p + plane), r3 = load4(p + plane + row);
    four d01 = r1 - r0, d23 = r3 - r2;
    four a = r0 + d01 * fy, b = r2 + d23 * fy;
    four along_z = b - a, along_y = d01 + (d23 - d01) * fz, c = a + along_z * fz;
    rows[i][0] = c[0] + (c[2] - c[0]) * fx;
    rows[i][1] = c[1] + (c[3] - c[1]) * fx;
    rows[i][2] = c[2] - c[0];
    rows[i][3] = c[3] - c[1];
    rows[i][4] = along_y[0] + (along_y[2] - along_y[0]) * fx;
    rows[i][5] = along_y[1] + (along_y[3] - along_y[1]) * fx;
    rows[i][6] = along_z[0] + (along_z[2] - along_z[0]) * fx;
    rows[i][7] = along_z[1] + (along_z[3] - along_z[1]) * fx;
  }
  *out = by_quantity(rows);
}

FULCRUM_INLINE void gather_linear(const float *grid, int radius, const located *at, float *vr,
                                  float *vi) {
  const long row = 2 * fulcrum_grid_width(radius), plane = row * fulcrum_grid_extent(radius);
  const long inner = plane + row + 2;
  for (int i = 0; i < 16; i++) {
    const float *p = grid + 2 * (long)at->first[i] + inner;
    float fx = at->fx[i], fy = at->fy[i], fz = at->fz[i];
    four r0 = load4(p), r1 = load4(p + row), r2 = load4(p + plane), r3 = load4(p + plane + row);
    four a = r0 + (r1 - r0) * fy, b = r2 + (r3 - r2) * fy, c = a + (b - a) * fz;
    vr[i] = c[0] + (c[2] - c[0]) * fx;
    vi[i] = c[1] + (c[3] - c[1]) * fx;
  }
}

// Values of the model at sixteen points, the fold undone.
FULCRUM_INLINE void values_at(const float *grid, int radius, enum fulcrum_interpolation how,
                              const located *at, lanes *re, lanes *im) {
  float vr[16], vi[16];
  if (how == fulcrum_cubic)
    gather_cubic(grid, radius, at, vr, vi);
  else
    gather_linear(grid, radius, at, vr, vi);
  *re = load(vr);
  *im = load(vi) * at->sign;
}
#endif
