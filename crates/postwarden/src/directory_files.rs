//! Directory files from disk: read, their certificates and keys resolved against their folders, made one.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use proto_certificate::pem;
use proto_directory_file::{DirectoryFile, FileError, merge, read_toml};
use proto_placed_toml::MAX_FILE_LENGTH;

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
    let bytes = bounded(path, MAX_FILE_LENGTH).map_err(whole)?;
    let text = String::from_utf8(bytes).map_err(|_| whole("the file is not UTF-8 text".to_owned()))?;
    let base = path.parent().unwrap_or(Path::new(""));
    read_toml(&name, &text, &mut |named| bounded(&base.join(named), pem::MAX_FILE_LENGTH))
}

/// Reads a file of at most `limit` octets; of a longer one, one more than that, so that its reader refuses it.
pub fn bounded(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let outcome = std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    outcome.map(|_| bytes).map_err(|error| error.to_string())
}
