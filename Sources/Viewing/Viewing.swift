// Maps as pictures: surfaces at a level, seen by a camera, and slices; values in, pictures out.
//
// Owns ray casting, shading and what a level means (standard deviations, mass). Knows no terminal, no
// file and no screen: the screens, the report and the command line take its pictures. Reaches into the
// voxels by pointers in `DensitySampler` alone.
