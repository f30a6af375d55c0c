// The engine: job parameters, preflight, packed images, search, posterior, reconstruction,
// regularisation, the iteration loop and its convergence.
//
// Owns threads and the loops over particles and iterations. Never parses a file's syntax and never
// draws a screen.
