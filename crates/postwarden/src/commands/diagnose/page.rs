//! The answer as a file: it is whole or not there, and for its owner only, since it holds addresses.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::commands::target;
use crate::exit::Failure;

/// Where the page will be, before anything is read: an earlier page is replaced, and nothing that is no file.
///
/// # Errors
/// It cannot go there, as far as that can be seen.
pub fn place(path: &Path) -> Result<PathBuf, Failure> {
    let is_folder = path.is_dir() || path.file_name().is_none();
    if is_folder {
        return Err(told(path, "this is a folder").hint("name a file in it, such as answer.html"));
    }
    let folder = folder(path);
    if !folder.is_dir() {
        return Err(told(path, format!("there is no folder {}", folder.display())));
    }
    target::place(path).map_err(|why| told(path, why).hint("name a new file, or an earlier page to be replaced"))
}

/// Writes it to its [place].
pub fn write(path: &Path, page: &str) -> Result<(), Failure> {
    let beside = beside(path);
    let written = write_new(&beside, page).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        // What is left over is worth no second error.
        let _ = fs::remove_file(&beside);
        told(path, error)
    })
}

fn write_new(path: &Path, page: &str) -> io::Result<()> {
    let mut file = create(path)?;
    file.write_all(page.as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// A name in the same folder, so that renaming is one step.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    folder(path).join(name)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => Path::new("."),
    }
}

fn told(path: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("--html {}: {why}", path.display()))
}
