//! Attempts against scripted servers.
