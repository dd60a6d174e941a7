//! The command line as a user meets it: the real program, what it prints on each output, and how it exits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod answers;
mod bad_input;
mod bombs;
mod certificate;
mod collect;
mod completion;
mod demo;
mod diagnose;
mod help;
mod import;
mod lint;
mod program;
mod server;
