// The run folder: manifest, events, checkpoints, the catalogue of runs, control requests.
//
// Owns what is on disk about a run, so that a screen needs nothing else. Never knows a pixel.
