// The particles of a job: the set, what the columns of RELION's and cryoSPARC's files mean, half-sets,
// where images are.
//
// Owns interpretation: what comes in as degrees, pixels or another program's signs leaves as Å, radians
// and the conventions of `CryoEM`, and goes back into a row as it came unless it was changed. Never
// reads an image, and leaves syntax to `EMFiles`.
