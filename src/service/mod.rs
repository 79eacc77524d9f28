//! What the program can do, for people and for scripts alike.
