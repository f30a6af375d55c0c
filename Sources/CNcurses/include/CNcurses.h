/// A shim that lets Swift import wide-character ncurses.
#ifndef FULCRUM_CNCURSES_H
#define FULCRUM_CNCURSES_H
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#endif
