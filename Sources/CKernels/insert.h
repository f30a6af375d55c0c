// Insertion of packed images into a Fourier grid: the adjoint of the slice.
#include "gather.h"

// Asks for the samples that sixteen points add to, before the arithmetic on the points is done: a
// slice crosses the rows of a grid so that most of its samples are not in the nearest cache.
FULCRUM_INLINE void fetch_sums(const float *sums, int radius, const located *at, int begin, int end) {
  const long row = 3 * fulcrum_grid_width(radius), plane = row * fulcrum_grid_extent(radius);
  for (int p = 0; p < 16; p++) {
    const float *first = sums + 3 * (long)at->first[p];
    for (int c = begin; c < end; c++)
      for (int b = begin; b < end; b++)
        __builtin_prefetch(first + c * plane + b * row + 3 * begin, 1);
  }
}

// Adds to the eight samples around a point; `sums` is the tap at floor on each axis.
FULCRUM_INLINE void add_linear(float *sums, long row, long plane, int z, int z_begin, int z_end,
                               float re, float im, float w, float fx, float fy, float fz) {
  // The two samples along x lie side by side; the last two numbers belong to the next and get nothing.
  const float gx = 1.0f - fx;
  eight data = (eight){re, im, w, re, im, w, 0, 0} * (eight){gx, gx, gx, fx, fx, fx, 0, 0};
  eight upper = data * fz, lower = data - upper;
  if (z >= z_begin && z < z_end) {
    eight far = lower * fy;
    store8(sums, load8(sums) + (lower - far));
    store8(sums + row, load8(sums + row) + far);
  }
  if (z + 1 >= z_begin && z + 1 < z_end) {
    eight far = upper * fy;
    sums += plane;
    store8(sums, load8(sums) + (upper - far));
    store8(sums + row, load8(sums + row) + far);
  }
}

void KERNEL(fulcrum_insert)(float *sums, int radius, enum fulcrum_interpolation how,
                    fulcrum_points points, fulcrum_image image, const float m[6],
                    const float shift[2], const float damping[3], float scale,
                    float sample_weight, int z_begin, int z_end) {
  const long row = 3 * fulcrum_grid_width(radius), plane = row * fulcrum_grid_extent(radius);
  const float data_scale = scale * sample_weight, weight_scale = scale * scale * sample_weight;
  for (int i = 0; i < points.count; i += 16) {
    lanes kx = load(points.kx + i), ky = load(points.ky + i);
    located at = locate(kx, ky, m, radius);
    if (how == fulcrum_cubic)
      fetch_sums(sums, radius, &at, 0, 4);
    else
      fetch_sums(sums, radius, &at, 1, 3);
    lanes cosine, sine;
    cosine_sine_of_turns(kx * shift[0] + ky * shift[1], &cosine, &sine);
    lanes decay = exponential_of_negative(damping[0] * kx * kx + damping[1] * kx * ky +
                                          damping[2] * ky * ky);
    lanes factor = load(points.factor + i);
    lanes yr = load(image.real + i) * factor, yi = load(image.imaginary + i) * factor;
    decay *= data_scale;
    float zr[16], zi[16], w[16];
    store(zr, (yr * cosine - yi * sine) * decay);
    store(zi, (yr * sine + yi * cosine) * decay * at.sign);
    store(w, load(image.weight + i) * factor * weight_scale);
    if (how == fulcrum_trilinear) {
      for (int p = 0; p < 16; p++)
        add_linear(sums + 3 * (long)at.first[p] + plane + row + 3, row, plane, at.plane[p] + 1,
                   z_begin, z_end, zr[p], zi[p], w[p], at.fx[p], at.fy[p], at.fz[p]);
      continue;
    }
    float wx[4][16], wy[4][16], wz[4][16];
    cubic_values(at.fx, wx);
    cubic_values(at.fy, wy);
    cubic_values(at.fz, wz);
    for (int p = 0; p < 16; p++) {
      four across = {wx[0][p], wx[1][p], wx[2][p], wx[3][p]};
      eight data = __builtin_shufflevector(across, across, 0, 0, 0, 1, 1, 1, 2, 2) *
                   (eight){zr[p], zi[p], w[p], zr[p], zi[p], w[p], zr[p], zi[p]};
      four rest = __builtin_shufflevector(across, across, 2, 3, 3, 3) *
                  (four){w[p], zr[p], zi[p], w[p]};
      for (int c = 0; c < 4; c++) {
        int z = at.plane[p] + c;
        if (z < z_begin || z >= z_end) continue;
        for (int b = 0; b < 4; b++) {
          float *n = sums + 3 * (long)at.first[p] + c * plane + b * row;
          float both = wz[c][p] * wy[b][p];
          store8(n, load8(n) + data * both);
          store4(n + 8, load4(n + 8) + rest * both);
        }
      }
    }
  }
}

FULCRUM_INLINE void phasor(float turns, float *re, float *im) {
  lanes u = {turns}, c, s;
  cosine_sine_of_turns(u, &c, &s);
  *re = c[0];
  *im = s[0];
}

void KERNEL(fulcrum_shift_scores)(const float *real, const float *imaginary, const int16_t *columns,
                          const int16_t *rows, int count, int band, float first_x, float step_x,
                          int nx, float first_y, float step_y, int ny, float *scratch,
                          float *scores) {
  const int height = 2 * band + 1;
  float *dense_re = scratch, *dense_im = dense_re + (band + 1) * height;
  float *part_re = dense_im + (band + 1) * height, *part_im = part_re + nx * height;
  memset(scratch, 0, sizeof(float) * 2 * (size_t)(band + 1) * (size_t)height);
  for (int i = 0; i < count; i++) {
    dense_re[columns[i] * height + rows[i]] += real[i];
    dense_im[columns[i] * height + rows[i]] += imaginary[i];
  }
  for (int ix = 0; ix < nx; ix++) {
    float *pr = part_re + ix * height, *pi = part_im + ix * height;
    for (int y = 0; y < height; y++) pr[y] = pi[y] = 0;
    for (int x = 0; x <= band; x++) {
      float c, s;
      phasor((first_x + ix * step_x) * x, &c, &s);
      const float *dr = dense_re + x * height, *di = dense_im + x * height;
      for (int y = 0; y < height; y++) {
        pr[y] += dr[y] * c - di[y] * s;
        pi[y] += dr[y] * s + di[y] * c;
      }
    }
  }
  for (int iy = 0; iy < ny; iy++) {
    for (int ix = 0; ix < nx; ix++) scores[iy * nx + ix] = 0;
    for (int y = 0; y < height; y++) {
      float c, s;
      phasor((first_y + iy * step_y) * (y - band), &c, &s);
      for (int ix = 0; ix < nx; ix++)
        scores[iy * nx + ix] += part_re[ix * height + y] * c - part_im[ix * height + y] * s;
    }
  }
}
