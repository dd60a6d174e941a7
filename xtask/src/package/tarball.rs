//! The tarball: everything in one folder, to be copied where it belongs.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::contents::File;
use super::{Build, answer, at, write};

/// The mode of what can be run, and of folders.
pub const EXECUTABLE: u32 = 0o755;

/// The mode of what can be read.
pub const READABLE: u32 = 0o644;

/// Makes it, and says where it is.
///
/// # Errors
/// A file cannot be written, or `tar` or `gzip` fails.
pub fn make(build: &Build, files: &[File]) -> Result<PathBuf, String> {
    let name = format!("postwarden-{}-{}", build.version, build.target);
    let parent = empty(&build.output.join("tarball"))?;
    for file in files {
        if let Some(place) = &file.tarball {
            put(&parent.join(&name).join(place), &file.octets, file.executable)?;
        }
    }
    let archive = build.output.join(format!("{name}.tar"));
    let mut tar = Command::new("tar");
    tar.args(["--create", "--format=gnu", "--sort=name", "--owner=0", "--group=0", "--numeric-owner"]);
    // Folders take the modes of files' folders from the umask; nobody shall be kept out of them.
    tar.arg(format!("--mtime=@{}", build.time)).arg("--mode=u=rwX,go=rX");
    tar.arg("--file").arg(&archive).arg("--directory").arg(&parent).arg(&name);
    answer(&mut tar)?;
    answer(Command::new("gzip").args(["--force", "--no-name", level(build)]).arg(&archive))?;
    fs::remove_dir_all(&parent).map_err(|error| at(&parent, &error))?;
    Ok(archive.with_added_extension("gz"))
}

/// How hard is compressed.
pub fn level(build: &Build) -> &'static str {
    if build.quick { "-1" } else { "-9" }
}

/// A folder with nothing in it.
pub fn empty(folder: &Path) -> Result<PathBuf, String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| at(folder, &error))?;
    }
    fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    Ok(folder.to_owned())
}

/// Writes a file with the folders on the way to it, whatever the umask.
pub fn put(path: &Path, octets: &[u8], executable: bool) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    }
    write(path, octets)?;
    let mode = Permissions::from_mode(if executable { EXECUTABLE } else { READABLE });
    fs::set_permissions(path, mode).map_err(|error| at(path, &error))
}
