/// The kernels of CKernels.h for one instruction set each, for tests that compare them. Calling one
/// that the machine has no instructions for is a fault: ask `fulcrum_has_variant` first.
#ifndef FULCRUM_CKERNEL_VARIANTS_H
#define FULCRUM_CKERNEL_VARIANTS_H
#include "CKernels.h"

/// The instruction sets.
enum fulcrum_variant { fulcrum_base = 0, fulcrum_v3 = 1, fulcrum_v4 = 2 };

/// Whether this machine runs a variant; 0 or 1.
int fulcrum_has_variant(enum fulcrum_variant variant);

/// `fulcrum_evaluate`, `fulcrum_score`, `fulcrum_slice`, `fulcrum_products`, `fulcrum_terms`,
/// `fulcrum_place`, `fulcrum_add` and `fulcrum_shift_scores` of one variant.
#define FULCRUM_DECLARE_VARIANT(variant)                                                           \
  void fulcrum_evaluate_##variant(const float *grid, int radius, enum fulcrum_interpolation how,   \
                                  fulcrum_points points, fulcrum_image image, const float m[6],    \
                                  const float shift[2], double sums[27]);                          \
  void fulcrum_score_##variant(const float *grid, int radius, enum fulcrum_interpolation how,      \
                               fulcrum_points points, fulcrum_image image, const float m[6],       \
                               const float shift[2], double sums[2]);                              \
  void fulcrum_slice_##variant(const float *grid, int radius, enum fulcrum_interpolation how,      \
                               const float *kx, const float *ky, int count, const float m[6],      \
                               float *real, float *imaginary);                                     \
  double fulcrum_products_##variant(const float *grid, int radius, enum fulcrum_interpolation how, \
                                    fulcrum_points points, fulcrum_image image, const float m[6],  \
                                    float *real, float *imaginary);                                \
  void fulcrum_terms_##variant(const float *grid, int radius, enum fulcrum_interpolation how,      \
                               fulcrum_points points, fulcrum_image image, const float m[6],       \
                               const float shift[2], float scale, float *cross, float *power,      \
                               float *residual);                                                   \
  void fulcrum_place_##variant(int radius, enum fulcrum_interpolation how, int planes,             \
                               int slab_count, fulcrum_points points, fulcrum_image image,         \
                               const float m[6], const float *bend, const float shift[2],          \
                               const float damping[3], float data_scale, float weight_scale,       \
                               uint16_t *slabs, int32_t *starts, fulcrum_sample *samples);         \
  void fulcrum_add_##variant(int64_t *sums, int radius, enum fulcrum_interpolation how,            \
                             const fulcrum_sample *samples, int count);                            \
  void fulcrum_shift_scores_##variant(const float *real, const float *imaginary,                   \
                                      const int16_t *columns, const int16_t *rows, int count,      \
                                      int band, float first_x, float step_x, int nx, float first_y, \
                                      float step_y, int ny, float *scratch, float *scores);

FULCRUM_DECLARE_VARIANT(base)
#if defined(__x86_64__)
FULCRUM_DECLARE_VARIANT(v3)
FULCRUM_DECLARE_VARIANT(v4)
#endif
#endif
