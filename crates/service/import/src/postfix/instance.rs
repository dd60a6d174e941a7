//! One main.cf: its settings by name, references replaced, and what became of each.

use std::collections::HashMap;
use std::sync::Arc;

use proto_postfix::expansion::{self, ExpansionError};
use proto_postfix::{Item, Lookup, Setting, TableEntry, items};

use super::tables::Found;
use super::{SettingsFile, Tables, clients, domains, meaning, networks, routes};
use crate::account::{Fate, Ledger, Outcome};
use crate::drafts::Drafts;

/// A main.cf while it is taken.
pub(super) struct Instance<'a> {
    pub(super) file: &'a SettingsFile,
    values: HashMap<&'a str, &'a Setting>,
    /// `mydomain` where it is not set: what is behind the first dot of `myhostname`.
    domain: Option<String>,
    pub(super) tables: &'a mut Tables,
    pub(super) tenant: &'a str,
    pub(super) drafts: &'a mut Drafts,
    pub(super) ledger: &'a mut Ledger,
    fates: HashMap<&'static str, Fate>,
}

/// An item of a list, from the setting itself or from a file or table that it names.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    /// What stands there; of a table the key.
    pub(super) text: String,
    /// Whether it is excepted.
    pub(super) is_not: bool,
    /// Where: none for the setting itself, which is accounted for by its name.
    pub(super) place: Option<(Arc<str>, u64)>,
}

impl<'a> Instance<'a> {
    pub(super) fn new(
        file: &'a SettingsFile,
        tables: &'a mut Tables,
        tenant: &'a str,
        drafts: &'a mut Drafts,
        ledger: &'a mut Ledger,
    ) -> Self {
        // Of several with one name Postfix takes the last.
        let values: HashMap<&str, &Setting> = file.settings.iter().map(|setting| (&*setting.name, setting)).collect();
        let host = values.get("myhostname").map(|setting| &*setting.value);
        let domain = host.and_then(|host| host.split_once('.')).map(|(_, domain)| domain.to_owned());
        Self { file, values, domain, tables, tenant, drafts, ledger, fates: HashMap::new() }
    }

    /// Takes everything that it says.
    pub(super) fn take(mut self) {
        domains::take(&mut self);
        networks::take(&mut self);
        clients::take_setting(&mut self);
        routes::take(&mut self);
        self.account();
    }

    /// `main.cf:7, relayhost`.
    pub(super) fn from(&self, name: &str) -> String {
        let line = self.values.get(name).map_or(1, |setting| setting.line);
        format!("{}:{line}, {name}", self.file.name)
    }

    /// A setting as it is written.
    pub(super) fn written(&self, name: &str) -> Option<&'a str> {
        self.values.get(name).map(|setting| &*setting.value)
    }

    /// A setting with its references replaced; none where it is not set. What cannot be replaced is accounted for.
    pub(super) fn value(&mut self, name: &'static str) -> Option<String> {
        let value = self.written(name)?;
        match self.expand(value) {
            Ok(value) => Some(value),
            Err(error) => {
                let next = format!("write what `postconf -x {name}` prints");
                self.settle(name, Outcome::NotCarried { why: error.to_string().into(), next: next.into() });
                None
            }
        }
    }

    fn expand(&self, value: &str) -> Result<String, ExpansionError> {
        let find = |name: &str| match self.values.get(name) {
            Some(setting) => Some(&*setting.value),
            None if name == "mydomain" => self.domain.as_deref(),
            None => None,
        };
        expansion::expand(value, &find)
    }

    /// What became of a setting.
    pub(super) fn settle(&mut self, name: &'static str, outcome: Outcome) {
        self.fates.insert(name, Fate::Settled(outcome));
    }

    /// A setting went into a field of a draft. What was settled before stays.
    pub(super) fn goes(&mut self, name: &'static str, fate: Fate) {
        self.fates.entry(name).or_insert(fate);
    }

    /// The items of a setting that is a list, with those of the files and tables that it names. What cannot be looked into is given
    /// as text.
    pub(super) fn list(&mut self, name: &'static str) -> Option<(Vec<Listed>, Vec<String>)> {
        let value = self.value(name)?;
        let (mut listed, mut closed) = (Vec::new(), Vec::new());
        for item in items(&value) {
            match item {
                Item::Plain(text) => listed.push(Listed { text, is_not: false, place: None }),
                Item::Not(text) => listed.push(Listed { text, is_not: true, place: None }),
                Item::File(path) => match self.tables.find(&path) {
                    Some(found) => listed.extend(of_table(&found)),
                    None => closed.push(path),
                },
                Item::Table(lookup) => match self.entries(&lookup) {
                    Ok(found) => listed.extend(of_table(&found)),
                    Err(why) => closed.push(why),
                },
            }
        }
        Some((listed, closed))
    }

    /// What a table holds.
    ///
    /// # Errors
    /// Why it cannot be looked into.
    pub(super) fn entries(&mut self, lookup: &Lookup) -> Result<Found, String> {
        match lookup {
            Lookup::Inline(entries) => Ok(Found { file: Arc::clone(&self.file.name), entries: entries.clone() }),
            Lookup::Static(value) => {
                let entry = TableEntry { key: "*".to_owned(), value: value.clone(), line: 0 };
                Ok(Found { file: Arc::clone(&self.file.name), entries: vec![entry] })
            }
            Lookup::Keys(path) | Lookup::Networks(path) => {
                self.tables.find(path).ok_or_else(|| format!("{path} is not among the files: import it too"))
            }
            Lookup::Other(kind, _) if matches!(&**kind, "regexp" | "pcre") => {
                Err(format!("{kind}: patterns cannot be carried over: name the domains or addresses that they are for"))
            }
            Lookup::Other(kind, name) => {
                Err(format!("{kind}:{name} is asked for each key: list what it gives (postmap -s, or a query of it)"))
            }
        }
    }

    /// Whether clients that a word of `smtpd_relay_restrictions` is for may relay. Not set, those of `mynetworks` may.
    pub(super) fn permits(&self, word: &str, by_default: bool) -> bool {
        let names = ["smtpd_relay_restrictions", "smtpd_recipient_restrictions"];
        let named = |name: &&str| self.written(name).is_some_and(|value| words(value).any(|own| own == word));
        names.iter().any(named) || by_default && self.written("smtpd_relay_restrictions").is_none()
    }

    fn account(self) {
        let object: Arc<str> = "Postfix".into();
        for setting in &self.file.settings {
            let last = self.values.get(&*setting.name).map_or(setting.line, |last| last.line);
            let fate = if last == setting.line {
                let known = self.fates.get(&*setting.name).cloned();
                known.unwrap_or_else(|| Fate::Settled(meaning::of(&setting.name, &setting.value)))
            } else {
                Fate::Settled(Outcome::NoMeaning { why: format!("line {last} says it again, and counts").into() })
            };
            self.ledger.add(&self.file.name, setting.line, &object, &setting.name, fate);
        }
    }
}

fn of_table(found: &Found) -> impl Iterator<Item = Listed> + '_ {
    found.entries.iter().map(|entry| {
        let (text, is_not) = entry.key.strip_prefix('!').map_or((&*entry.key, false), |text| (text, true));
        Listed { text: text.to_owned(), is_not, place: Some((Arc::clone(&found.file), entry.line)) }
    })
}

fn words(value: &str) -> impl Iterator<Item = &str> {
    value.split([',', ' ', '\t']).filter(|word| !word.is_empty())
}
