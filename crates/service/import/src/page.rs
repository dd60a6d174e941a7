//! The directory file as text: what to do with it, the objects tenant by tenant, and the account of every property.

use std::collections::HashMap;
use std::sync::Arc;

use core_directory::{ObjectKind, Tenant};
use proto_directory_file::{Annotated, AnnotatedObject, remark, write_annotated};

use crate::account::{Entry, Outcome};
use crate::drafts::{Draft, Drafts};

/// How a domain is proved, above everything else, since nothing counts without it.
const DOMAINS: &str = "\
# No domain is verified yet, and nothing is relayed for one that is not. Where the tenant proves it: `postwarden domain verify
# DOMAIN` shows the DNS record to publish. Where you, the operator, know whose it is, write `verified = true` at the domain.
";

/// How the file is used.
const USE: &str = "\
# Read it through, put right what is left out, and look at what would change by `postwarden apply -f FILE --dry-run`.
";

/// The order of a tenant's objects.
const ORDER: [ObjectKind; 5] = [
    ObjectKind::Tenant,
    ObjectKind::Domain,
    ObjectKind::Certificate,
    ObjectKind::InboundConnector,
    ObjectKind::SendConnector,
];

pub(crate) fn page(drafts: &Drafts, accounting: &[Entry], files: &[Arc<str>]) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line(&remark(&format!("Imported by Postwarden from {}, to be reviewed.", files.join(", "))));
    line(USE.trim_end());
    if drafts.iter().any(|(_, draft)| draft.kind() == ObjectKind::Domain) {
        line("#");
        line(DOMAINS.trim_end());
    }
    line("");
    text.push_str(&write_annotated(&objects(drafts)));
    text.push_str(&account(accounting));
    text
}

fn objects(drafts: &Drafts) -> Vec<Annotated> {
    let mut tenants: Vec<(&str, Vec<&Draft>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (_, draft) in drafts.iter() {
        let place = *places.entry(&draft.tenant).or_insert_with(|| {
            tenants.push((&draft.tenant, Vec::new()));
            tenants.len() - 1
        });
        if let Some((_, own)) = tenants.get_mut(place) {
            own.push(draft);
        }
    }
    let mut objects = Vec::new();
    for (name, own) in tenants {
        if !own.iter().any(|draft| draft.kind() == ObjectKind::Tenant) {
            let tenant = Tenant { name: name.into(), ..Tenant::default() };
            let object = AnnotatedObject::Tenant(tenant);
            objects.push(Annotated { object, remarks: Vec::new(), left_out: Vec::new(), is_left_out: false });
        }
        for kind in ORDER {
            objects.extend(own.iter().filter(|draft| draft.kind() == kind).map(|draft| annotated(draft)));
        }
    }
    objects
}

fn annotated(draft: &Draft) -> Annotated {
    let mut remarks = draft.remarks.clone();
    remarks.extend(draft.out.as_ref().map(|reason| format!("Left out: {}.", reason.text())));
    Annotated { object: draft.object.clone(), remarks, left_out: draft.left_out(), is_left_out: draft.out.is_some() }
}

/// Every property, in remarks: object by object, those of one outcome together.
fn account(accounting: &[Entry]) -> String {
    let mut text = String::from("\n# What became of every property\n");
    let mut rest = accounting;
    while let Some(first) = rest.first() {
        let is_own = |entry: &&Entry| Arc::ptr_eq(&entry.object, &first.object) && entry.file == first.file;
        let (own, behind) = rest.split_at(rest.iter().take_while(is_own).count());
        text.push_str(&remark(&format!("{}, {}:{}", first.object, first.file, first.line)));
        text.push('\n');
        for (said, names) in by_outcome(own) {
            text.push_str(&remark(&format!("  {}: {said}", names.join(", "))).replacen("# ", "#   ", 1));
            text.push('\n');
        }
        rest = behind;
    }
    text
}

/// Names of properties by what is said of them, in the order of the properties.
fn by_outcome(entries: &[Entry]) -> Vec<(String, Vec<&str>)> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for entry in entries {
        let said = said(&entry.outcome);
        let place = *places.entry(said.clone()).or_insert_with(|| {
            groups.push((said, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, names)) = groups.get_mut(place) {
            names.push(&entry.property);
        }
    }
    groups
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Carried { to } => format!("carried over to {to}"),
        Outcome::NoMeaning { why } => format!("no meaning here: {why}"),
        Outcome::NotCarried { why, next } if next.is_empty() => format!("not carried over: {why}"),
        Outcome::NotCarried { why, next } => format!("not carried over: {why}; {next}"),
        Outcome::NotShown { command } => format!("not shown; {command}"),
    }
}
