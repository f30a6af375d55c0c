/// A shim that lets Swift import FFTW's single-precision interface, and the allocator's setting that
/// large arrays need.
#ifndef FULCRUM_CFFTW_H
#define FULCRUM_CFFTW_H
#include <fftw3.h>

/// Gives memory of more than so many bytes back to the system as soon as it is freed.
void fulcrum_return_large_memory(int bytes);
#endif
