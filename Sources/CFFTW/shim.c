#include "CFFTW.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

void fulcrum_return_large_memory(int bytes) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, bytes);
#else
  (void)bytes;
#endif
}
