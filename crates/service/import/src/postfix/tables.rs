//! The tables among the files that were given: found by the path that a setting names, or told by what is in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use core_directory::AddressRange;
use proto_postfix::{Digest, TableEntry, TlsPolicy, table};

use super::clients;
use super::routes;
use crate::account::{Fate, Ledger, Outcome};
use crate::drafts::Drafts;
use crate::import::Unread;

/// Texts that are no dump and no settings.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    texts: Vec<(Arc<str>, String)>,
    /// Those that a setting named.
    named: BTreeSet<usize>,
}

/// A table that was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The file.
    pub(super) file: Arc<str>,
    /// What is in it.
    pub(super) entries: Vec<TableEntry>,
}

impl Tables {
    /// Keeps a text that may be a table.
    pub(crate) fn add(&mut self, name: &str, text: String) {
        self.texts.push((name.into(), text));
    }

    /// The table at a path: the file whose name ends in the longest part of it, and in its own name at least.
    pub(super) fn find(&mut self, path: &str) -> Option<Found> {
        let parts = |name: &str| name.split('/').rev().map(str::to_owned).collect::<Vec<_>>();
        let wanted = parts(path);
        let in_common = |name: &str| parts(name).iter().zip(&wanted).take_while(|(own, wanted)| own == wanted).count();
        let best = self.texts.iter().enumerate().map(|(at, (name, _))| (in_common(name), at)).max()?;
        let (common, at) = best;
        // The last of equals would be taken at random: two tables of one name are no better than none.
        let rivals = self.texts.iter().filter(|(name, _)| in_common(name) == common).count();
        if common == 0 || rivals > 1 {
            return None;
        }
        self.named.insert(at);
        let (file, text) = self.texts.get(at)?;
        Some(Found { file: Arc::clone(file), entries: table(text).0 })
    }
}

/// Takes tables that no setting named, by what is in them: fingerprints, policies for TLS, or routes.
pub(super) fn take_unnamed(tables: &Tables, tenant: &str, drafts: &mut Drafts, ledger: &mut Ledger) -> Vec<Unread> {
    let mut unread = Vec::new();
    let unnamed = tables.texts.iter().enumerate().filter(|(at, _)| !tables.named.contains(at));
    for (_, (file, text)) in unnamed {
        let (entries, beyond) = table(text);
        let found = Found { file: Arc::clone(file), entries };
        if beyond > 0 {
            let why = format!("{beyond} entries are beyond what is read of one table: split the file");
            unread.push(Unread { file: Arc::clone(file), line: None, why });
        }
        if all(&found, |entry| Digest::of(&entry.key).is_some()) {
            clients::take(&found, None, tenant, drafts, ledger);
        } else if all(&found, |entry| TlsPolicy::parse(&entry.value).is_some()) {
            unused_policies(&found, ledger);
        } else if all(&found, is_route) {
            routes::take_table(&found, tenant, drafts, ledger);
        } else {
            let why = "this is no dump, no main.cf, and no table that a given main.cf names; logs and letters are for \
                       `postwarden diagnose`";
            unread.push(Unread { file: Arc::clone(file), line: None, why: why.to_owned() });
        }
    }
    unread
}

/// Whether there are entries, and all are so.
fn all(found: &Found, is_so: impl Fn(&TableEntry) -> bool) -> bool {
    !found.entries.is_empty() && found.entries.iter().all(is_so)
}

/// `contoso.com smtp:[mail.contoso.com]`, and not `Subject: hello`.
fn is_route(entry: &TableEntry) -> bool {
    let is_key = entry.key == "*" || entry.key.contains('.') && !entry.key.ends_with(':');
    let agent = entry.value.split_once(':').map(|(agent, _)| agent);
    let is_agent = |agent: &str| agent.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet));
    is_key && AddressRange::parse(&entry.key).is_err() && agent.is_some_and(is_agent)
}

/// Policies say how connections to next hops are made; without main.cf nobody knows which there are.
fn unused_policies(found: &Found, ledger: &mut Ledger) {
    let object: Arc<str> = "TLS policies".into();
    for entry in &found.entries {
        let outcome = Outcome::NotCarried {
            why: "no next hop of this name is in what was read".into(),
            next: "import main.cf and the transport table with it, or set tls of the send connector".into(),
        };
        ledger.add(&found.file, entry.line, &object, &entry.key, Fate::Settled(outcome));
    }
}
