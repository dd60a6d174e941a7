//! Listeners, sessions, limits and verdicts; into the spool.
