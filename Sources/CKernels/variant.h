// One variant of all kernels: included once by a file for each instruction set, which defines VARIANT
// and, around this, the target attribute. Static helpers get the attribute too, so that vectors
// pass between them in registers.
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define KERNEL(name) JOIN(name, VARIANT)
#pragma clang diagnostic ignored "-Wpsabi"
#include "score.h"
#include "insert.h"
