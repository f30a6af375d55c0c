// Lets a program that is linked on a new system run with a C library as old as 2.28 (RHEL 8, Debian 10):
// what the static libraries take from newer ones is given here, by the functions' old versions, which all
// C libraries keep, or anew. `build` checks that nothing newer is left.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Seen in the program alone: the libraries keep their own, which the functions here call.
#define OWN __attribute__((visibility("hidden")))

// A function of the program's own that calls the old version of the one of its name.
#define OLD(version, result, name, parameters, arguments)                                          \
  result old_##name parameters;                                                                    \
  __asm__(".symver old_" #name ", " #name "@GLIBC_" #version);                                     \
  OWN result name parameters { return old_##name arguments; }

// 2.29 took the error handling of System V out of these, 2.35 made these exact; the values are the same to
// the last bit for the first four, and nothing here calls the last two.
OLD(2.2.5, double, exp, (double x), (x))
OLD(2.2.5, double, exp2, (double x), (x))
OLD(2.2.5, double, log, (double x), (x))
OLD(2.2.5, double, log2, (double x), (x))
OLD(2.2.5, double, pow, (double x, double y), (x, y))
OLD(2.2.5, double, hypot, (double x, double y), (x, y))
OLD(2.2.5, float, hypotf, (float x, float y), (x, y))

// 2.32 and 2.34 moved these from libpthread and libdl into libc.
OLD(2.2.5, int, pthread_create,
    (pthread_t * thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument),
    (thread, attributes, start, argument))
OLD(2.2.5, int, pthread_join, (pthread_t thread, void **result), (thread, result))
OLD(2.2.5, int, pthread_detach, (pthread_t thread), (thread))
OLD(2.2.5, int, pthread_kill, (pthread_t thread, int signal), (thread, signal))
OLD(2.2.5, int, pthread_sigmask, (int how, const sigset_t *set, sigset_t *old), (how, set, old))
OLD(2.2.5, int, pthread_key_create, (pthread_key_t * key, void (*end)(void *)), (key, end))
OLD(2.2.5, int, pthread_setspecific, (pthread_key_t key, const void *value), (key, value))
OLD(2.2.5, int, pthread_mutexattr_init, (pthread_mutexattr_t * attributes), (attributes))
OLD(2.2.5, int, pthread_mutexattr_destroy, (pthread_mutexattr_t * attributes), (attributes))
OLD(2.2.5, int, pthread_mutexattr_settype, (pthread_mutexattr_t * attributes, int type),
    (attributes, type))
OLD(2.2.5, int, pthread_attr_getstack,
    (const pthread_attr_t *attributes, void **address, size_t *size), (attributes, address, size))
OLD(2.2.5, int, pthread_getattr_np, (pthread_t thread, pthread_attr_t *attributes),
    (thread, attributes))
OLD(2.3.4, int, pthread_getaffinity_np, (pthread_t thread, size_t size, cpu_set_t *set),
    (thread, size, set))
OLD(2.12, int, pthread_setname_np, (pthread_t thread, const char *name), (thread, name))
OLD(2.2.5, int, sem_init, (sem_t * semaphore, int shared, unsigned value),
    (semaphore, shared, value))
OLD(2.2.5, int, sem_destroy, (sem_t * semaphore), (semaphore))
OLD(2.2.5, int, sem_post, (sem_t * semaphore), (semaphore))
OLD(2.2.5, int, sem_wait, (sem_t * semaphore), (semaphore))
OLD(2.2.5, int, sem_timedwait, (sem_t * semaphore, const struct timespec *until),
    (semaphore, until))
OLD(2.2.5, void *, dlopen, (const char *file, int mode), (file, mode))
OLD(2.2.5, void *, dlsym, (void *handle, const char *name), (handle, name))
OLD(2.2.5, char *, dlerror, (void), ())
OLD(2.2.5, int, dladdr, (const void *address, Dl_info *information), (address, information))

// Named semaphores, which nothing here uses.
OWN sem_t *sem_open(const char *name, int flags, ...) { abort(); }

// 2.33 made these functions of the library.
OWN int stat(const char *path, struct stat *status) {
  return syscall(SYS_newfstatat, AT_FDCWD, path, status, 0);
}
OWN int lstat(const char *path, struct stat *status) {
  return syscall(SYS_newfstatat, AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}
OWN int fstat(int file, struct stat *status) { return syscall(SYS_fstat, file, status); }
OWN int fstatat(int folder, const char *path, struct stat *status, int flags) {
  return syscall(SYS_newfstatat, folder, path, status, flags);
}

// 2.32's hint to libstdc++ that there is one thread: there never is.
OWN char __libc_single_threaded = 0;

// 2.36's, for std::random_device.
OWN uint32_t arc4random(void) {
  uint32_t value;
  if (getrandom(&value, sizeof value, 0) != sizeof value) abort();
  return value;
}

// Since 2.34 the C library runs the program's initialisers by itself; an older one wants a function that
// does, which a newer one calls instead.
extern void (*__init_array_start[])(int, char **, char **);
extern void (*__init_array_end[])(int, char **, char **);
extern void _init(void);

static void initialise(int count, char **arguments, char **environment) {
  _init();
  for (void (**next)(int, char **, char **) = __init_array_start; next < __init_array_end; next++)
    (*next)(count, arguments, environment);
}

typedef int main_function(int, char **, char **);
int old_start(main_function *, int, char **, void (*)(int, char **, char **), void (*)(void),
              void (*)(void), void *);
__asm__(".symver old_start, __libc_start_main@GLIBC_2.2.5");

OWN int __libc_start_main(main_function *main, int count, char **arguments,
                      void (*init)(int, char **, char **), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end) {
  return old_start(main, count, arguments, initialise, fini, rtld_fini, stack_end);
}
