// The kernels for whatever the compiler's baseline is: SSE2 on x86-64, the full vector unit elsewhere.
#include "include/CKernels.h"
#define VARIANT _base
#include "variant.h"
