// Runs as pages: one HTML file that needs nothing else, and the same as text.
//
// Owns the plots of a run as values, which the screens draw in characters and pages as figures, the
// pictures of its maps, and the sentences. Reads run folders; writes nothing.
