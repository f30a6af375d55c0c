// A job: its parameters, the file that says them, and the preflight that makes of them what the engine
// takes.
//
// Owns what a person may set and everything that is told before work starts. Never computes what an
// iteration computes.
