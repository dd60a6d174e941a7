//! Where Postfix sends mail: `transport_maps` and `relayhost` become send connectors, one for each next hop, with the TLS that
//! Postfix has towards it.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use core_directory::{
    AddressSpace, Domain, DomainScope, Field, SendConnector, SmartHost, SmartHostName, TlsLevel, unmap,
};
use proto_directory_file::AnnotatedObject;
use proto_postfix::{Item, NextHop, Route, TableEntry, TlsLevel as PostfixLevel, TlsPolicy, items};
use serde_json::json;

use super::instance::Instance;
use super::tables::Found;
use super::tls;
use crate::account::{Fate, Ledger, Outcome, Reason};
use crate::drafts::{Draft, Drafts};

const TRANSPORTS: &str = "transport_maps";
const RELAYHOST: &str = "relayhost";
const POLICIES: &str = "smtp_tls_policy_maps";
const LEVEL: &str = "smtp_tls_security_level";

/// Agents that send by SMTP. Those that an administrator made of them have other names, and settings of their own in master.cf.
const SMTP_AGENTS: [&str; 3] = ["", "smtp", "relay"];

/// What is known of all connectors before they are made.
#[derive(Default)]
struct Manner {
    level: Option<TlsPolicy>,
    policies: Vec<(TableEntry, TlsPolicy, Arc<str>)>,
    used: HashSet<usize>,
    /// Name of the certificate that is presented.
    certificate: Option<String>,
    fqdn: Option<Domain>,
    source: Option<IpAddr>,
}

/// A next hop with what goes there.
#[derive(Default)]
struct Hop {
    spaces: Vec<AddressSpace>,
    from: Vec<String>,
    entries: Vec<(Arc<str>, TableEntry)>,
}

type Hops = BTreeMap<NextHop, Hop>;

pub(super) fn take(instance: &mut Instance<'_>) {
    let mut manner = manner(instance);
    let mut hops = Hops::new();
    let relayhost = relayhost(instance, &mut hops);
    transports(instance, relayhost.as_ref(), &mut hops);
    for (next_hop, hop) in hops {
        let is_relayhost = relayhost.as_ref() == Some(&next_hop);
        let draft = draft(&next_hop, &hop, instance.tenant, &mut manner);
        let id = instance.drafts.add(draft);
        if is_relayhost {
            instance.goes(RELAYHOST, Fate::Field(id, Field::SmartHosts));
        }
        let object: Arc<str> = TRANSPORTS.into();
        for (file, entry) in hop.entries {
            instance.ledger.add(&file, entry.line, &object, &entry.key, Fate::Field(id, Field::AddressSpaces));
        }
    }
    account_policies(instance, &manner);
}

/// Takes a table of routes without its main.cf: TLS towards its hops is not told.
pub(super) fn take_table(found: &Found, tenant: &str, drafts: &mut Drafts, ledger: &mut Ledger) {
    let mut hops = Hops::new();
    let object: Arc<str> = TRANSPORTS.into();
    for entry in &found.entries {
        if let Err(reason) = route(entry, None, &found.file, &mut hops) {
            let outcome = Outcome::NotCarried { why: reason.why, next: reason.next };
            ledger.add(&found.file, entry.line, &object, &entry.key, Fate::Settled(outcome));
        }
    }
    for (next_hop, hop) in hops {
        let id = drafts.add(draft(&next_hop, &hop, tenant, &mut Manner::default()));
        for (file, entry) in hop.entries {
            ledger.add(&file, entry.line, &object, &entry.key, Fate::Field(id, Field::AddressSpaces));
        }
    }
}

fn manner(instance: &mut Instance<'_>) -> Manner {
    let mut manner = Manner { certificate: certificate(instance), ..Manner::default() };
    if let Some(value) = instance.value(LEVEL) {
        let level = PostfixLevel::parse(&value);
        let matches = instance.value("smtp_tls_secure_cert_match").unwrap_or_default();
        let matches = matches.split([',', ' ', ':']).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        manner.level = level.map(|level| TlsPolicy { level, matches, others: Vec::new() });
        instance.settle(
            LEVEL,
            match level {
                Some(_) => Outcome::Carried { to: "tls of the send connectors".to_owned() },
                None => Outcome::NotCarried { why: "this level is not known here".into(), next: "set tls".into() },
            },
        );
        let outcome =
            Outcome::Carried { to: "tls_domain of the send connectors, where the level compares names".to_owned() };
        instance.settle("smtp_tls_secure_cert_match", outcome);
    }
    let name = if instance.written("smtp_helo_name").is_some() { "smtp_helo_name" } else { "myhostname" };
    if let Some(domain) = instance.value(name).and_then(|value| Domain::parse(&value).ok()) {
        manner.fqdn = Some(domain);
        instance.settle(name, Outcome::Carried { to: "fqdn of the send connectors".to_owned() });
    }
    let names = ["smtp_bind_address", "smtp_bind_address6"];
    for name in names {
        if let Some(address) = instance.value(name).and_then(|value| value.trim_matches(['[', ']']).parse().ok()) {
            manner.source = Some(unmap(address));
            instance.settle(name, Outcome::Carried { to: "source_address of the send connectors".to_owned() });
            break;
        }
    }
    policies(instance, &mut manner);
    manner
}

/// The certificate that Postfix presents: it stands there by its paths, as a remark, since the files are on that machine.
fn certificate(instance: &mut Instance<'_>) -> Option<String> {
    const NAMES: [(&str, &str); 4] = [
        ("smtp_tls_chain_files", "smtp_tls_chain_files"),
        ("smtp_tls_cert_file", "smtp_tls_key_file"),
        ("smtp_tls_eccert_file", "smtp_tls_eckey_file"),
        ("smtp_tls_dcert_file", "smtp_tls_dkey_file"),
    ];
    let mut presented = None;
    for (certificate_name, key_name) in NAMES {
        let Some(certificate) = instance.value(certificate_name).filter(|value| !value.is_empty()) else { continue };
        // Postfix takes the key from the certificate's own file where none is named.
        let key = instance.value(key_name).filter(|value| !value.is_empty()).unwrap_or_else(|| certificate.clone());
        let (name, first) =
            (certificate_name.to_owned(), |value: &str| value.split([',', ' ']).next().unwrap_or_default().to_owned());
        let (certificate, key) = match certificate_name {
            "smtp_tls_chain_files" => {
                (certificate.rsplit([',', ' ']).next().unwrap_or_default().to_owned(), first(&key))
            }
            _ => (certificate, key),
        };
        let object = AnnotatedObject::Certificate { name: name.clone(), certificate, key };
        let mut draft = Draft::new(instance.tenant, object, instance.from(certificate_name));
        let next = "bring both files if these are not their paths, and take the remark signs away here and at the send connectors";
        draft.out = Some(Reason::new("the files are on that machine", next));
        let id = instance.drafts.add(draft);
        instance.goes(certificate_name, Fate::Field(id, Field::Certificate));
        instance.goes(key_name, Fate::Field(id, Field::Key));
        presented.get_or_insert(name);
    }
    presented
}

fn policies(instance: &mut Instance<'_>, manner: &mut Manner) {
    let Some(value) = instance.value(POLICIES) else { return };
    let mut closed = Vec::new();
    for item in items(&value) {
        let Item::Table(lookup) = item else { continue };
        match instance.entries(&lookup) {
            Err(why) => closed.push(why),
            Ok(found) => {
                for entry in found.entries {
                    match TlsPolicy::parse(&entry.value) {
                        Some(policy) => manner.policies.push((entry, policy, Arc::clone(&found.file))),
                        None => closed.push(format!("{}:{}: this level is not known here", found.file, entry.line)),
                    }
                }
            }
        }
    }
    let outcome = match closed.as_slice() {
        [] => Outcome::Carried { to: "tls and tls_domain of the send connectors".to_owned() },
        _ => Outcome::NotCarried { why: closed.join("; ").into(), next: "set tls of the send connectors".into() },
    };
    instance.settle(POLICIES, outcome);
}

fn account_policies(instance: &mut Instance<'_>, manner: &Manner) {
    let object: Arc<str> = POLICIES.into();
    for (at, (entry, _, file)) in manner.policies.iter().enumerate() {
        let outcome = if manner.used.contains(&at) {
            Outcome::Carried { to: format!("tls of the send connector to {}", entry.key) }
        } else {
            Outcome::NotCarried {
                why: "no mail goes to this next hop by the settings that were read".into(),
                next: "if it goes there by MX: name its host in a send connector, and set tls there".into(),
            }
        };
        instance.ledger.add(file, entry.line, &object, &entry.key, Fate::Settled(outcome));
    }
}

fn relayhost(instance: &mut Instance<'_>, hops: &mut Hops) -> Option<NextHop> {
    let value = instance.value(RELAYHOST)?;
    if value.is_empty() {
        let outcome = Outcome::NotCarried {
            why: "mail goes where DNS says (MX), and there is no delivery by MX yet".into(),
            next: "name a next hop in a send connector".into(),
        };
        instance.settle(RELAYHOST, outcome);
        return None;
    }
    let Some(next_hop) = NextHop::parse(&value).filter(|hop| smart_host(hop).is_some()) else {
        let outcome =
            Outcome::NotCarried { why: "this is no single next hop".into(), next: "name it in smart_hosts".into() };
        instance.settle(RELAYHOST, outcome);
        return None;
    };
    let from = instance.from(RELAYHOST);
    let hop = hops.entry(next_hop.clone()).or_default();
    hop.spaces.push(AddressSpace::everything());
    hop.from.push(from);
    Some(next_hop)
}

fn transports(instance: &mut Instance<'_>, relayhost: Option<&NextHop>, hops: &mut Hops) {
    let Some(value) = instance.value(TRANSPORTS) else { return };
    let object: Arc<str> = TRANSPORTS.into();
    let mut closed = Vec::new();
    for item in items(&value) {
        let Item::Table(lookup) = item else { continue };
        match instance.entries(&lookup) {
            Err(why) => closed.push(why),
            Ok(found) => {
                for entry in &found.entries {
                    if let Err(reason) = route(entry, relayhost, &found.file, hops) {
                        let outcome = Outcome::NotCarried { why: reason.why, next: reason.next };
                        instance.ledger.add(&found.file, entry.line, &object, &entry.key, Fate::Settled(outcome));
                    }
                }
            }
        }
    }
    let outcome = match closed.as_slice() {
        [] => Outcome::Carried { to: "send connectors, one for each next hop".to_owned() },
        _ => Outcome::NotCarried {
            why: closed.join("; ").into(),
            next: "a send connector for each next hop that is in it".into(),
        },
    };
    instance.settle(TRANSPORTS, outcome);
}

/// Adds an entry to the hop that its mail goes to.
fn route(entry: &TableEntry, relayhost: Option<&NextHop>, file: &Arc<str>, hops: &mut Hops) -> Result<(), Reason> {
    let scope = scope(&entry.key)?;
    let route = Route::parse(&entry.value);
    if !SMTP_AGENTS.contains(&&*route.transport) {
        let why = format!("the agent {} is none that sends by SMTP as it is", route.transport);
        let next = "if master.cf makes it of smtp: a send connector with what is set there; mail to be refused needs no connector";
        return Err(Reason::new(why, next));
    }
    let next_hop = match (&route.next_hop, relayhost) {
        (Some(next_hop), _) => next_hop.clone(),
        (None, _) if !route.written.is_empty() => {
            return Err(Reason::new(format!("{} is no single next hop", route.written), "name them in smart_hosts"));
        }
        // Nothing is said: mail goes as it would without the entry.
        (None, Some(relayhost)) if route.transport.is_empty() => relayhost.clone(),
        (None, _) => {
            let why = "its mail goes where DNS says (MX), and there is no delivery by MX yet";
            return Err(Reason::new(why, "name its host in a send connector"));
        }
    };
    if smart_host(&next_hop).is_none() {
        return Err(Reason::new(format!("{} is no host with a port", route.written), "name it in smart_hosts"));
    }
    let hop = hops.entry(next_hop).or_default();
    if hop.from.is_empty() {
        hop.from.push(format!("{file}:{}, {TRANSPORTS}", entry.line));
    }
    let space = AddressSpace { scope, cost: 1 };
    if !hop.spaces.contains(&space) {
        hop.spaces.push(space);
    }
    hop.entries.push((Arc::clone(file), entry.clone()));
    Ok(())
}

/// `contoso.com`, `.contoso.com` for what is below it, `*`.
fn scope(key: &str) -> Result<DomainScope, Reason> {
    if key.contains('@') {
        let why = "a send connector takes domains, no single addresses";
        return Err(Reason::new(why, "give such recipients a domain of their own, or route them at the next hop"));
    }
    let parsed = match key.strip_prefix('.') {
        Some(below) => DomainScope::parse(&format!("*.{below}")),
        None => DomainScope::parse(key),
    };
    parsed.map_err(|error| Reason::new(error.to_string(), "name the domain in address_spaces"))
}

fn smart_host(hop: &NextHop) -> Option<SmartHost> {
    let port = hop.port_number()?;
    let host = match hop.host.parse::<IpAddr>() {
        Ok(address) => SmartHostName::Address(unmap(address)),
        Err(_) => SmartHostName::Domain(Domain::parse(&hop.host).ok()?),
    };
    Some(SmartHost { host, port })
}

fn draft(next_hop: &NextHop, hop: &Hop, tenant: &str, manner: &mut Manner) -> Draft {
    let host = smart_host(next_hop);
    let name = format!("To {}", written(next_hop));
    let name: String = name.chars().take(core_directory::MAX_NAME_LENGTH).collect();
    let mut connector = SendConnector::new(&name, host.into_iter().collect());
    connector.address_spaces = hop.spaces.as_slice().into();
    connector.fqdn.clone_from(&manner.fqdn);
    connector.source_address = manner.source;
    let (policy, key) = policy(next_hop, manner);
    let mut remarks = policy.map_or_else(
        || {
            vec![
                "How TLS is judged is not shown (`postconf smtp_tls_security_level`): the default here is strict."
                    .to_owned(),
            ]
        },
        |policy| tls::set(&mut connector, &policy),
    );
    remarks.extend(key);
    let presents = connector.tls != TlsLevel::None;
    let from = hop.from.join("; ");
    let mut draft = Draft::new(tenant, AnnotatedObject::SendConnector(connector), from);
    draft.remarks.extend(remarks);
    if !next_hop.is_exact && next_hop.host.parse::<IpAddr>().is_err() {
        draft
            .remarks
            .push("Without brackets Postfix asks DNS for its MX first; here it is this host itself.".to_owned());
    }
    if let Some(certificate) = manner.certificate.as_ref().filter(|_| presents) {
        let next = "bring its files, and take the remark signs away here and at the certificate";
        draft.leave_out(Field::Certificate, json!(certificate), Reason::new("its files are on that machine", next));
    }
    draft
}

/// The policy for a next hop, as Postfix looks it up, and where it is from; else the level of all.
fn policy(next_hop: &NextHop, manner: &mut Manner) -> (Option<TlsPolicy>, Option<String>) {
    let wanted = written(next_hop);
    let found = manner.policies.iter().position(|(entry, ..)| entry.key.eq_ignore_ascii_case(&wanted));
    let Some((at, (entry, policy, file))) = found.and_then(|at| Some((at, manner.policies.get(at)?))) else {
        return (manner.level.clone(), None);
    };
    manner.used.insert(at);
    (Some(policy.clone()), Some(format!("TLS: {file}:{}, {POLICIES}.", entry.line)))
}

/// As it stands in Postfix's settings.
fn written(hop: &NextHop) -> String {
    let host = if hop.is_exact { format!("[{}]", hop.host) } else { hop.host.clone() };
    hop.port.as_ref().map_or(host.clone(), |port| format!("{host}:{port}"))
}
