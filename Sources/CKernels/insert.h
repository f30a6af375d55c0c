// Insertion of packed images into a Fourier grid: the adjoint of the slice.
#include "gather.h"

void KERNEL(fulcrum_insert)(float *numerator, float *denominator, int radius,
                    enum fulcrum_interpolation how, fulcrum_points points, fulcrum_image image,
                    const float m[6], const float shift[2], const float damping[3], float scale,
                    float sample_weight, int z_begin, int z_end) {
  const long width = fulcrum_grid_width(radius), extent = fulcrum_grid_extent(radius);
  const float data_scale = scale * sample_weight, weight_scale = scale * scale * sample_weight;
  for (int i = 0; i < points.count; i += 16) {
    lanes kx = load(points.kx + i), ky = load(points.ky + i);
    located at = locate(kx, ky, m, radius);
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
    float wx[4][16], wy[4][16], wz[4][16];
    if (how == fulcrum_cubic) {
      cubic_values(at.fx, wx);
      cubic_values(at.fy, wy);
      cubic_values(at.fz, wz);
    } else {
      linear_values(at.fx, wx);
      linear_values(at.fy, wy);
      linear_values(at.fz, wz);
    }
    const int tap_begin = how == fulcrum_cubic ? 0 : 1, tap_end = how == fulcrum_cubic ? 4 : 3;
    for (int p = 0; p < 16; p++) {
      four across = {wx[0][p], wx[1][p], wx[2][p], wx[3][p]};
      eight doubled = __builtin_shufflevector(across, across, 0, 0, 1, 1, 2, 2, 3, 3);
      eight data = doubled * (eight){zr[p], zi[p], zr[p], zi[p], zr[p], zi[p], zr[p], zi[p]};
      four weight = across * w[p];
      long first = at.first[p];
      int plane = at.plane[p];
      for (int c = tap_begin; c < tap_end; c++) {
        if (plane + c < z_begin || plane + c >= z_end) continue;
        for (int b = tap_begin; b < tap_end; b++) {
          long index = first + (c * extent + b) * width;
          float both = wz[c][p] * wy[b][p];
          float *n = numerator + 2 * index, *d = denominator + index;
          store8(n, load8(n) + data * both);
          store4(d, load4(d) + weight * both);
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
