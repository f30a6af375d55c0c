// The file formats: MRC, STAR, .cs and .csg, read and written.
//
// Owns bytes and syntax: what is read is written back, unknown parts included, and every size is
// checked against the file before memory is taken. Never interprets beyond the format: what a
// column means is the business of `Particles`.
