// Pictures in few colours, packed, and as PNG files.
//
// Knows nothing of maps or terminals: those who draw make an `IndexedImage`, those who show or write it
// take one.
