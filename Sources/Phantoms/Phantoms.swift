// Simulated particles: densities of Gaussian blobs, their projections with CTF and noise, and the data
// set of files that a job refines.
//
// Owns test sets with known poses. Nothing that refines real images imports it.
