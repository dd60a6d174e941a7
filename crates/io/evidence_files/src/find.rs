//! What was given, as a list of files: folders are walked, everything else is named with why it is passed over.

use std::collections::HashSet;
use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use crate::name;
use crate::unreadable::Unreadable;

/// Most files: a folder given by mistake, such as the root of a disk, is told soon. A month of hourly logs in eight folders
/// on two servers makes twelve thousand.
pub const MAX_FILES: usize = 50_000;

/// Most folders within each other: logs lie four deep, and this is far more.
pub const MAX_DEPTH: usize = 32;

/// What was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    StandardInput,
    /// A file or a folder.
    Path(PathBuf),
    /// A text that was pasted.
    Pasted(Vec<u8>),
}

/// A file to read, or something that cannot be read, which is told when it is its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceFile {
    /// Its name as people know it.
    pub name: String,
    /// Its length in octets, for progress; 0 where it is not known.
    pub length: u64,
    pub(crate) place: Place,
}

/// Where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    StandardInput,
    File(PathBuf),
    /// A named pipe that was asked for: its length is not known.
    Pipe(PathBuf),
    Text(Vec<u8>),
    Nowhere(Unreadable),
}

/// Lists the files of what was given: in the order given, folders sorted by name. Never fails: what cannot be read is in the
/// list with why.
#[must_use]
pub fn find(inputs: Vec<Input>) -> Vec<EvidenceFile> {
    let mut search = Search::default();
    for input in inputs {
        match input {
            Input::StandardInput => search.add("-".to_owned(), 0, Place::StandardInput),
            Input::Pasted(text) => search.add("-".to_owned(), text.len() as u64, Place::Text(text)),
            Input::Path(path) => search.visit(&path, 0),
        }
    }
    search.files
}

#[derive(Default)]
struct Search {
    files: Vec<EvidenceFile>,
    /// Files and folders that were met, by their real paths.
    met: HashSet<PathBuf>,
}

impl Search {
    fn add(&mut self, name: String, length: u64, place: Place) {
        self.files.push(EvidenceFile { name, length, place });
    }

    fn pass_over(&mut self, path: &Path, why: Unreadable) {
        self.add(name::of_path(path), 0, Place::Nowhere(why));
    }

    /// Adds a file, or all within a folder. Recursion ends at [`MAX_DEPTH`].
    fn visit(&mut self, path: &Path, depth: usize) {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return self.pass_over(path, Unreadable::System(error.to_string())),
        };
        let is_asked_for = depth == 0;
        let special = special(metadata.file_type());
        match special {
            Some(PIPE) if is_asked_for => return self.add(name::of_path(path), 0, Place::Pipe(path.to_owned())),
            Some(what) => return self.pass_over(path, Unreadable::Special(what)),
            None => {}
        }
        let is_new = fs::canonicalize(path).map_or(true, |real| self.met.insert(real));
        match (metadata.is_dir(), is_new) {
            (true, false) => self.pass_over(path, Unreadable::FolderTwice),
            (false, false) => self.pass_over(path, Unreadable::FileTwice),
            (true, true) if depth >= MAX_DEPTH => self.pass_over(path, Unreadable::TooDeep(MAX_DEPTH)),
            (true, true) => self.visit_folder(path, depth),
            (false, true) => self.add(name::of_path(path), metadata.len(), Place::File(path.to_owned())),
        }
    }

    fn visit_folder(&mut self, folder: &Path, depth: usize) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.pass_over(folder, Unreadable::System(error.to_string())),
        };
        let mut paths = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => paths.push(entry.path()),
                Err(error) => self.pass_over(folder, Unreadable::System(error.to_string())),
            }
            if paths.len() > MAX_FILES {
                break;
            }
        }
        if paths.is_empty() {
            return self.pass_over(folder, Unreadable::EmptyFolder);
        }
        paths.sort();
        for path in paths {
            if self.files.len() >= MAX_FILES {
                // Told once, where it happens, whatever folders are above.
                let told = self.files.last().is_some_and(|last| last.place == TOO_MANY);
                if !told {
                    self.pass_over(folder, Unreadable::TooManyFiles(MAX_FILES));
                }
                return;
            }
            self.visit(&path, depth + 1);
        }
    }
}

const TOO_MANY: Place = Place::Nowhere(Unreadable::TooManyFiles(MAX_FILES));

const PIPE: &str = "pipe";

/// What a file is that is none, in a word.
#[cfg(unix)]
fn special(kind: FileType) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        Some(PIPE)
    } else if kind.is_socket() {
        Some("socket")
    } else if kind.is_block_device() || kind.is_char_device() {
        Some("device")
    } else {
        None
    }
}

/// What a file is that is none, in a word.
#[cfg(not(unix))]
fn special(kind: FileType) -> Option<&'static str> {
    (!kind.is_file() && !kind.is_dir()).then_some("device")
}
