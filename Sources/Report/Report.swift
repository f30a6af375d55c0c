// What the numbers of a run mean: its summary, the rules that object to it, how wide its limits should
// have been, how evenly its views lie.
//
// Owns judgement, as values and sentences, for screens, pages and the run folder alike. Knows no file,
// no cell and no colour.
