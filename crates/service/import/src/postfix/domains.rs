//! The domains that Postfix takes mail for.

use std::collections::HashSet;
use std::sync::Arc;

use core_directory::{AcceptedDomain, Domain, DomainType, Field};
use proto_directory_file::AnnotatedObject;

use super::instance::Instance;
use crate::account::{Fate, Outcome};
use crate::drafts::{Draft, DraftId};

/// Settings that list domains, the type of a domain in them, and whether the domains below count too: `relay_domains` is in
/// Postfix's default of `parent_domain_matches_subdomains`.
const SETTINGS: [(&str, DomainType, bool); 4] = [
    ("mydestination", DomainType::Authoritative, false),
    ("virtual_mailbox_domains", DomainType::Authoritative, false),
    ("virtual_alias_domains", DomainType::Authoritative, false),
    ("relay_domains", DomainType::InternalRelay, true),
];

pub(super) fn take(instance: &mut Instance<'_>) {
    let mut known = HashSet::new();
    for (name, domain_type, below) in SETTINGS {
        let Some((listed, closed)) = instance.list(name) else { continue };
        let mut last = None;
        let object: Arc<str> = name.into();
        for item in listed {
            let fate = match Domain::parse(&item.text) {
                _ if item.is_not => lost("a domain cannot be excepted", "leave it out where it stands"),
                Err(error) => {
                    let why = format!("{}: {error}", item.text);
                    Fate::Settled(Outcome::NotCarried { why: why.into(), next: "write the domain itself".into() })
                }
                // The machine's own names: no tenant has them.
                Ok(domain) if domain.label_count() < 2 || domain.is_below("localhost") => Fate::Settled(machine()),
                Ok(domain) if domain.as_str().starts_with("localhost.") => Fate::Settled(machine()),
                Ok(domain) if !known.insert(domain.clone()) => {
                    Fate::Settled(Outcome::NoMeaning { why: "this domain is there already".into() })
                }
                Ok(domain) => {
                    let id = add(instance, name, domain, domain_type, below, item.place.as_ref());
                    last = Some(id);
                    Fate::Field(id, Field::Name)
                }
            };
            let is_lost = matches!(&fate, Fate::Settled(Outcome::NotCarried { .. }));
            match &item.place {
                Some((file, line)) => instance.ledger.add(file, *line, &object, &item.text, fate),
                // A setting of several items is carried over if all of them are.
                None if is_lost => {
                    if let Fate::Settled(outcome) = fate {
                        instance.settle(name, outcome);
                    }
                }
                None => {}
            }
        }
        if !closed.is_empty() {
            let next = "a [[tenant.domain]] for each domain that is in it".into();
            instance.settle(name, Outcome::NotCarried { why: closed.join("; ").into(), next });
        }
        match last {
            Some(id) => instance.goes(name, Fate::Field(id, Field::Name)),
            None => instance.goes(name, Fate::Settled(machine())),
        }
    }
}

fn add(
    instance: &mut Instance<'_>,
    name: &'static str,
    domain: Domain,
    domain_type: DomainType,
    match_subdomains: bool,
    place: Option<&(Arc<str>, u64)>,
) -> DraftId {
    let domain = AcceptedDomain { domain_type, match_subdomains, ..AcceptedDomain::new(domain, false) };
    let from = place.map_or_else(|| instance.from(name), |(file, line)| format!("{file}:{line}, {name}"));
    let mut draft = Draft::new(instance.tenant, AnnotatedObject::Domain(domain), from);
    if name != "relay_domains" {
        draft.remarks.push("Postfix delivers its mail itself; here a send connector must take it.".to_owned());
    }
    instance.drafts.add(draft)
}

fn machine() -> Outcome {
    Outcome::NoMeaning { why: "names of the machine itself".into() }
}

fn lost(why: &'static str, next: &'static str) -> Fate {
    Fate::Settled(Outcome::NotCarried { why: why.into(), next: next.into() })
}
