// Ranks: processes that refine together, on one machine or many, and how they talk.
//
// Owns messages between ranks, the exchange in which all meet, signs of life, and the plug-in through
// which a cluster's MPI carries them: its source, how it is built, and the calls into it, with the
// pointers that these take. Never knows what is in a message.
