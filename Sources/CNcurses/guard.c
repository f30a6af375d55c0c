#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "CNcurses.h"

// Only what a signal handler may touch: plain memory filled before the handlers are installed.
static char reset_text[512];
static size_t reset_length;
static int terminal_descriptor = -1, wake_descriptor = -1;
static struct termios modes;
static int have_modes;
static volatile sig_atomic_t guarded;
static volatile int original_error = -1, caught_error = -1;

static const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGTERM, SIGINT};
#define FATAL_COUNT (sizeof fatal / sizeof fatal[0])
static struct sigaction earlier[FATAL_COUNT], earlier_hang_up, earlier_resize;

// A terminal may have stopped taking anything; whoever follows a signal does not wait for it.
static void write_now(int descriptor, const char *text, size_t length) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags >= 0) fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
  ssize_t ignored = write(descriptor, text, length);
  (void)ignored;
  if (flags >= 0) fcntl(descriptor, F_SETFL, flags);
}

static void put_back(void) {
  if (!guarded) return;
  guarded = 0;
  write_now(terminal_descriptor, reset_text, reset_length);
  if (have_modes) tcsetattr(terminal_descriptor, TCSANOW, &modes);
}

static void say_last_words(void) {
  if (original_error < 0) return;
  dup2(original_error, 2);
  char buffer[1024];
  off_t size = lseek(caught_error, 0, SEEK_END), place = size > 8192 ? size - 8192 : 0;
  ssize_t count;
  while ((count = pread(caught_error, buffer, sizeof buffer, place)) > 0) {
    write_now(2, buffer, (size_t)count);
    place += count;
  }
  original_error = -1;
}

void fulcrum_guard_standard_error(int original, int store) {
  original_error = original;
  caught_error = store;
}

static void on_fatal(int signal, siginfo_t *info, void *context) {
  (void)context;
  int saved = errno;
  put_back();
  say_last_words();
  for (size_t i = 0; i < FATAL_COUNT; i++)
    if (fatal[i] == signal) sigaction(signal, &earlier[i], NULL);
  errno = saved;
  // A fault comes again by itself when the instruction is run again, with its true context; a signal
  // that was sent has to be sent again.
  if (info == NULL || info->si_code <= 0) raise(signal);
}

static void on_wake(int signal) {
  int saved = errno;
  char byte = signal == SIGHUP ? 'H' : 'W';
  ssize_t ignored = write(wake_descriptor, &byte, 1);
  (void)ignored;
  errno = saved;
}

void fulcrum_guard_terminal(int terminal, const char *reset, int wake) {
  static int registered;
  terminal_descriptor = terminal;
  wake_descriptor = wake;
  reset_length = strlen(reset);
  if (reset_length > sizeof reset_text) reset_length = sizeof reset_text;
  memcpy(reset_text, reset, reset_length);
  have_modes = tcgetattr(terminal, &modes) == 0;
  guarded = 1;
  if (!registered) registered = atexit(put_back) == 0;

  static char stack[64 * 1024];
  stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack}, present;
  if (sigaltstack(NULL, &present) == 0 && (present.ss_flags & SS_DISABLE))
    sigaltstack(&alternative, NULL);

  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_fatal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < FATAL_COUNT; i++) sigaction(fatal[i], &action, &earlier[i]);

  memset(&action, 0, sizeof action);
  action.sa_handler = on_wake;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(SIGHUP, &action, &earlier_hang_up);
  sigaction(SIGWINCH, &action, &earlier_resize);
}

void fulcrum_unguard_terminal(int keep_hang_up) {
  guarded = 0;
  for (size_t i = 0; i < FATAL_COUNT; i++) sigaction(fatal[i], &earlier[i], NULL);
  if (keep_hang_up)
    signal(SIGHUP, SIG_IGN);
  else
    sigaction(SIGHUP, &earlier_hang_up, NULL);
  sigaction(SIGWINCH, &earlier_resize, NULL);
}

void fulcrum_put_terminal_back(void) { put_back(); }

void fulcrum_unblock_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGWINCH);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
