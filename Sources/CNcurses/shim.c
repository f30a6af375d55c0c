#include "CNcurses.h"

int fulcrum_put(int row, int column, const uint32_t *scalars, int count, uint32_t attributes,
                int pair) {
  wchar_t text[CCHARW_MAX + 1];
  if (count > CCHARW_MAX) count = CCHARW_MAX;
  for (int i = 0; i < count; i++) text[i] = (wchar_t)scalars[i];
  text[count] = 0;
  cchar_t cell;
  if (setcchar(&cell, text, (attr_t)attributes, 0, &pair) != OK) return 1;
  // The last cell of the screen cannot be followed by a cursor: the error of that is none.
  wmove(stdscr, row, column);
  wadd_wchnstr(stdscr, &cell, 1);
  return 0;
}

fulcrum_mouse_event fulcrum_next_mouse_event(void) {
  fulcrum_mouse_event event = {0};
  MEVENT raw;
  if (getmouse(&raw) != OK) return event;
  event.row = raw.y;
  event.column = raw.x;
  event.shift = (raw.bstate & BUTTON_SHIFT) != 0;
  event.control = (raw.bstate & BUTTON_CTRL) != 0;
  if (raw.bstate & BUTTON4_PRESSED) {
    event.kind = FULCRUM_MOUSE_WHEEL_UP;
  } else if (raw.bstate & BUTTON5_PRESSED) {
    event.kind = FULCRUM_MOUSE_WHEEL_DOWN;
  } else if (raw.bstate & (BUTTON1_PRESSED | BUTTON2_PRESSED | BUTTON3_PRESSED)) {
    event.kind = FULCRUM_MOUSE_PRESS;
    event.button = raw.bstate & BUTTON1_PRESSED ? 1 : raw.bstate & BUTTON2_PRESSED ? 2 : 3;
  } else if (raw.bstate & (BUTTON1_RELEASED | BUTTON2_RELEASED | BUTTON3_RELEASED)) {
    event.kind = FULCRUM_MOUSE_RELEASE;
    event.button = raw.bstate & BUTTON1_RELEASED ? 1 : raw.bstate & BUTTON2_RELEASED ? 2 : 3;
  } else if (raw.bstate & REPORT_MOUSE_POSITION) {
    event.kind = FULCRUM_MOUSE_MOVE;
  }
  return event;
}

void fulcrum_set_mouse(int on) {
  mouseinterval(0);
  mousemask(on ? ALL_MOUSE_EVENTS | REPORT_MOUSE_POSITION : 0, NULL);
}

const char *fulcrum_capability(const char *name) {
  const char *value = tigetstr((char *)name);
  return value == (const char *)-1 ? NULL : value;
}

int fulcrum_begin_terminfo(const char *term) {
  int status = 0;
  return setupterm((char *)term, 1, &status) == OK;
}

void fulcrum_end_terminfo(void) {
  if (cur_term) del_curterm(cur_term);
}
