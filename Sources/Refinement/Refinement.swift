// The engine: packed images, search, posterior, reconstruction, regularisation, the iteration loop and
// its convergence.
//
// Owns the loops over particles and iterations. Never reads a file of a person's: jobs, particles and
// maps come in as values, images through `ImageSource`. Never draws a screen.
