//! Which organisation an object is of: its own properties tell it, else the one initial domain in its file, in its folder, or in
//! everything that was read. Where several could be meant, nobody guesses: the object goes to a tenant of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proto_exchange::dump::{ObjectKind, OtherObject, Property};

use super::DumpFile;

/// The tenant of objects of which no organisation is told.
const UNTOLD: &str = "imported";

/// How initial domains end: the label before it names the organisation.
const INITIAL: &str = ".onmicrosoft.com";

/// Properties that tell whose an object is.
const TELLING: [&str; 4] = ["OrganizationId", "OrganizationalUnitRoot", "DistinguishedName", "OriginatingServer"];

type Names = BTreeSet<String>;

/// The organisations that were seen.
#[derive(Default)]
pub(super) struct Organizations {
    by_file: BTreeMap<Arc<str>, Names>,
    by_folder: BTreeMap<String, Names>,
    all: Names,
}

impl Organizations {
    /// Looks through everything.
    pub(super) fn of(files: &[DumpFile]) -> Self {
        let mut found = Self::default();
        for file in files {
            for name in file.objects.iter().filter_map(|object| told(object).or_else(|| initial(object))) {
                found.by_file.entry(Arc::clone(&file.name)).or_default().insert(name.clone());
                found.by_folder.entry(folder(&file.name).to_owned()).or_default().insert(name.clone());
                found.all.insert(name);
            }
        }
        found
    }

    /// The tenant of an object.
    pub(super) fn tenant(&self, file: &DumpFile, object: &OtherObject) -> String {
        let only =
            |names: Option<&Names>| names.filter(|names| names.len() == 1).and_then(|names| names.first().cloned());
        told(object)
            .or_else(|| only(self.by_file.get(&file.name)))
            .or_else(|| only(self.by_folder.get(folder(&file.name))))
            .or_else(|| only(Some(&self.all)))
            .unwrap_or_else(|| UNTOLD.to_owned())
    }
}

/// The organisation that an object's own properties name.
fn told(object: &OtherObject) -> Option<String> {
    TELLING.iter().find_map(|name| {
        let text = object.bag.get(name)?.text().whole().cloned().flatten()?;
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'));
        words.filter_map(organization).next()
    })
}

/// The organisation whose initial domain an accepted domain is.
fn initial(object: &OtherObject) -> Option<String> {
    let is_initial = object.bag.get("InitialDomain").map(Property::boolean);
    let is_initial = is_initial.and_then(|shown| shown.whole().copied()).unwrap_or(true);
    let name = object.bag.get("DomainName").filter(|_| object.kind == ObjectKind::AcceptedDomain && is_initial)?;
    organization(&name.text().whole().cloned().flatten()?)
}

/// `contoso` of `contoso.onmicrosoft.com`; `contoso.mail.onmicrosoft.com` is a domain of servers on premises too.
fn organization(domain: &str) -> Option<String> {
    let domain = domain.to_ascii_lowercase();
    let name = domain.strip_suffix(INITIAL)?;
    (!name.is_empty() && !name.contains('.')).then(|| name.to_owned())
}

fn folder(name: &str) -> &str {
    name.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}
