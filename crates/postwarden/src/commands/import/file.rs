//! The directory file: it is whole or not there, and an earlier one is replaced only if that was said.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::commands::target;
use crate::exit::{Exit, Failure};

/// Where the file will be, before anything is read.
///
/// # Errors
/// Something is there already, or nothing can go there.
pub fn place(path: &Path, may_replace: bool) -> Result<PathBuf, Failure> {
    if path.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir()) && !may_replace {
        let text = format!("{}: is there already, and may have been worked on; nothing was written", path.display());
        return Err(Failure::new(Exit::Usage, text).hint("name another file, or replace this one by --yes"));
    }
    target::place(path).map_err(|why| told(path, why).hint("name a new file, or an earlier one to be replaced"))
}

/// Writes it to its [place]: beside it first, so that renaming is one step.
///
/// # Errors
/// It cannot be written.
pub fn write(place: &Path, text: &str) -> Result<(), Failure> {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let beside = place.with_file_name(name);
    let written = write_new(&beside, text).and_then(|()| fs::rename(&beside, place));
    written.map_err(|error| {
        // What is left over is worth no second error.
        let _ = fs::remove_file(&beside);
        told(place, error)
    })
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn told(path: &Path, why: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("{}: {why}", path.display()))
}
