// What the static libraries of the machine that builds want of a C library newer than 2.34, given anew:
// libstdc++ of Debian 12 has arc4random for std::random_device, which nothing here uses.
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

uint32_t arc4random(void) {
  uint32_t value;
  if (getrandom(&value, sizeof value, 0) != sizeof value) abort();
  return value;
}
