//! Finds the node's file and reads it from disk.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use core_directory::Domain;
use proto_certificate::pem;
use proto_placed_toml::{FileError, MAX_FILE_LENGTH};

use super::{NodeConfig, read};

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
    let candidates: Vec<&Path> = given.map_or_else(|| PLACES.iter().map(Path::new).collect(), |path| vec![path]);
    for path in candidates {
        let name = path.display().to_string();
        let bytes = match read_bounded(path, MAX_FILE_LENGTH) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound && given.is_none() => continue,
            Err(error) => return Err(vec![FileError::whole(&name, error.to_string(), None)]),
        };
        let text =
            String::from_utf8(bytes).map_err(|_| vec![FileError::whole(&name, "the file is not UTF-8 text", None)])?;
        let base = path.parent().unwrap_or(Path::new(""));
        let built_in = NodeConfig::built_in(base, hostname);
        let mut files = |path: &Path| read_bounded(path, pem::MAX_FILE_LENGTH).map_err(|error| error.to_string());
        let config = read(&name, &text, base, built_in, &mut files)?;
        return Ok(Loaded { config, file: Some(path.to_owned()) });
    }
    Ok(Loaded { config: NodeConfig::built_in(Path::new("."), hostname), file: None })
}

/// Reads a file of at most `limit` octets; of a longer one, one more than that, so that the reader refuses it.
fn read_bounded(path: &Path, limit: usize) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The machine's own name, else `localhost`.
fn system_hostname() -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = kernel.or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok());
    let name = name.and_then(|name| Domain::parse(name.trim()).ok());
    name.map_or_else(|| "localhost".to_owned(), |name| name.to_string())
}
