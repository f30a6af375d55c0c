// The kernels for AVX2 and FMA.
#include "include/CKernels.h"
#include <string.h>
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define VARIANT _v3
#include "variant.h"
#pragma clang attribute pop
#endif
