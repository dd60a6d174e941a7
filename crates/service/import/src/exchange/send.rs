//! Send connectors on premises, and Exchange Online's outbound connectors: the same here.

use std::net::IpAddr;

use core_directory::{AddressSpace, CertificateName, Domain, DomainScope, Field, SendConnector, SmartHost, TlsLevel};
use proto_directory_file::AnnotatedObject;
use proto_exchange::CertificateIdentifier;
use proto_exchange::dump::Shown;
use proto_exchange::spelling::{self, About};

use super::reading::{Reading, leave_out, value};
use super::{Neighbours, certificate};
use crate::account::{Outcome, Reason};
use crate::drafts::{Draft, Drafts};

const PUT_RIGHT: &str = "write what was meant, and take the remark sign away";

/// Takes an outbound connector of Exchange Online.
pub(super) fn take_outbound(reading: &mut Reading<'_>, tenant: &str, neighbours: &Neighbours, drafts: &mut Drafts) {
    let mut draft = begin(reading, tenant);
    smart_hosts(reading, &mut draft, SmartHost::DEFAULT_PORT);
    recipients(reading, &mut draft, tenant, neighbours);
    let word = reading.text(About::Field(Field::Tls));
    if let Some(word) = word {
        level(&mut draft, spelling::tls_settings(word.as_deref()), word.as_deref().unwrap_or_default());
    }
    tls_domain(reading, &mut draft);
    finish(reading, draft, drafts);
}

/// Takes a Send connector.
pub(super) fn take_send(reading: &mut Reading<'_>, tenant: &str, drafts: &mut Drafts) {
    let mut draft = begin(reading, tenant);
    let port = reading.text(About::Port).flatten().and_then(|text| text.parse().ok()).filter(|port| *port > 0);
    smart_hosts(reading, &mut draft, port.unwrap_or(SmartHost::DEFAULT_PORT));
    reading.settle(About::Port, Outcome::Carried { to: "the ports of smart_hosts".to_owned() });
    let (spaces, unread) = reading.list(Field::AddressSpaces, spelling::address_space);
    leave_out(&mut draft, Field::AddressSpaces, unread);
    if let Some(connector) = draft.send() {
        connector.address_spaces = spaces.into();
    }
    send_tls(reading, &mut draft);
    tls_domain(reading, &mut draft);
    presented(reading, &mut draft, tenant, drafts);
    names(reading, &mut draft);
    finish(reading, draft, drafts);
}

fn begin(reading: &Reading<'_>, tenant: &str) -> Draft {
    let mut connector = SendConnector::new(&reading.name(), Box::default());
    reading.set(Field::Enabled, &mut connector.enabled);
    if let Some(Some(comment)) = reading.text(About::Field(Field::Comment)) {
        connector.comment = comment;
    }
    Draft::new(tenant, AnnotatedObject::SendConnector(connector), reading.from())
}

/// What holds for both when everything is read: without a next hop mail would stay, and a connector of which it is not told
/// whether it was on stays off.
fn finish(reading: &mut Reading<'_>, mut draft: Draft, drafts: &mut Drafts) {
    let lacks_hop = draft.send().is_some_and(|connector| connector.smart_hosts.is_empty());
    if lacks_hop {
        draft.disable("it has no smart host, and there is no delivery by MX yet; name one in smart_hosts");
    }
    if !reading.is_whole(About::Field(Field::Enabled)) {
        draft.disable("the dump does not show enabled");
    }
    if !reading.is_whole(About::Field(Field::Tls)) {
        let tls = draft.send().map_or("", |connector| connector.tls.name());
        draft.remarks.push(format!("The dump does not show how TLS is judged: tls is \"{tls}\", the default here."));
    }
    reading.becomes(drafts.add(draft));
}

fn smart_hosts(reading: &mut Reading<'_>, draft: &mut Draft, port: u16) {
    let (hosts, unread) = reading.list(Field::SmartHosts, |text| {
        // What Exchange writes in brackets is an address as it is without.
        SmartHost::parse(text).map(|host| SmartHost { port, ..host })
    });
    leave_out(draft, Field::SmartHosts, unread);
    if let Some(connector) = draft.send() {
        connector.smart_hosts = hosts.into();
        connector.tls = SendConnector::default_tls(&connector.smart_hosts);
    }
}

/// The recipient domains of an outbound connector: its own, or those that its switches stand for.
fn recipients(reading: &mut Reading<'_>, draft: &mut Draft, tenant: &str, neighbours: &Neighbours) {
    let (mut spaces, unread) = reading.list(Field::AddressSpaces, spelling::address_space);
    let is_on = |about: About| reading.boolean(about) == Some(true);
    let (every_recipient, every_domain, by_rules) =
        (is_on(About::EveryRecipient), is_on(About::EveryAcceptedDomain), is_on(About::ByRules));
    leave_out(draft, Field::AddressSpaces, unread);
    let carried = || Outcome::Carried { to: format!("{:?}, {}", reading.name(), Field::AddressSpaces) };
    let mut settled = Vec::new();
    if every_recipient {
        spaces.push(AddressSpace::everything());
        settled.push((About::EveryRecipient, carried()));
    }
    if every_domain {
        let own = neighbours.domains.get(tenant).map(Vec::as_slice).unwrap_or_default();
        spaces.extend(own.iter().map(|domain| AddressSpace { scope: DomainScope::Exact(domain.clone()), cost: 1 }));
        let outcome = match own {
            [] => Outcome::NotCarried {
                why: "no accepted domain is in what was read".into(),
                next: "import Get-AcceptedDomain with it, or name the domains in address_spaces".into(),
            },
            _ => carried(),
        };
        settled.push((About::EveryAcceptedDomain, outcome));
    }
    if reading.is_whole(About::Field(Field::AddressSpaces))
        && reading.items(About::Field(Field::AddressSpaces)).is_empty()
    {
        let outcome = Outcome::NoMeaning { why: "it is empty there".into() };
        settled.push((About::Field(Field::AddressSpaces), outcome));
    }
    settled.into_iter().for_each(|(about, outcome)| reading.settle(about, outcome));
    let is_empty = spaces.is_empty();
    if let Some(connector) = draft.send()
        && !is_empty
    {
        connector.address_spaces = spaces.into();
    }
    if by_rules {
        draft.disable("only rules for single messages chose it there, and there are none here");
        let outcome = Outcome::NotCarried {
            why: "there are no rules for single messages here".into(),
            next: "name the recipient domains in address_spaces, and enable it".into(),
        };
        reading.settle(About::ByRules, outcome);
    } else if is_empty {
        draft.disable("no recipient domain of it is shown; name them in address_spaces");
    }
}

fn send_tls(reading: &Reading<'_>, draft: &mut Draft) {
    let is_on =
        |name: &str| reading.named(name).map(|property| property.boolean()).and_then(|shown| shown.whole().copied());
    let (Some(require), Some(auth)) = (is_on("RequireTLS"), reading.named("TlsAuthLevel")) else { return };
    let Shown::Whole(word) = auth.text() else { return };
    let ignores = is_on("IgnoreSTARTTLS").unwrap_or_default();
    level(draft, spelling::send_tls(require, ignores, word.as_deref()), word.as_deref().unwrap_or_default());
}

fn level(draft: &mut Draft, level: Option<TlsLevel>, word: &str) {
    match level {
        Some(level) => {
            if let Some(connector) = draft.send() {
                connector.tls = level;
            }
        }
        None => {
            draft.leave_out(Field::Tls, value(word), Reason::new("this level is not known here", PUT_RIGHT));
        }
    }
}

fn tls_domain(reading: &Reading<'_>, draft: &mut Draft) {
    let Some(Some(text)) = reading.text(About::Field(Field::TlsDomain)) else { return };
    match CertificateName::parse_value(&text) {
        Ok(name) => {
            if let Some(connector) = draft.send() {
                connector.tls_domain = Some(name);
            }
        }
        Err(error) => {
            draft.leave_out(Field::TlsDomain, value(&text), Reason::new(error.to_string(), PUT_RIGHT));
            draft.disable("without tls_domain another name would be compared with the next hop's certificate");
        }
    }
}

/// The certificate that is presented: its name goes to a certificate that stands there as a remark, since no dump has the key.
fn presented(reading: &Reading<'_>, draft: &mut Draft, tenant: &str, drafts: &mut Drafts) {
    let Some(Some(text)) = reading.text(About::Field(Field::Certificate)) else { return };
    let subject = CertificateIdentifier::parse(&text).map(|identifier| identifier.subject);
    let name = certificate::stub(subject.as_deref().unwrap_or(&text), tenant, reading, drafts);
    let reason = Reason::new(
        "a dump holds no private key",
        "export the certificate there with its key, as is said at it, and take the remark signs away at both",
    );
    draft.leave_out(Field::Certificate, value(&name), reason);
}

fn names(reading: &Reading<'_>, draft: &mut Draft) {
    if let Some(Some(text)) = reading.text(About::Field(Field::Fqdn)) {
        match Domain::parse(&text) {
            Ok(domain) => {
                if let Some(connector) = draft.send() {
                    connector.fqdn = Some(domain);
                }
            }
            Err(error) => draft.leave_out(Field::Fqdn, value(&text), Reason::new(error.to_string(), PUT_RIGHT)),
        }
    }
    if let Some(Some(text)) = reading.text(About::Field(Field::SourceAddress))
        && !spelling::is_unset(&text)
    {
        match text.parse::<IpAddr>() {
            Ok(address) => {
                if let Some(connector) = draft.send() {
                    connector.source_address = Some(core_directory::unmap(address));
                }
            }
            Err(_) => {
                let reason = Reason::new("this is no IP address", PUT_RIGHT);
                draft.leave_out(Field::SourceAddress, value(&text), reason);
            }
        }
    }
    if let (Some(Some(word)), Some(connector)) = (reading.text(About::Field(Field::ProtocolLogging)), draft.send()) {
        connector.protocol_logging = word.eq_ignore_ascii_case("Verbose");
    }
}
