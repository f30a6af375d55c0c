/// A shim that lets Swift use wide-character ncurses: what the importer leaves out (macros, variadic
/// functions, global variables) as functions, and the signal handlers that put a terminal back.
#ifndef FULCRUM_CNCURSES_H
#define FULCRUM_CNCURSES_H
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <stdint.h>
#include <stdio.h>
#include <term.h>
#undef lines
#undef columns
#undef bell
#undef newline
#undef tab

// Global state of ncurses.
static inline WINDOW *fulcrum_window(void) { return stdscr; }
static inline int fulcrum_rows(void) { return LINES; }
static inline int fulcrum_columns(void) { return COLS; }
static inline int fulcrum_colours(void) { return COLORS; }
static inline int fulcrum_colour_pairs(void) { return COLOR_PAIRS; }
static inline FILE *fulcrum_stdout(void) { return stdout; }
static inline FILE *fulcrum_stdin(void) { return stdin; }

// Attributes.
static inline uint32_t fulcrum_bold(void) { return A_BOLD; }
static inline uint32_t fulcrum_dim(void) { return A_DIM; }
static inline uint32_t fulcrum_italic(void) { return A_ITALIC; }
static inline uint32_t fulcrum_underline(void) { return A_UNDERLINE; }
static inline uint32_t fulcrum_reverse(void) { return A_REVERSE; }

/// Makes a character of up to four code points with attributes and an extended colour pair and puts
/// it at a place of the window. Returns 0 when it went in.
int fulcrum_put(int row, int column, const uint32_t *scalars, int count, uint32_t attributes,
                int pair);

/// The button and movement bits of a mouse event in the order of this enumeration.
enum fulcrum_mouse_kind {
  FULCRUM_MOUSE_NONE = 0,
  FULCRUM_MOUSE_PRESS,
  FULCRUM_MOUSE_RELEASE,
  FULCRUM_MOUSE_MOVE,
  FULCRUM_MOUSE_WHEEL_UP,
  FULCRUM_MOUSE_WHEEL_DOWN
};
typedef struct {
  int kind, button, row, column, shift, control;
} fulcrum_mouse_event;

/// Takes the next mouse event off ncurses' queue; its kind is none when there is none.
fulcrum_mouse_event fulcrum_next_mouse_event(void);
/// Asks for, or stops, reports of buttons, wheel and dragging.
void fulcrum_set_mouse(int on);

/// Keys that are not plain constants.
static inline int fulcrum_key_function(int n) { return KEY_F(n); }

/// Reads one key: the kind is OK for a character, KEY_CODE_YES for a key code, ERR for none.
static inline int fulcrum_get(uint32_t *code) {
  wint_t value = 0;
  int kind = wget_wch(stdscr, &value);
  *code = (uint32_t)value;
  return kind;
}

/// Puts a character back, to be read again.
static inline int fulcrum_unget(uint32_t code) { return unget_wch((wchar_t)code); }

/// A string capability of the current terminal, NULL when it has none.
const char *fulcrum_capability(const char *name);

/// Reads the terminfo entry of a terminal so that capabilities can be asked for; 0 when there is none.
int fulcrum_begin_terminfo(const char *term);
/// Lets go of that entry.
void fulcrum_end_terminfo(void);

/// Remembers how to put the terminal back and installs handlers that do so: for faults and for TERM
/// and INT, after which the earlier action follows, and for HUP and WINCH, which write a byte ('H',
/// 'W') to `wake` and end there. `reset` is written to `terminal`, whose modes are put back to those
/// of this moment.
void fulcrum_guard_terminal(int terminal, const char *reset, int wake);
/// Tells the handlers that standard error is caught in the file `store` and was `original` before, so
/// that a fault's last words reach the person; -1 and -1 when that is over.
void fulcrum_guard_standard_error(int original, int store);
/// Removes the handlers. When `keep_hang_up` is not 0, a hang-up stays ignored.
void fulcrum_unguard_terminal(int keep_hang_up);
/// Puts the terminal back as the handlers do, without waiting for it to take anything.
void fulcrum_put_terminal_back(void);
/// Lets this thread receive the signals of the terminal, which a Dispatch parent may have masked.
void fulcrum_unblock_signals(void);
#endif
