//! That every code has a text in every language with all its arguments, and what whole answers look like.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod completeness;
