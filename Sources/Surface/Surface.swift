// A grid of cells and everything that draws into it: text width, themes, glyph and colour levels,
// widgets and plots as pure functions (data, size) → cells.
//
// Owns appearance. Never touches a terminal.
