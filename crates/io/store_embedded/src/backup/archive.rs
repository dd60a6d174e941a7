//! The file of a backup: a tar archive of a manifest, the databases, and the SHA-256 of each in the form that `sha256sum
//! --check` reads. The sums come last, so that an archive that ends too early is known for one.
//!
//! Only names that are expected, in their order, are read; nothing in an archive decides where anything is written.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read, Write};

use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tar::{Builder, EntryType, Header};

/// What a backup says of itself, the first entry.
pub const MANIFEST: &str = "manifest.json";

/// The sums, the last entry.
pub const CHECKSUMS: &str = "SHA256SUMS";

/// The version of this form. A reader knows those up to its own.
pub const FORMAT: u32 = 1;

/// Whose backup it is.
const PROGRAM: &str = "postwarden";

/// Most octets of the manifest, and of the sums: both are a few hundred.
const MAX_TEXT: u64 = 64 * 1024;

/// Octets read at a time.
const CHUNK: usize = 64 * 1024;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `postwarden`.
    program: String,
    /// The version of the archive's form.
    format: u32,
    /// The version of the program that made it.
    pub version: String,
    /// The host name of the node that made it.
    pub hostname: String,
    /// When it began.
    pub at: Timestamp,
    /// The files of the databases in it, in their order.
    pub databases: Vec<String>,
}

impl Manifest {
    /// The manifest of a backup by this node, made now.
    #[must_use]
    pub fn new(version: &str, hostname: &str, at: Timestamp) -> Self {
        Self {
            program: PROGRAM.to_owned(),
            format: FORMAT,
            version: version.to_owned(),
            hostname: hostname.to_owned(),
            at,
            databases: Vec::new(),
        }
    }
}

/// Why an archive cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Something else.
    #[error("it is no backup that postwarden made: {0}")]
    Foreign(String),
    /// A newer program made it.
    #[error(
        "postwarden {version} made it in form {format}, and this program reads up to {FORMAT}: use the newer program"
    )]
    Newer {
        /// The version of the program.
        version: String,
        /// The form.
        format: u32,
    },
    /// It is not whole.
    #[error("it ends too early, in {0}: it was not copied whole; take another backup")]
    CutShort(String),
    /// Its content is not what was written.
    #[error("it is damaged: {0}; take another backup")]
    Damaged(String),
    /// It cannot be read at all.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    /// What is in it cannot be put down.
    #[error("{0} cannot be written: {1}")]
    Output(String, io::Error),
}

/// Writes an archive.
pub struct ArchiveWriter<W: Write> {
    tar: Builder<W>,
    at: u64,
    sums: String,
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins with the manifest.
    pub fn begin(output: W, manifest: &Manifest, databases: Vec<String>) -> io::Result<Self> {
        let at = u64::try_from(manifest.at.as_second()).unwrap_or_default();
        let mut writer = Self { tar: Builder::new(output), at, sums: String::new() };
        let text = serde_json::to_vec_pretty(&Manifest { databases, ..manifest.clone() })?;
        writer.entry(MANIFEST, text.len() as u64, &*text)?;
        Ok(writer)
    }

    /// Adds a file.
    pub fn add(&mut self, name: &str, file: std::fs::File) -> io::Result<()> {
        let size = file.metadata()?.len();
        self.entry(name, size, file)
    }

    /// Ends with the sums.
    pub fn finish(mut self) -> io::Result<()> {
        let sums = std::mem::take(&mut self.sums);
        self.entry(CHECKSUMS, sums.len() as u64, sums.as_bytes())?;
        self.tar.into_inner()?.flush()
    }

    fn entry(&mut self, name: &str, size: u64, content: impl Read) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_path(name)?;
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(self.at);
        header.set_cksum();
        let mut summed = Summed::new(content);
        self.tar.append(&header, &mut summed)?;
        if summed.octets != size {
            return Err(io::Error::other(format!("{name} changed while it was written")));
        }
        self.sums.push_str(&format!("{}  {name}\n", summed.sum()));
        Ok(())
    }
}

/// Reads an archive. `known` are the names of databases that it may have, in their order, the first one always. `place` is
/// asked for each database in it where its content goes; what it returns is given the octets.
/// All is known to be good when this returns, and nothing before.
pub fn read<W: Write>(
    archive: impl Read,
    known: &[&str],
    mut place: impl FnMut(&str) -> Result<W, ArchiveError>,
) -> Result<Manifest, ArchiveError> {
    let ended = Cell::new(false);
    let mut archive = tar::Archive::new(Watched { inner: archive, ended: &ended });
    // Raw: no entry stands for another's name, and none but plain files is taken.
    let mut entries = archive.entries().map_err(ArchiveError::Unreadable)?.raw(true);
    let mut sums = String::new();
    let mut next = |name: &str, first: bool| match entries.next() {
        Some(Ok(entry))
            if entry.path_bytes() == name.as_bytes() && entry.header().entry_type() == EntryType::Regular =>
        {
            Ok(entry)
        }
        None if !first => Err(ArchiveError::CutShort(name.to_owned())),
        Some(Err(error)) if error.raw_os_error().is_some() => Err(ArchiveError::Unreadable(error)),
        // What the library says of it quotes its octets, which may be anything.
        Some(Err(_)) if first => Err(ArchiveError::Foreign("it does not begin like a tar archive".to_owned())),
        Some(Err(_)) if ended.get() => Err(ArchiveError::CutShort(name.to_owned())),
        Some(Err(error)) => {
            Err(ArchiveError::Damaged(format!("where {name} should be: {}", error.to_string().escape_debug())))
        }
        Some(Ok(_)) | None => {
            let text = format!("{name} is not where it should be");
            Err(if first { ArchiveError::Foreign(text) } else { ArchiveError::Damaged(text) })
        }
    };
    let mut text = Vec::new();
    take(&mut next(MANIFEST, true)?, MANIFEST, Some(MAX_TEXT), &mut text, &mut sums)?;
    let manifest = manifest(&text)?;
    check_names(&manifest.databases, known)?;
    for name in &manifest.databases {
        let mut output = place(name)?;
        take(&mut next(name, false)?, name, None, &mut output, &mut sums)?;
    }
    let mut told = Vec::new();
    take(&mut next(CHECKSUMS, false)?, CHECKSUMS, Some(MAX_TEXT), &mut told, &mut String::new())?;
    if told != sums.as_bytes() {
        return Err(ArchiveError::Damaged(format!("its content does not have the sums that {CHECKSUMS} says")));
    }
    Ok(manifest)
}

fn manifest(text: &[u8]) -> Result<Manifest, ArchiveError> {
    /// What stays so in every form.
    #[derive(Deserialize)]
    struct Kind {
        program: String,
        format: u32,
        version: String,
    }
    let foreign = |error: serde_json::Error| ArchiveError::Foreign(format!("{MANIFEST}: {error}"));
    let kind: Kind = serde_json::from_slice(text).map_err(foreign)?;
    if kind.program != PROGRAM {
        return Err(ArchiveError::Foreign(format!("{MANIFEST} says that {:?} made it", kind.program)));
    }
    if kind.format > FORMAT {
        return Err(ArchiveError::Newer { version: kind.version, format: kind.format });
    }
    serde_json::from_slice(text).map_err(foreign)
}

/// Each at most once, in their order, and the first of them.
fn check_names(names: &[String], known: &[&str]) -> Result<(), ArchiveError> {
    let mut rest = known.iter();
    let in_order = names.iter().all(|name| rest.any(|known| known == name));
    if in_order && names.first().map(String::as_str) == known.first().copied() {
        return Ok(());
    }
    Err(ArchiveError::Damaged(format!("it says that it has {}, which no backup has", names.join(", "))))
}

/// Copies one entry and notes its sum.
fn take(
    entry: &mut tar::Entry<'_, impl Read>,
    name: &str,
    limit: Option<u64>,
    output: &mut impl Write,
    sums: &mut String,
) -> Result<(), ArchiveError> {
    let size = entry.size();
    if limit.is_some_and(|limit| size > limit) {
        return Err(ArchiveError::Damaged(format!("{name} has {size} octets")));
    }
    let mut summed = Summed::new(entry);
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = summed.read(&mut chunk).map_err(ArchiveError::Unreadable)?;
        if count == 0 {
            break;
        }
        let octets = chunk.get(..count).unwrap_or_default();
        output.write_all(octets).map_err(|error| ArchiveError::Output(name.to_owned(), error))?;
    }
    if summed.octets < size {
        return Err(ArchiveError::CutShort(name.to_owned()));
    }
    sums.push_str(&format!("{}  {name}\n", summed.sum()));
    Ok(())
}

/// A reader that notes its end: the library does not say whether an entry is wrong or missing.
struct Watched<'a, R> {
    inner: R,
    ended: &'a Cell<bool>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.ended.set(count == 0 && !buffer.is_empty());
        Ok(count)
    }
}

/// A reader that sums what passes.
struct Summed<R> {
    inner: R,
    octets: u64,
    digest: Context,
}

impl<R: Read> Summed<R> {
    fn new(inner: R) -> Self {
        Self { inner, octets: 0, digest: Context::new(&SHA256) }
    }

    fn sum(self) -> impl fmt::Display {
        HEXLOWER.encode(self.digest.finish().as_ref())
    }
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.octets += count as u64;
        self.digest.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
