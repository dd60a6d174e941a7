//! Files read up to a limit, so that a wrong name never fills the memory.

use std::fs::File;
use std::io::{Read as _, Result};
use std::path::Path;

/// Reads a file of at most `limit` octets; of a longer one, one more than that, so that its reader refuses it.
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
