// The terminal: the ncurses driver, capabilities, keys, mouse, restoring after a crash.
//
// Owns the tty and is the only importer of CNcurses. Never knows what a refinement is.
