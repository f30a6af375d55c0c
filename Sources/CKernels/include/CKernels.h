/// The engine's inner loops. Nothing here allocates, locks or knows a file.
#ifndef FULCRUM_CKERNELS_H
#define FULCRUM_CKERNELS_H
#include <stddef.h>
#include <stdint.h>
#endif
