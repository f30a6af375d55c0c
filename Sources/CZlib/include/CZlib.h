/// A shim that lets Swift import zlib.
#ifndef FULCRUM_CZLIB_H
#define FULCRUM_CZLIB_H
#include <zlib.h>
#endif
