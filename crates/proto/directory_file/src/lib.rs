//! The directory as TOML and JSON, with places: one format for files, the API and the store.
//!
//! [`read_toml`] reads the directory file that administrators write; [`from_json`] reads the same keys from the API. Both
//! go through one reader, and one list of fields serves both writers, so that the two cannot drift apart. [`object`] has
//! the form in which the store keeps single objects, [`single`] the one in which the API shows and takes them.
//!
//! Nothing is opened here: a path in a file is resolved by the caller. What is wrong is told all at once as
//! [`FileError`]s; whether the directory as a whole makes sense is [`core_directory::validate`]'s to say, and
//! [`Places::locate`] turns its faults into errors with a line.

#![forbid(unsafe_code)]

mod annotated;
mod certificates;
mod fields;
mod file;
mod json;
pub mod object;
mod objects;
mod places;
pub mod single;
mod write_toml;

#[cfg(test)]
mod tests;

pub use annotated::{Annotated, AnnotatedObject, LeftOut, remark, write_annotated};
pub use file::{DirectoryFile, look_through, merge, read_toml};
pub use json::{from_json, to_json, to_json_with_keys};
pub use places::Places;
pub use proto_placed_toml::{FileError, Location};
pub use write_toml::write_toml;
