//! Why something could not be read, as a code with arguments: the texts are elsewhere.

use std::io;

use crate::allowance::TooMuch;
use crate::read::Shrunk;

/// Why a file, a folder or a member of an archive could not be read, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The operating system says so: permission, vanished, a fault of the disk.
    System(String),
    /// A socket, device, or pipe in a folder.
    Special(&'static str),
    /// A folder that was read already, such as by a symbolic link to one above.
    FolderTwice,
    /// A file that was given twice: its mail would count twice.
    FileTwice,
    /// A folder without files.
    EmptyFolder,
    /// Folders in folders beyond the limit.
    TooDeep(usize),
    /// More files than the limit.
    TooManyFiles(usize),
    /// It became shorter while it was read.
    Changed,
    /// The archive is damaged or cut off: what is wrong.
    Damaged(String),
    /// The member is encrypted.
    Encrypted,
    /// The member is compressed by a method that is not read: its number.
    Method(u16),
    /// A link within an archive.
    Link,
    /// An archive without files.
    EmptyArchive,
    /// Archives in archives beyond the limit.
    Nested(u32),
    /// More members than the limit.
    TooManyMembers(u32),
    /// It unpacks to far more than it has: a bomb, or a mistake.
    TooMuch,
    /// An archive that is no file of its own, and too large to be held: the limit in octets.
    TooLargeToHold(usize),
}

impl Unreadable {
    /// The id of the text.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::System(_) => "problem-unreadable",
            Self::Special(_) => "problem-special-file",
            Self::FolderTwice => "problem-folder-twice",
            Self::FileTwice => "problem-file-twice",
            Self::EmptyFolder => "problem-folder-empty",
            Self::TooDeep(_) => "problem-too-deep",
            Self::TooManyFiles(_) => "problem-too-many-files",
            Self::Changed => "problem-changed",
            Self::Damaged(_) => "problem-archive-damaged",
            Self::Encrypted => "problem-archive-encrypted",
            Self::Method(_) => "problem-archive-method",
            Self::Link => "problem-archive-link",
            Self::EmptyArchive => "problem-archive-empty",
            Self::Nested(_) => "problem-archive-nested",
            Self::TooManyMembers(_) => "problem-archive-members",
            Self::TooMuch => "problem-archive-bomb",
            Self::TooLargeToHold(_) => "problem-archive-held",
        }
    }

    /// The arguments of the text by name.
    #[must_use]
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::System(error) | Self::Damaged(error) => vec![("error", error.clone())],
            Self::Special(what) => vec![("what", (*what).to_owned())],
            Self::TooDeep(limit) | Self::TooManyFiles(limit) => vec![("limit", limit.to_string())],
            Self::Nested(limit) | Self::TooManyMembers(limit) => vec![("limit", limit.to_string())],
            Self::TooLargeToHold(limit) => vec![("limit", (limit / (1024 * 1024)).to_string())],
            Self::Method(method) => vec![("method", method.to_string())],
            Self::FolderTwice | Self::FileTwice | Self::EmptyFolder | Self::Changed => Vec::new(),
            Self::Encrypted | Self::Link | Self::EmptyArchive | Self::TooMuch => Vec::new(),
        }
    }
}

/// The decoders tell what is wrong with an archive as an error of input; everything else is the system's.
impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        if error.get_ref().is_some_and(|inner| inner.is::<TooMuch>()) {
            return Self::TooMuch;
        }
        if error.get_ref().is_some_and(|inner| inner.is::<Shrunk>()) {
            return Self::Changed;
        }
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                Self::Damaged(error.to_string())
            }
            _ => Self::System(error.to_string()),
        }
    }
}
