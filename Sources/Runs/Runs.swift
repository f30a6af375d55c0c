// The run folder: manifest, events, checkpoints, the catalogue of runs, control requests.
//
// Owns what is on disk about a run, so that a screen needs nothing else, live or later, on this
// machine or another. Every file is replaced whole or appended to by the line; nothing is locked,
// since shared file systems lock badly. Never knows a pixel.
