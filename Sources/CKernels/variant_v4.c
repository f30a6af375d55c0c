// The kernels for AVX-512.
#include "include/CKernels.h"
#include <string.h>
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#define VARIANT _v4
#include "variant.h"
#pragma clang attribute pop
#endif
