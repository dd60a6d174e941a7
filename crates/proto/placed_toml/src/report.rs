//! What is wrong with one document, collected while it is read.

use std::cell::{Cell, RefCell};

use crate::document::Document;
use crate::error::FileError;
use crate::reader::TableReader;
use crate::value::{Kind, Place};

/// Most errors told of one document; the rest is counted. Nobody mends more at a time.
pub const MAX_ERRORS: usize = 100;

/// Collects the errors of one document.
#[derive(Debug)]
pub struct Report<'d> {
    document: &'d Document,
    errors: RefCell<Vec<(Place, FileError)>>,
    more: Cell<usize>,
}

impl<'d> Report<'d> {
    /// An empty report.
    pub fn new(document: &'d Document) -> Self {
        Self { document, errors: RefCell::default(), more: Cell::default() }
    }

    /// The document.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// The table at the top. Where JSON has something else there, that is reported and the table is empty.
    pub fn root(&self) -> TableReader<'_> {
        let root = &self.document.root;
        match &root.kind {
            Kind::Table(entries) => TableReader::root(self, entries, root.place),
            _ => {
                let what = format!("expected a table, found {}", root.describe());
                self.add(root.place, String::new(), what, None);
                TableReader::root(self, &[], root.place)
            }
        }
    }

    /// Adds an error.
    pub fn add(&self, place: Place, path: String, what: String, hint: Option<String>) {
        let mut errors = self.errors.borrow_mut();
        if errors.len() < MAX_ERRORS {
            errors.push((place, self.document.error(place, path, what, hint)));
        } else {
            self.more.set(self.more.get().saturating_add(1));
        }
    }

    /// `value` if nothing is wrong.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<FileError>> {
        let errors = self.errors();
        if errors.is_empty() { Ok(value) } else { Err(errors) }
    }

    /// Everything that is wrong, in the order of the file.
    pub fn errors(self) -> Vec<FileError> {
        let mut errors = self.errors.into_inner();
        errors.sort_by_key(|(place, _)| *place);
        let mut errors: Vec<FileError> = errors.into_iter().map(|(_, error)| error).collect();
        let more = self.more.get();
        if more > 0 {
            errors.push(FileError::whole(&self.document.file, format!("{more} more errors"), None));
        }
        errors
    }
}
