/// A shim that lets Swift import FFTW's single-precision interface.
#ifndef FULCRUM_CFFTW_H
#define FULCRUM_CFFTW_H
#include <fftw3.h>
#endif
