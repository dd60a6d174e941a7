//! Finds the node's file and reads it from disk.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use core_directory::Domain;
use proto_certificate::pem;
use proto_placed_toml::{Document, FileError, MAX_FILE_LENGTH, Report};

use super::{DEFAULT_DATA, NodeConfig, read};
use crate::bounded;

/// Where the file is looked for when the command line names none, in this order.
const PLACES: [&str; 2] = ["./postwarden.toml", "/etc/postwarden/postwarden.toml"];

/// A configuration and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// What it says.
    pub config: NodeConfig,
    /// The file; none: there is no file, and the built-in configuration holds.
    pub file: Option<PathBuf>,
}

/// Reads the file that the command line names, else the first that exists, else takes the built-in configuration.
///
/// # Errors
/// A file that is named and is not there, or that cannot be read; everything that is wrong in it.
pub fn load(given: Option<&Path>) -> Result<Loaded, Vec<FileError>> {
    let hostname = system_hostname();
    let Some(found) = find(given)? else {
        return Ok(Loaded { config: NodeConfig::built_in(Path::new("."), hostname), file: None });
    };
    if found.text.trim().is_empty() {
        // What is left of a file by a full disk, or while it is written: a node that took it would leave its port.
        let hint = "write a [[listener]] at least; to run with built-in settings, remove it".to_owned();
        return Err(vec![FileError::whole(&found.name(), "the file is empty", Some(hint))]);
    }
    let base = found.base();
    let built_in = NodeConfig::built_in(base, hostname);
    let mut files = |path: &Path| bounded::read(path, pem::MAX_FILE_LENGTH).map_err(|error| unread(&error));
    let config = read(&found.name(), &found.text, base, built_in, &mut files)?;
    Ok(Loaded { config, file: Some(found.path) })
}

/// The data directory of the configuration that [`load`] would take. Nothing else in the file is looked at: a client of the
/// server may be denied the certificates and keys that the server reads.
///
/// # Errors
/// A file that is named and is not there, or whose syntax or `data` is wrong.
pub fn data_directory(given: Option<&Path>) -> Result<PathBuf, Vec<FileError>> {
    let Some(found) = find(given)? else { return Ok(Path::new(".").join(DEFAULT_DATA)) };
    let document = Document::parse_toml(&found.name(), &found.text)?;
    let report = Report::new(&document);
    let data = report.root().text("data").map_or_else(|| DEFAULT_DATA.to_owned(), |data| data.value.to_owned());
    report.finish(found.base().join(data))
}

/// A configuration file that was found.
struct Found {
    path: PathBuf,
    text: String,
}

impl Found {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The folder against which paths in the file are resolved.
    fn base(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

/// The file that is given, else the first that exists.
fn find(given: Option<&Path>) -> Result<Option<Found>, Vec<FileError>> {
    let candidates: Vec<&Path> = given.map_or_else(|| PLACES.iter().map(Path::new).collect(), |path| vec![path]);
    for path in candidates {
        let wrong = |what: String| vec![FileError::whole(&path.display().to_string(), what, None)];
        let bytes = match bounded::read(path, MAX_FILE_LENGTH) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound && given.is_none() => continue,
            Err(error) => return Err(wrong(error.to_string())),
        };
        let text = String::from_utf8(bytes).map_err(|_| wrong("the file is not UTF-8 text".to_owned()))?;
        return Ok(Some(Found { path: path.to_owned(), text }));
    }
    Ok(None)
}

/// Why a file that the configuration names is not read, and what to do where that is not plain.
fn unread(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => {
            format!("{error}; let the user that runs the service read it (chown root:postwarden, chmod 0640)")
        }
        _ => error.to_string(),
    }
}

/// The machine's own name, else `localhost`.
fn system_hostname() -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = kernel.or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok());
    let name = name.and_then(|name| Domain::parse(name.trim()).ok());
    name.map_or_else(|| "localhost".to_owned(), |name| name.to_string())
}
