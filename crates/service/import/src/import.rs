//! Files in, a directory file out.

use std::collections::HashSet;
use std::sync::Arc;

use core_directory::ObjectKind;
use proto_exchange::dump::{self, TextEncoding};
use serde::Serialize;

use crate::account::{Entry, Ledger, Outcome};
use crate::drafts::Drafts;
use crate::{exchange, mending, page, postfix};

/// Most octets of all files together: what was read stays in memory until everything is there, since a file may say to which
/// organisation another one's objects belong.
pub const MAX_INPUT: usize = 64 * 1024 * 1024;

/// Most lines of a main.cf that are told to be none of it.
const MAX_TOLD: usize = 20;

/// An import while files are read.
#[derive(Debug, Default)]
pub struct Import {
    /// The tenant that everything goes to.
    tenant: Option<String>,
    dumps: Vec<exchange::DumpFile>,
    settings: Vec<postfix::SettingsFile>,
    tables: postfix::Tables,
    unread: Vec<Unread>,
    octets: usize,
}

/// A file, or a part of one, that was not understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The file.
    pub file: Arc<str>,
    /// The line, where it is one place.
    pub line: Option<u64>,
    /// Why, and what to do.
    pub why: String,
}

/// What an import made.
#[derive(Clone, Debug, Serialize)]
pub struct Imported {
    /// The directory file, in TOML.
    pub directory: String,
    /// What is in force in it.
    pub counts: Counts,
    /// What became of every property and setting.
    pub accounting: Vec<Entry>,
    /// What was not understood.
    pub unread: Vec<Unread>,
}

/// How many objects of each kind are in force in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Tenants.
    pub tenants: usize,
    /// Accepted domains.
    pub domains: usize,
    /// Inbound connectors.
    pub inbound_connectors: usize,
    /// Send connectors.
    pub send_connectors: usize,
    /// Objects that stand there as remarks.
    pub left_out: usize,
}

impl Import {
    /// An import of which everything goes to this tenant; without one, to a tenant for each organisation.
    #[must_use]
    pub fn new(tenant: Option<&str>) -> Self {
        Self { tenant: tenant.map(str::to_owned), ..Self::default() }
    }

    /// Takes a file, whole. Its name tells people where something is from.
    pub fn file(&mut self, name: &str, octets: &[u8]) {
        self.octets = self.octets.saturating_add(octets.len());
        if self.octets > MAX_INPUT {
            let limit = MAX_INPUT / (1024 * 1024);
            return self.unread(name, None, format!("the files have more than {limit} MiB together: name fewer"));
        }
        let dump = dump::read_untyped(octets);
        if dump.other.iter().any(|object| exchange::is_imported(object.kind)) {
            let file: Arc<str> = name.into();
            for (line, why) in dump.problems.iter().filter_map(exchange::problem) {
                self.unread.push(Unread { file: Arc::clone(&file), line, why });
            }
            self.dumps.push(exchange::DumpFile { name: file, objects: dump.other });
            return;
        }
        let (text, _) = TextEncoding::decode(octets);
        match postfix::SettingsFile::read(name, &text) {
            Some((settings, others)) => {
                self.settings.push(settings);
                let why = "this line is no setting";
                others.into_iter().take(MAX_TOLD).for_each(|line| self.unread(name, Some(line), why));
            }
            // What it is may be told by a main.cf that comes later.
            None => self.tables.add(name, text.into()),
        }
    }

    /// Notes a file, or a part of one, that could not be had.
    pub fn unread(&mut self, name: &str, line: Option<u64>, why: impl Into<String>) {
        self.unread.push(Unread { file: name.into(), line, why: why.into() });
    }

    /// Everything is there: the directory file.
    #[must_use]
    pub fn finish(mut self) -> Imported {
        let (mut drafts, mut ledger) = (Drafts::default(), Ledger::default());
        exchange::take(&self.dumps, self.tenant.as_deref(), &mut drafts, &mut ledger);
        let tables = &mut self.tables;
        let unread = postfix::take(&self.settings, tables, self.tenant.as_deref(), &mut drafts, &mut ledger);
        self.unread.extend(unread);
        mending::mend(&mut drafts);
        let accounting = ledger.close(&drafts);
        let mut files: Vec<Arc<str>> = accounting.iter().map(|entry| Arc::clone(&entry.file)).collect();
        files.dedup();
        let mut seen = HashSet::new();
        files.retain(|file| seen.insert(Arc::clone(file)));
        let directory = page::page(&drafts, &accounting, &files);
        Imported { directory, counts: counts(&drafts), accounting, unread: self.unread }
    }
}

impl Imported {
    /// Whether nothing was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accounting.is_empty()
    }

    /// Whether everything was read and carried over.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let is_settled = |entry: &Entry| matches!(entry.outcome, Outcome::Carried { .. } | Outcome::NoMeaning { .. });
        self.unread.is_empty() && self.accounting.iter().all(is_settled)
    }
}

fn counts(drafts: &Drafts) -> Counts {
    let mut counts = Counts { tenants: mending::tenants(drafts).len(), ..Counts::default() };
    for (_, draft) in drafts.iter() {
        if draft.out.is_some() {
            counts.left_out += 1;
            continue;
        }
        match draft.kind() {
            ObjectKind::Domain => counts.domains += 1,
            ObjectKind::InboundConnector => counts.inbound_connectors += 1,
            ObjectKind::SendConnector => counts.send_connectors += 1,
            ObjectKind::Tenant | ObjectKind::Certificate => {}
        }
    }
    counts
}
