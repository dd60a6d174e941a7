//! Directory files from disk: read, their certificates and keys resolved against their folders, made one.

use std::path::{Path, PathBuf};

use proto_certificate::pem;
use proto_directory_file::{DirectoryFile, FileError, merge, read_toml};
use proto_placed_toml::MAX_FILE_LENGTH;

use crate::bounded;

/// Reads directory files and makes one of them.
///
/// # Errors
/// Everything that is wrong, each with its place.
pub fn read(paths: &[PathBuf]) -> Result<DirectoryFile, Vec<FileError>> {
    let mut files = Vec::new();
    let mut errors = Vec::new();
    for path in paths {
        match read_one(path) {
            Ok(file) => files.push(file),
            Err(own) => errors.extend(own),
        }
    }
    if errors.is_empty() { merge(files) } else { Err(errors) }
}

fn read_one(path: &Path) -> Result<DirectoryFile, Vec<FileError>> {
    let name = path.display().to_string();
    let whole = |what: String| vec![FileError::whole(&name, what, None)];
    let bytes = bounded::read(path, MAX_FILE_LENGTH).map_err(|error| whole(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| whole("the file is not UTF-8 text".to_owned()))?;
    let base = path.parent().unwrap_or(Path::new(""));
    let mut named =
        |file: &str| bounded::read(&base.join(file), pem::MAX_FILE_LENGTH).map_err(|error| error.to_string());
    read_toml(&name, &text, &mut named)
}
