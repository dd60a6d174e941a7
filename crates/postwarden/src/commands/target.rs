//! Where a file that a command makes is to go. It is made beside that place and then given its name, so whatever has the name
//! is replaced: that may be an earlier file and nothing else.

use std::fs;
use std::path::{Path, PathBuf};

/// The place itself, behind links: a link stays a link, and the file it leads to is replaced.
///
/// # Errors
/// Why nothing may go there: a device, a pipe, a folder, or a link that leads nowhere.
pub fn place(file: &Path) -> Result<PathBuf, String> {
    match fs::metadata(file) {
        Ok(metadata) if metadata.is_file() => fs::canonicalize(file).map_err(|error| error.to_string()),
        Ok(_) => Err("it is there and is no file".to_owned()),
        Err(error) if fs::symlink_metadata(file).is_ok() => Err(format!("it is a link, and what it leads to: {error}")),
        // Where it cannot be made, that is said when it is.
        Err(_) => Ok(file.to_owned()),
    }
}
