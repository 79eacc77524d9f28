//! The acts that need no screen, and the arguments.
