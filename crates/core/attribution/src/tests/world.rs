//! A text form of directories and evidence, so that a case is a line or two.
//!
//! ```text
//! contoso: contoso.com eu.contoso.com+ ?claimed.com; HQ = *.contoso.com 192.0.2.0/24; reject-direct-send
//! fabrikam: fabrikam.com; P = partner mail.fabrikam.net restrict-cert from=fabrikam.net; Out > *;1 via hub.example.net
//! ```
//!
//! A tenant a line: its domains (`+`: with those below, `?`: unverified), then its connectors. An inbound connector's name
//! stands before `=`, a send connector's before `>`. Evidence is a list of words, see [`evidence`].

use std::sync::Arc;

use core_directory::{
    AcceptedDomain, AddressRange, AddressSpace, CertificateFacts, CertificateName, ConnectorId, ConnectorType,
    DirectoryVersion, Domain, DomainScope, InboundConnector, LeafUse, SendConnector, SendConnectorId, SmartHost,
    Snapshot, Tenant, TenantId, Thumbprint, TrustAnchor, TrustedPath, ValidityWindow,
};
use jiff::Timestamp;

use crate::{Answer, Evidence, RefusalReply, Sender, Verdict};

/// When all evidence is judged.
pub fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

pub fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap_or_else(|error| panic!("domain {text:?}: {error}"))
}

/// A leaf's thumbprint, of one repeated byte: `ab`.
fn thumbprint(byte: &str) -> Thumbprint {
    Thumbprint::parse(&byte.repeat(32)).unwrap_or_else(|error| panic!("thumbprint {byte:?}: {error}"))
}

/// The tenants of a world, ids in the order in which they are written.
pub fn tenants(world: &str) -> Vec<Tenant> {
    let mut ids = 0;
    let lines = world.lines().map(str::trim).filter(|line| !line.is_empty());
    (1..).zip(lines).map(|(id, line)| tenant(TenantId(id), line, &mut ids)).collect()
}

pub fn snapshot(world: &str) -> Snapshot {
    Snapshot::new(DirectoryVersion(1), tenants(world))
}

fn tenant(id: TenantId, line: &str, ids: &mut u64) -> Tenant {
    let (name, rest) = line.split_once(':').unwrap_or_else(|| panic!("no tenant in {line:?}"));
    let mut tenant = Tenant { id, name: name.trim().into(), ..Tenant::default() };
    for part in rest.split("; ").map(str::trim).filter(|part| !part.is_empty()) {
        *ids += 1;
        if let Some((name, words)) = part.split_once(" = ") {
            tenant.inbound_connectors.push(inbound(ConnectorId(*ids), name.trim(), words));
        } else if let Some((name, words)) = part.split_once(" > ") {
            tenant.send_connectors.push(send(SendConnectorId(*ids), name.trim(), words));
        } else {
            part.split_whitespace().for_each(|word| of_tenant(&mut tenant, word));
        }
    }
    tenant
}

fn of_tenant(tenant: &mut Tenant, word: &str) {
    match word {
        "suspended" => tenant.suspended = true,
        "reject-direct-send" => tenant.reject_direct_send = true,
        "own-roots" => tenant.trusted_roots.push(TrustAnchor { der: vec![0] }),
        name => {
            let (name, verified) = name.strip_prefix('?').map_or((name, true), |name| (name, false));
            let (name, match_subdomains) = name.strip_suffix('+').map_or((name, false), |name| (name, true));
            let own = AcceptedDomain::new(domain(name), verified);
            tenant.domains.push(AcceptedDomain { match_subdomains, ..own });
        }
    }
}

fn inbound(id: ConnectorId, name: &str, words: &str) -> InboundConnector {
    let mut connector = InboundConnector::new(name, None);
    connector.id = id;
    let (mut ranges, mut pins, mut scopes, mut associated) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for word in words.split_whitespace() {
        match word.split_once('=').unwrap_or((word, "")) {
            ("disabled", _) => connector.enabled = false,
            ("partner", _) => connector.connector_type = ConnectorType::Partner,
            ("tls", _) => connector.require_tls = true,
            ("no-tls", _) => connector.require_tls = false,
            ("clients", _) => connector.require_client_auth = true,
            ("any-sender", _) => connector.any_sender = true,
            ("granted", _) => connector.addresses_granted = true,
            ("restrict-ip", _) => connector.restrict_domains_to_ip_addresses = true,
            ("restrict-cert", _) => connector.restrict_domains_to_certificate = true,
            ("pin", byte) => pins.push(thumbprint(byte)),
            ("from", scope) => scopes.push(DomainScope::parse(scope).unwrap()),
            ("for", own) => associated.push(domain(own)),
            (word, _) => match AddressRange::parse(word) {
                Ok(range) => ranges.push(range),
                Err(_) => {
                    connector.tls_sender_certificate_name = Some(value(word));
                    connector.require_tls = true;
                }
            },
        }
    }
    connector.sender_ip_addresses = ranges.into();
    connector.pinned_certificates = pins.into();
    connector.associated_accepted_domains = associated.into();
    if !scopes.is_empty() {
        connector.sender_domains = scopes.into();
    }
    connector
}

/// A connector's value; rule A0 is not asked, since the rules must hold up without `apply`.
fn value(text: &str) -> CertificateName {
    CertificateName::parse_presented(text).unwrap_or_else(|error| panic!("value {text:?}: {error}"))
}

/// `space;cost,space via host`, or without `via`: by MX.
fn send(id: SendConnectorId, name: &str, words: &str) -> SendConnector {
    let (spaces, host) = words.split_once(" via ").map_or((words, None), |(spaces, host)| (spaces, Some(host)));
    let hosts = host.map(|host| SmartHost::parse(host).unwrap());
    let mut connector = SendConnector::new(name, hosts.into_iter().collect());
    connector.id = id;
    let (spaces, enabled) = spaces.strip_suffix(" disabled").map_or((spaces, true), |spaces| (spaces, false));
    connector.enabled = enabled;
    connector.address_spaces = spaces.split(',').map(|space| AddressSpace::parse(space.trim()).unwrap()).collect();
    connector
}

/// Evidence by words: `ip=192.0.2.1`, `plain` (no TLS), `cert=a.example,*.b.example` (dNSNames), `cn=c.example` (CN alone),
/// `from=contoso.com` (or `<>`, `-` for no domain), `to=example.org` (or `-`), and about the certificate `expired`,
/// `not-yet`, `chain-expired`, `untrusted`, `roots-of=2` (trusted by the tenant with that id alone), `and-roots-of=2`,
/// `server-only`, `client-only`, `code-signing`, `key-unproved`, `denied`, `cn-excluded`, `leaf=ab`. Left out: TLS, from
/// `stranger.example` to `elsewhere.example`.
pub fn evidence(text: &str) -> Evidence {
    let mut evidence = Evidence {
        at: now(),
        remote_ip: None,
        tls: true,
        certificate: None,
        mail_from: Sender::Domain(domain("stranger.example")),
        rcpt_to: Some(domain("elsewhere.example")),
    };
    let mut facts = CertificateFacts::trusted(Vec::new());
    for word in text.split_whitespace() {
        match word.split_once('=').unwrap_or((word, "")) {
            ("ip", address) => evidence.remote_ip = Some(core_directory::unmap(address.parse().unwrap())),
            ("plain", _) => evidence.tls = false,
            ("from", "<>") => evidence.mail_from = Sender::Null,
            ("from", "-") => evidence.mail_from = Sender::NoDomain,
            ("from", name) => evidence.mail_from = Sender::Domain(domain(name)),
            ("to", "-") => evidence.rcpt_to = None,
            ("to", name) => evidence.rcpt_to = Some(domain(name)),
            (word, argument) => of_certificate(&mut facts, word, argument),
        }
    }
    if !facts.names.is_empty() {
        evidence.certificate = Some(Arc::new(facts));
    }
    evidence
}

fn of_certificate(facts: &mut CertificateFacts, word: &str, argument: &str) {
    let always = TrustedPath { validity: ValidityWindow::ALWAYS, excludes_common_name: false };
    let until = |text: &str| ValidityWindow { not_before: Timestamp::MIN, not_after: text.parse().unwrap() };
    match word {
        "cert" => facts.names.extend(argument.split(',').map(value)),
        "cn" => {
            facts.names.push(value(argument));
            facts.last_is_common_name = true;
        }
        "expired" => {
            facts.leaf_validity = until("2026-05-01T00:00:00Z");
            facts.operator_path = None;
        }
        "not-yet" => {
            facts.leaf_validity =
                ValidityWindow { not_before: "2026-07-01T00:00:00Z".parse().unwrap(), not_after: Timestamp::MAX };
            facts.operator_path = None;
        }
        "chain-expired" => {
            facts.operator_path = Some(TrustedPath { validity: until("2026-05-31T00:00:00Z"), ..always });
        }
        "untrusted" => facts.operator_path = None,
        "roots-of" => {
            facts.operator_path = None;
            facts.tenant_paths.push((TenantId(argument.parse().unwrap()), always));
        }
        "and-roots-of" => facts.tenant_paths.push((TenantId(argument.parse().unwrap()), always)),
        "server-only" => facts.leaf_use = LeafUse { server: true, client: false },
        "client-only" => facts.leaf_use = LeafUse { server: false, client: true },
        "code-signing" => facts.leaf_use = LeafUse { server: false, client: false },
        "key-unproved" => facts.key_proved = false,
        "denied" => facts.denied = true,
        "cn-excluded" => facts.operator_path = Some(TrustedPath { excludes_common_name: true, ..always }),
        "leaf" => facts.leaf_sha256 = thumbprint(argument),
        word => panic!("no such word in evidence: {word:?}"),
    }
}

/// A verdict in short: `A5 contoso/HQ`, `A9 contoso`, `5.7.64`, `5.7.64 ATTR36 HQ`, `5.7.1 contoso/HQ`.
pub fn shown(evidence: &Evidence, snapshot: &Snapshot, verdict: &Verdict) -> String {
    let answer = Answer::of_verdict(evidence, snapshot, verdict);
    let start = match verdict {
        Verdict::Passes(attribution) => attribution.rule.to_string(),
        Verdict::Refused(refusal) => {
            let (class, subject, detail) = refusal.reply.enhanced();
            let attr36 = if refusal.reply == RefusalReply::Attr36 { " ATTR36" } else { "" };
            format!("{class}.{subject}.{detail}{attr36}")
        }
    };
    let parts: Vec<_> = answer.tenant.into_iter().chain(answer.connector).collect();
    format!("{start} {}", parts.join("/")).trim_end().to_owned()
}
