//! Tests of the rules: a file a rule or theme, and properties over random small worlds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod consistency;
mod world;

mod a3_match;

pub use consistency::check;
