// How the regions of a complex move against each other: the joint Gaussian of their motions, its modes,
// and where each particle is along them.
//
// Owns the statistics, as values in and values out. Never reads a file and never runs a search.
