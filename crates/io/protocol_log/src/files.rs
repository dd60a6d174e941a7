//! The files of one log: their names by hour and number, a new one in time, and not more of them than may be kept.
//!
//! Only files of the log's own names are ever counted or removed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use proto_exchange::protocol_log::{LogFileName, LogKind};

use crate::Settings;
use crate::settings::make_folder;

/// What `#Software` says.
const SOFTWARE: &str = concat!("Postwarden ", env!("CARGO_PKG_VERSION"));

/// Mode of the files: mail addresses stand in them.
const FILE_MODE: u32 = 0o640;

/// How far behind the hour of the open file a row may be and still go into it: sessions that speak at the same time queue
/// their rows in any order. What is further behind comes from a clock that was put back.
const LATE: SignedDuration = SignedDuration::from_mins(1);

/// Numbers tried for a new file, if others take them at the same moment.
const TRIES: u32 = 100;

/// A file that is being written.
pub(crate) struct Current {
    file: File,
    name: LogFileName,
    /// Octets up to the end of its last whole row.
    length: u64,
    /// Octets of its header.
    header: u64,
}

/// The folder of one log.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    pub kind: LogKind,
    pub settings: Settings,
}

struct Listed {
    name: LogFileName,
    path: PathBuf,
    size: u64,
}

impl Current {
    /// Whether a row of this time and so many octets belongs into the file, behind others that are gathered for it.
    pub fn takes(&self, at: Timestamp, gathered: usize, octets: usize, settings: &Settings) -> bool {
        let ends = self.name.ends();
        let begins = ends - SignedDuration::from_hours(1);
        let in_time = at < ends && begins.duration_since(at) <= LATE;
        let after = self.length.saturating_add(u64::try_from(gathered.saturating_add(octets)).unwrap_or(u64::MAX));
        // A row larger than a file gets a file of its own.
        let is_first = self.length == self.header && gathered == 0;
        in_time && (is_first || after <= settings.max_file_size)
    }

    /// Whether somebody removed it: what is written to it nobody reads.
    pub fn is_removed(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
    }

    /// Appends whole rows. After an error nothing of them is in the file; `false` says that not even that can be relied on.
    pub fn append(&mut self, rows: &[u8]) -> Result<(), (io::Error, bool)> {
        match self.file.write_all(rows) {
            Ok(()) => {
                self.length += u64::try_from(rows.len()).unwrap_or_default();
                Ok(())
            }
            Err(error) => {
                let undone = self.file.set_len(self.length).is_ok();
                Err((error, undone))
            }
        }
    }
}

impl Folder {
    /// Begins the next file for this time, and removes what is then too much.
    pub fn begin(&self, at: Timestamp) -> io::Result<Current> {
        let path = self.path();
        make_folder(&path)?;
        let listed = self.list()?;
        let taken = listed.iter().filter(|listed| listed.name.is_for(at)).map(|listed| listed.name.number).max();
        let first = taken.unwrap_or_default().saturating_add(1);
        let (file, name) = self.create(&path, at, first)?;
        let header = self.kind.header(SOFTWARE, at);
        let length = u64::try_from(header.len()).unwrap_or_default();
        let mut current = Current { file, name, length: 0, header: length };
        if let Err((error, _)) = current.append(header.as_bytes()) {
            // A file without a header is no log; whether it can be removed does not matter to what comes next.
            let _ = fs::remove_file(path.join(name.to_string()));
            return Err(error);
        }
        self.remove_surplus(at, Some(&current));
        Ok(current)
    }

    fn create(&self, folder: &Path, at: Timestamp, first: u32) -> io::Result<(File, LogFileName)> {
        let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
        for number in (first..=u32::MAX).take(usize::try_from(TRIES).unwrap_or_default()) {
            let name = LogFileName::new(self.kind, at, number);
            let mut options = OpenOptions::new();
            match options.append(true).create_new(true).mode(FILE_MODE).open(folder.join(name.to_string())) {
                Ok(file) => return Ok((file, name)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
                Err(error) => return Err(error),
            }
        }
        Err(taken)
    }

    /// Removes files that are too old, then the oldest until there is room for the open file to grow to its full size.
    pub fn remove_surplus(&self, now: Timestamp, current: Option<&Current>) {
        let mut listed = match self.list() {
            Ok(listed) => listed,
            Err(error) => return self.complain(&self.path(), &error),
        };
        listed.retain(|listed| current.is_none_or(|current| current.name != listed.name));
        listed.sort_by_key(|listed| listed.name.age_key());
        let max_age = SignedDuration::try_from(self.settings.max_age).unwrap_or(SignedDuration::MAX);
        let mut total: u64 = listed.iter().map(|listed| listed.size).sum();
        let reserved = if current.is_some() { self.settings.max_file_size } else { 0 };
        for Listed { name, path, size } in listed {
            let too_old = now.duration_since(name.ends()) > max_age;
            let too_much = total.saturating_add(reserved) > self.settings.max_directory_size;
            if !too_old && !too_much {
                continue;
            }
            match fs::remove_file(&path) {
                Ok(()) => total = total.saturating_sub(size),
                Err(error) => self.complain(&path, &error),
            }
        }
    }

    fn complain(&self, path: &Path, error: &io::Error) {
        tracing::warn!(path = %path.display(), %error, "old protocol logs could not be removed; it is tried again");
    }

    fn path(&self) -> PathBuf {
        self.settings.folder(self.kind)
    }

    /// The files of the log.
    fn list(&self) -> io::Result<Vec<Listed>> {
        let entries = match fs::read_dir(self.path()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut listed = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_str().and_then(|name| LogFileName::parse(self.kind, name));
            // One that is gone already needs no care.
            if let (Some(name), Ok(metadata)) = (name, entry.metadata())
                && metadata.is_file()
            {
                listed.push(Listed { name, path: entry.path(), size: metadata.len() });
            }
        }
        Ok(listed)
    }
}
