//! The account: what became of every property and setting.

use std::borrow::Cow;
use std::sync::Arc;

use core_directory::Field;
use serde::Serialize;

use crate::drafts::{DraftId, Drafts};

/// Most properties and settings that are accounted for: four hundred connectors with all their properties are twenty thousand.
/// What is beyond is told as one.
pub(crate) const MAX_ENTRIES: usize = 500_000;

/// One property or setting, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The file.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u64,
    /// The object: `Get-InboundConnector "Inbound from HQ"`, `main.cf`.
    pub object: Arc<str>,
    /// Its name there.
    pub property: Box<str>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What became of a property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// The directory file says it.
    Carried {
        /// Where: `inbound_connector "Inbound from HQ", require_tls`.
        to: String,
    },
    /// Nothing here depends on it.
    NoMeaning {
        /// Why.
        why: Text,
    },
    /// It matters there, and the directory file does not say it.
    NotCarried {
        /// Why.
        why: Text,
        /// What to do.
        next: Text,
    },
    /// The dump does not show it, or not wholly.
    NotShown {
        /// The command that shows it.
        command: String,
    },
}

/// A text that mostly stands in the program.
pub(crate) type Text = Cow<'static, str>;

/// Why something is left out, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) why: Text,
    pub(crate) next: Text,
}

impl Reason {
    pub(crate) fn new(why: impl Into<Text>, next: impl Into<Text>) -> Self {
        Self { why: why.into(), next: next.into() }
    }

    /// The outcome of what is left out.
    pub(crate) fn outcome(&self) -> Outcome {
        Outcome::NotCarried { why: self.why.clone(), next: self.next.clone() }
    }

    /// Both as one text.
    pub(crate) fn text(&self) -> String {
        if self.next.is_empty() { self.why.to_string() } else { format!("{}; {}", self.why, self.next) }
    }
}

/// What is known of a property while the file is made.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// It is a field of a draft, and goes with that.
    Field(DraftId, Field),
    /// It is one item of a field of a draft, which others of it may be left out of.
    Item(DraftId, Field),
    /// It is settled.
    Settled(Outcome),
}

/// An entry while it is not known which drafts and fields stay.
#[derive(Debug)]
struct Pending {
    file: Arc<str>,
    line: u64,
    object: Arc<str>,
    property: Box<str>,
    fate: Fate,
}

/// The account while it is made.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    entries: Vec<Pending>,
    not_kept: u64,
}

impl Ledger {
    pub(crate) fn add(&mut self, file: &Arc<str>, line: u64, object: &Arc<str>, property: &str, fate: Fate) {
        if self.entries.len() < MAX_ENTRIES {
            let (file, object) = (Arc::clone(file), Arc::clone(object));
            self.entries.push(Pending { file, line, object, property: property.into(), fate });
        } else {
            self.not_kept += 1;
        }
    }

    /// The account, now that it is known which drafts and fields stay.
    pub(crate) fn close(self, drafts: &Drafts) -> Vec<Entry> {
        let closed = |pending: Pending| {
            let Pending { file, line, object, property, fate } = pending;
            let outcome = match fate {
                Fate::Settled(outcome) => outcome,
                Fate::Field(draft, field) => drafts.outcome(draft, field),
                Fate::Item(draft, field) => drafts.outcome_of_item(draft, field),
            };
            Entry { file, line, object, property, outcome }
        };
        let mut entries: Vec<Entry> = self.entries.into_iter().map(closed).collect();
        if self.not_kept > 0 {
            let why = format!("{} more properties are not told: there are more than {MAX_ENTRIES}", self.not_kept);
            let outcome = Outcome::NotCarried { why: why.into(), next: "import fewer files at a time".into() };
            entries.push(Entry { file: "-".into(), line: 0, object: "-".into(), property: "-".into(), outcome });
        }
        entries
    }
}
