// The screens: runs, job form, mask view, live run, results, compare; the key map and the state of
// the application.
//
// Owns what is shown and what a key does. Never computes a result and never draws a character
// itself.
