// Chooses the kernels for this machine's instructions, so that one binary suits all machines.
#include "include/CKernels.h"
#include "include/CKernelVariants.h"

#if defined(__x86_64__)
enum { unknown, base, v3, v4 };

// Every thread that races here finds the same answer.
static int level(void) {
  static int found = unknown;
  int now = __atomic_load_n(&found, __ATOMIC_RELAXED);
  if (now == unknown) {
    __builtin_cpu_init();
    now = base;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("bmi2"))
      now = v3;
    if (now == v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
      now = v4;
    __atomic_store_n(&found, now, __ATOMIC_RELAXED);
  }
  return now;
}
#define DISPATCH(result, name, parameters, arguments)                                              \
  result name##_v4 parameters;                                                                     \
  result name##_v3 parameters;                                                                     \
  result name##_base parameters;                                                                   \
  result name parameters {                                                                         \
    int l = level();                                                                               \
    return l == v4 ? name##_v4 arguments : l == v3 ? name##_v3 arguments : name##_base arguments;  \
  }
const char *fulcrum_instruction_set(void) {
  return level() == v4 ? "AVX-512" : level() == v3 ? "AVX2" : "SSE2";
}
int fulcrum_has_variant(enum fulcrum_variant variant) {
  return (int)variant <= level() - base;
}
#else
#define DISPATCH(result, name, parameters, arguments)                                              \
  result name##_base parameters;                                                                   \
  result name parameters { return name##_base arguments; }
const char *fulcrum_instruction_set(void) { return "baseline"; }
int fulcrum_has_variant(enum fulcrum_variant variant) { return variant == fulcrum_base; }
#endif

DISPATCH(void, fulcrum_evaluate,
         (const float *grid, int radius, enum fulcrum_interpolation how, fulcrum_points points,
          fulcrum_image image, const float m[6], const float shift[2], double sums[27]),
         (grid, radius, how, points, image, m, shift, sums))
DISPATCH(void, fulcrum_score,
         (const float *grid, int radius, enum fulcrum_interpolation how, fulcrum_points points,
          fulcrum_image image, const float m[6], const float shift[2], double sums[2]),
         (grid, radius, how, points, image, m, shift, sums))
DISPATCH(void, fulcrum_slice,
         (const float *grid, int radius, enum fulcrum_interpolation how, const float *kx,
          const float *ky, int count, const float m[6], float *real, float *imaginary),
         (grid, radius, how, kx, ky, count, m, real, imaginary))
DISPATCH(double, fulcrum_products,
         (const float *grid, int radius, enum fulcrum_interpolation how, fulcrum_points points,
          fulcrum_image image, const float m[6], float *real, float *imaginary),
         (grid, radius, how, points, image, m, real, imaginary))
DISPATCH(void, fulcrum_terms,
         (const float *grid, int radius, enum fulcrum_interpolation how, fulcrum_points points,
          fulcrum_image image, const float m[6], const float shift[2], float scale, float *cross,
          float *power, float *residual),
         (grid, radius, how, points, image, m, shift, scale, cross, power, residual))
DISPATCH(void, fulcrum_place,
         (int radius, enum fulcrum_interpolation how, int planes, int slab_count,
          fulcrum_points points, fulcrum_image image, const float m[6], const float *bend,
          const float shift[2], const float damping[3], float data_scale, float weight_scale,
          uint16_t *slabs, int32_t *starts, fulcrum_sample *samples),
         (radius, how, planes, slab_count, points, image, m, bend, shift, damping, data_scale,
          weight_scale, slabs, starts, samples))
DISPATCH(void, fulcrum_add,
         (int64_t *sums, int radius, enum fulcrum_interpolation how, const fulcrum_sample *samples,
          int count),
         (sums, radius, how, samples, count))
DISPATCH(void, fulcrum_shift_scores,
         (const float *real, const float *imaginary, const int16_t *columns, const int16_t *rows,
          int count, int band, float first_x, float step_x, int nx, float first_y, float step_y,
          int ny, float *scratch, float *scores),
         (real, imaginary, columns, rows, count, band, first_x, step_x, nx, first_y, step_y, ny,
          scratch, scores))
DISPATCH(void, fulcrum_multiply_add, (float *values, int rounds), (values, rounds))
