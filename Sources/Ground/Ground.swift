// What every room stands on: problems told to a person, files and paths, threads, the clock, child
// processes and the machine, numbers and names as text.
//
// Owns what has nothing to do with microscopes. Imports none of the other rooms.
