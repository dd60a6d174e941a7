//! What is wrong with a file, and where: one sentence for people, the parts apart for programs.

use std::fmt;

/// One thing that is wrong with a file.
///
/// Its text is `FILE:LINE:COLUMN: PATH: WHAT; HINT`, each part left out where there is none. Secrets are in no part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The file as the caller named it; empty for what came over an API.
    pub file: String,
    /// Where in the file.
    pub location: Location,
    /// The way to the key, such as `tenant "contoso" › inbound_connector "HQ" › require_tls`. May be empty.
    pub path: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Where in a file something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In text.
    Line {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// The line itself, cut where it is long. `None` where it may hold a secret.
        text: Option<String>,
    },
    /// In JSON, by its pointer (RFC 6901).
    Pointer(String),
    /// In the file as a whole, or nowhere in it.
    Whole,
}

impl FileError {
    /// An error about a file as a whole.
    pub fn whole(file: &str, what: impl Into<String>, hint: Option<String>) -> Self {
        Self { file: file.to_owned(), location: Location::Whole, path: String::new(), what: what.into(), hint }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &self.location {
            Location::Line { line, column, .. } => format!("{line}:{column}"),
            Location::Pointer(pointer) => pointer.clone(),
            Location::Whole => String::new(),
        };
        let parts = [self.file.as_str(), place.as_str()];
        let position: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        for part in [position.join(":"), self.path.clone()].iter().filter(|part| !part.is_empty()) {
            write!(f, "{part}: ")?;
        }
        f.write_str(&self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for FileError {}
