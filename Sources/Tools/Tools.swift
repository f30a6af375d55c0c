// The tools around a refinement: what people do with maps, masks and particles before and after it.
//
// Owns what each tool computes, as values in and values out, one folder a tool, and how tools write:
// beside, never over their inputs, with a record of where the output comes from. Never parses a
// command line and never draws. What the engine has, it asks the engine for.
