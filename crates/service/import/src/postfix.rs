//! Settings and tables of Postfix: main.cf says what is there, and the tables that it names are looked for among the files that
//! were given.

mod clients;
mod domains;
mod instance;
mod meaning;
mod networks;
mod routes;
mod tables;
mod tls;

use std::sync::Arc;

use proto_postfix::{Setting, looks_like_settings, settings};

use self::instance::Instance;
pub(crate) use self::tables::Tables;
use crate::account::Ledger;
use crate::drafts::Drafts;
use crate::import::Unread;

/// The tenant of what Postfix sends, where none is given.
const TENANT: &str = "imported";

/// A main.cf, or what `postconf -n` printed.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    /// Its name.
    pub(crate) name: Arc<str>,
    settings: Vec<Setting>,
}

impl SettingsFile {
    /// Reads it. `None`: the text is none. The numbers are those of lines that are no settings.
    pub(crate) fn read(name: &str, text: &str) -> Option<(Self, Vec<u64>)> {
        if !looks_like_settings(text) {
            return None;
        }
        let (settings, others) = settings(text);
        Some((Self { name: name.into(), settings }, others))
    }
}

/// Takes everything. Texts that no setting names, and that are no tables by their content either, are not understood.
pub(crate) fn take(
    files: &[SettingsFile],
    tables: &mut Tables,
    tenant: Option<&str>,
    drafts: &mut Drafts,
    ledger: &mut Ledger,
) -> Vec<Unread> {
    let tenant = tenant.unwrap_or(TENANT);
    for file in files {
        Instance::new(file, tables, tenant, drafts, ledger).take();
    }
    tables::take_unnamed(tables, tenant, drafts, ledger)
}
