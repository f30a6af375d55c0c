// Insertion of packed images into a Fourier grid: the adjoint of the slice, in two steps. First an
// image's samples are computed and sorted by the slab of planes they go to, then slabs are added.
#include "gather.h"

typedef int64_t two_wide __attribute__((vector_size(16)));
typedef int64_t four_wide __attribute__((vector_size(32)));
typedef int32_t two_whole __attribute__((vector_size(8)));
typedef int32_t four_whole __attribute__((vector_size(16)));
typedef int32_t eight_whole __attribute__((vector_size(32)));
typedef uint16_t short_lanes __attribute__((vector_size(32)));

// Within +-2^30; what is no number counts as nothing.
FULCRUM_INLINE lanes bounded(lanes x) {
  const lanes most = (lanes){0} + 1073741824.0f;
  int_lanes is_number = x == x;
  return (lanes)((int_lanes)larger(smaller(x, most), -most) & is_number);
}

// The slab of each point into `slabs`, and the number of points in each slab.
FULCRUM_INLINE void count_slabs(fulcrum_points points, const float m[6], const float *bend,
                                int radius, int planes, int slab_count, uint16_t *slabs,
                                int32_t *counts) {
  memset(counts, 0, sizeof(int32_t) * (size_t)slab_count);
  const float inverse = 1.0f / (float)planes;
  for (int i = 0; i < points.count; i += 16) {
    located at = locate_bent(load(points.kx + i), load(points.ky + i), m, bend, radius);
    int_lanes plane;
    memcpy(&plane, at.plane, sizeof plane);
    // Half a plane keeps the rounding of the division away from whole numbers.
    lanes slab = floored((__builtin_convertvector(plane, lanes) + 0.5f) * inverse);
    short_lanes narrow = __builtin_convertvector(__builtin_convertvector(slab, int_lanes), short_lanes);
    memcpy(slabs + i, &narrow, sizeof narrow);
    for (int p = 0; p < 16; p++) counts[slabs[i + p]]++;
  }
}

void KERNEL(fulcrum_place)(int radius, enum fulcrum_interpolation how, int planes, int slab_count,
                    fulcrum_points points, fulcrum_image image, const float m[6],
                    const float *bend, const float shift[2], const float damping[3],
                    float data_scale, float weight_scale, uint16_t *slabs, int32_t *starts,
                    fulcrum_sample *samples) {
  count_slabs(points, m, bend, radius, planes, slab_count, slabs, starts);
  int32_t total = 0;
  for (int s = 0; s < slab_count; s++) {
    int32_t count = starts[s];
    starts[s] = total;
    total += count;
  }
  // Each slab has room of its own for the planes that it shares with its neighbours.
  const int32_t shared = (int32_t)(fulcrum_shared_planes(how) * fulcrum_grid_width(radius) *
                                   fulcrum_grid_extent(radius));
  for (int i = 0; i < points.count; i += 16) {
    lanes kx = load(points.kx + i), ky = load(points.ky + i);
    located at = locate_bent(kx, ky, m, bend, radius);
    lanes cosine, sine;
    cosine_sine_of_turns(kx * shift[0] + ky * shift[1], &cosine, &sine);
    lanes decay = exponential_of_negative(damping[0] * kx * kx + damping[1] * kx * ky +
                                          damping[2] * ky * ky);
    lanes factor = load(points.factor + i);
    lanes yr = load(image.real + i) * factor, yi = load(image.imaginary + i) * factor;
    decay *= data_scale;
    float zr[16], zi[16], w[16], fx[16], fy[16], fz[16];
    store(zr, bounded((yr * cosine - yi * sine) * decay));
    store(zi, bounded((yr * sine + yi * cosine) * decay * at.sign));
    store(w, bounded(load(image.weight + i) * factor * weight_scale));
    store(fx, at.fx);
    store(fy, at.fy);
    store(fz, at.fz);
    for (int p = 0; p < 16; p++) {
      int slab = slabs[i + p];
      samples[starts[slab]++] = (fulcrum_sample){
          at.first[p] + slab * shared, fx[p], fy[p], fz[p], zr[p], zi[p], w[p], 0};
    }
  }
  // The ends of the slabs stand where their starts were.
  for (int s = slab_count; s > 0; s--) starts[s] = starts[s - 1];
  starts[0] = 0;
}

// The nearest whole numbers; halves away from zero.
FULCRUM_INLINE eight_whole rounded8(eight v) {
  eight_whole half = ((eight_whole)v & INT32_MIN) | 0x3f000000;
  return __builtin_convertvector(v + (eight)half, eight_whole);
}

FULCRUM_INLINE void add4(int64_t *sums, four_whole v) {
  four_wide sum;
  memcpy(&sum, sums, sizeof sum);
  sum += __builtin_convertvector(v, four_wide);
  memcpy(sums, &sum, sizeof sum);
}

// Adds the first six of eight numbers.
FULCRUM_INLINE void add6(int64_t *sums, eight v) {
  eight_whole whole = rounded8(v);
  add4(sums, __builtin_shufflevector(whole, whole, 0, 1, 2, 3));
  two_whole last = __builtin_shufflevector(whole, whole, 4, 5);
  two_wide sum;
  memcpy(&sum, sums + 4, sizeof sum);
  sum += __builtin_convertvector(last, two_wide);
  memcpy(sums + 4, &sum, sizeof sum);
}

// Adds twelve numbers.
FULCRUM_INLINE void add12(int64_t *sums, eight v, four rest) {
  eight_whole whole = rounded8(v);
  add4(sums, __builtin_shufflevector(whole, whole, 0, 1, 2, 3));
  add4(sums + 4, __builtin_shufflevector(whole, whole, 4, 5, 6, 7));
  four_whole half = ((four_whole)rest & INT32_MIN) | 0x3f000000;
  add4(sums + 8, __builtin_convertvector(rest + (four)half, four_whole));
}

// Asks for the sums of a sample that is added later: a slice crosses the rows of a grid so that most
// of its sums are not in the nearest cache.
FULCRUM_INLINE void fetch_sums(const int64_t *sums, long row, long plane, int32_t first, int begin,
                               int end) {
  const int64_t *at = sums + 3 * (long)first + 3 * begin;
  for (int c = begin; c < end; c++)
    for (int b = begin; b < end; b++) {
      const int64_t *line = at + c * plane + b * row;
      __builtin_prefetch(line, 1);
      __builtin_prefetch(line + 3 * (end - begin) - 1, 1);
    }
}

void KERNEL(fulcrum_add)(int64_t *sums, int radius, enum fulcrum_interpolation how,
                  const fulcrum_sample *samples, int count) {
  enum { ahead = 8 };
  const long row = 3 * fulcrum_grid_width(radius), plane = row * fulcrum_grid_extent(radius);
  for (int i = 0; i < count; i++) {
    const fulcrum_sample s = samples[i];
    const int32_t later = samples[i + ahead < count ? i + ahead : i].first;
    int64_t *n = sums + 3 * (long)s.first;
    if (how == fulcrum_trilinear) {
      fetch_sums(sums, row, plane, later, 1, 3);
      n += plane + row + 3;
      // The two samples along x lie side by side.
      const float gx = 1.0f - s.fx;
      eight data = (eight){s.real, s.imaginary, s.weight, s.real, s.imaginary, s.weight, 0, 0} *
                   (eight){gx, gx, gx, s.fx, s.fx, s.fx, 0, 0};
      eight upper = data * s.fz, lower = data - upper;
      eight far = lower * s.fy;
      add6(n, lower - far);
      add6(n + row, far);
      far = upper * s.fy;
      add6(n + plane, upper - far);
      add6(n + plane + row, far);
      continue;
    }
    fetch_sums(sums, row, plane, later, 0, 4);
    float wx[4], wy[4], wz[4];
    cubic_weights(s.fx, wx);
    cubic_weights(s.fy, wy);
    cubic_weights(s.fz, wz);
    four across = load4(wx);
    eight data = __builtin_shufflevector(across, across, 0, 0, 0, 1, 1, 1, 2, 2) *
                 (eight){s.real, s.imaginary, s.weight, s.real, s.imaginary, s.weight, s.real,
                         s.imaginary};
    four rest = __builtin_shufflevector(across, across, 2, 3, 3, 3) *
                (four){s.weight, s.real, s.imaginary, s.weight};
    for (int c = 0; c < 4; c++)
      for (int b = 0; b < 4; b++) {
        float both = wz[c] * wy[b];
        add12(n + c * plane + b * row, data * both, rest * both);
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
