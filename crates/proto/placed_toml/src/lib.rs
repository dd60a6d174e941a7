//! TOML, and JSON of the same shape, read with the place of every value.
//!
//! A [`Document`] is parsed once. A [`Report`] collects what is wrong with it while [`TableReader`]s ask its tables for
//! the keys they know; each error says file, line, column, key path, what is wrong and what to do. Keys that nobody asked
//! for are errors that name the nearest key. Everything is reported at once, not the first error alone.
//!
//! This crate knows no key and no meaning: what a file may say is written in the crates that read it.

#![forbid(unsafe_code)]

mod document;
mod error;
mod nearest;
pub mod quantity;
mod reader;
mod report;
mod value;

#[cfg(test)]
mod tests;

pub use document::{Document, MAX_FILE_LENGTH};
pub use error::{FileError, Location};
pub use nearest::nearest;
pub use reader::TableReader;
pub use report::{MAX_ERRORS, Report};
pub use value::{Place, Placed};
