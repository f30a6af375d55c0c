// The screens: runs, job form, mask view, live run, results, compare; the key map and the state of
// the application.
//
// Owns what is shown and what a key does. Never computes a result and never draws a character
// itself.
//
// A key becomes a `Command` (Keys), a binding of the screen makes `Effect`s of it (Application/Effect.swift).
// What happens among screens the application does itself; an `Errand` leaves them: Background reads, works
// and changes files, the Runtime sees to the terminal, and what comes of it returns as `News`. Each kind of
// errand has one performer, whose switch names every case.
