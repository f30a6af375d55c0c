// Scores of a posed reference against packed images, with derivatives by rotation and shift.
#include "gather.h"

void KERNEL(fulcrum_evaluate)(const float *grid, int radius, enum fulcrum_interpolation how,
                      fulcrum_points points, fulcrum_image image, const float m[6],
                      const float shift[2], double sums[27]) {
  double totals[27] = {0};
  // Single precision holds a block of 1,024 points well; the blocks add in double.
  for (int begin = 0; begin < points.count; begin += 1024) {
    int end = begin + 1024 < points.count ? begin + 1024 : points.count;
    lanes sum[27];
    for (int j = 0; j < 27; j++) sum[j] = (lanes){0};
    for (int i = begin; i < end; i += 16) {
      lanes kx = load(points.kx + i), ky = load(points.ky + i);
      located at = locate(kx, ky, m, radius);
      gathered g;
      if (how == fulcrum_cubic)
        gather_cubic_gradients(grid, radius, &at, &g);
      else
        gather_linear_gradients(grid, radius, &at, &g);
      lanes pr = g.vr, pi = g.vi * at.sign;
      // V(q) = conj V(-q): the gradient's real part changes sign with the fold.
      lanes gxr = g.xr * at.sign, gyr = g.yr * at.sign, gzr = g.zr * at.sign;
      lanes gxi = g.xi, gyi = g.yi, gzi = g.zi;
      lanes jr[5], ji[5];
      jr[0] = gyr * at.z - gzr * at.y;
      ji[0] = gyi * at.z - gzi * at.y;
      jr[1] = gzr * at.x - gxr * at.z;
      ji[1] = gzi * at.x - gxi * at.z;
      jr[2] = gxr * at.y - gyr * at.x;
      ji[2] = gxi * at.y - gyi * at.x;
      jr[3] = pi * kx;
      ji[3] = -pr * kx;
      jr[4] = pi * ky;
      ji[4] = -pr * ky;
      lanes cosine, sine;
      cosine_sine_of_turns(kx * shift[0] + ky * shift[1], &cosine, &sine);
      lanes factor = load(points.factor + i);
      lanes w = load(image.weight + i) * factor;
      lanes yr = load(image.real + i) * factor, yi = load(image.imaginary + i) * factor;
      lanes zr = yr * cosine - yi * sine, zi = yr * sine + yi * cosine;
      lanes wr = w * pr, wi = w * pi;
      sum[0] += pr * zr + pi * zi;
      sum[1] += wr * pr + wi * pi;
      int t = 12;
      for (int j = 0; j < 5; j++) {
        sum[2 + j] += jr[j] * zr + ji[j] * zi;
        sum[7 + j] += jr[j] * wr + ji[j] * wi;
        lanes ar = w * jr[j], ai = w * ji[j];
        for (int l = j; l < 5; l++) sum[t++] += ar * jr[l] + ai * ji[l];
      }
    }
    for (int j = 0; j < 27; j++) totals[j] += total(sum[j]);
  }
  for (int j = 0; j < 27; j++) sums[j] = totals[j];
}

void KERNEL(fulcrum_score)(const float *grid, int radius, enum fulcrum_interpolation how,
                   fulcrum_points points, fulcrum_image image, const float m[6],
                   const float shift[2], double sums[2]) {
  double cross = 0, power = 0;
  for (int begin = 0; begin < points.count; begin += 1024) {
    int end = begin + 1024 < points.count ? begin + 1024 : points.count;
    lanes block_cross = {0}, block_power = {0};
    for (int i = begin; i < end; i += 16) {
      lanes kx = load(points.kx + i), ky = load(points.ky + i);
      located at = locate(kx, ky, m, radius);
      lanes pr, pi, cosine, sine;
      values_at(grid, radius, how, &at, &pr, &pi);
      cosine_sine_of_turns(kx * shift[0] + ky * shift[1], &cosine, &sine);
      lanes factor = load(points.factor + i);
      lanes yr = load(image.real + i) * factor, yi = load(image.imaginary + i) * factor;
      block_cross += pr * (yr * cosine - yi * sine) + pi * (yr * sine + yi * cosine);
      block_power += load(image.weight + i) * factor * (pr * pr + pi * pi);
    }
    cross += total(block_cross);
    power += total(block_power);
  }
  sums[0] = cross;
  sums[1] = power;
}

void KERNEL(fulcrum_slice)(const float *grid, int radius, enum fulcrum_interpolation how, const float *kx,
                   const float *ky, int count, const float m[6], float *real, float *imaginary) {
  for (int i = 0; i < count; i += 16) {
    located at = locate(load(kx + i), load(ky + i), m, radius);
    lanes re, im;
    values_at(grid, radius, how, &at, &re, &im);
    store(real + i, re);
    store(imaginary + i, im);
  }
}

double KERNEL(fulcrum_products)(const float *grid, int radius, enum fulcrum_interpolation how,
                        fulcrum_points points, fulcrum_image image, const float m[6], float *real,
                        float *imaginary) {
  double power = 0;
  for (int begin = 0; begin < points.count; begin += 1024) {
    int end = begin + 1024 < points.count ? begin + 1024 : points.count;
    lanes block_power = {0};
    for (int i = begin; i < end; i += 16) {
      located at = locate(load(points.kx + i), load(points.ky + i), m, radius);
      lanes pr, pi;
      values_at(grid, radius, how, &at, &pr, &pi);
      lanes factor = load(points.factor + i);
      lanes yr = load(image.real + i) * factor, yi = load(image.imaginary + i) * factor;
      store(real + i, pr * yr + pi * yi);
      store(imaginary + i, pr * yi - pi * yr);
      block_power += load(image.weight + i) * factor * (pr * pr + pi * pi);
    }
    power += total(block_power);
  }
  return power;
}

void KERNEL(fulcrum_terms)(const float *grid, int radius, enum fulcrum_interpolation how,
                   fulcrum_points points, fulcrum_image image, const float m[6],
                   const float shift[2], float scale, float *cross, float *power,
                   float *residual) {
  for (int i = 0; i < points.count; i += 16) {
    lanes kx = load(points.kx + i), ky = load(points.ky + i);
    located at = locate(kx, ky, m, radius);
    lanes pr, pi, cosine, sine;
    values_at(grid, radius, how, &at, &pr, &pi);
    cosine_sine_of_turns(kx * shift[0] + ky * shift[1], &cosine, &sine);
    lanes yr = load(image.real + i), yi = load(image.imaginary + i), w = load(image.weight + i);
    lanes zr = yr * cosine - yi * sine, zi = yr * sine + yi * cosine;
    store(cross + i, pr * zr + pi * zi);
    store(power + i, w * (pr * pr + pi * pi));
    lanes er = zr - scale * w * pr, ei = zi - scale * w * pi;
    store(residual + i, er * er + ei * ei);
  }
}

void KERNEL(fulcrum_multiply_add)(float *values, int rounds) {
  lanes a[10];
  for (int j = 0; j < 10; j++) a[j] = load(values + 16 * j);
  for (int i = 0; i < rounds; i++)
    for (int j = 0; j < 10; j++) a[j] = a[j] * 0.999999f + 1e-7f;
  for (int j = 0; j < 10; j++) store(values + 16 * j, a[j]);
}
