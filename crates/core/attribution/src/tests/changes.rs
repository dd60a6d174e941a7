//! The change that a refusal proposes: made by hand in the whole directory, it turns the verdict.

use std::sync::Arc;

use core_directory::{
    AcceptedDomain, AddressRange, CertificateFacts, CertificateName, ConnectorType, DirectoryVersion, DomainScope,
    InboundConnector, Snapshot, Tenant, Thumbprint,
};
use proptest::prelude::*;

use super::random::{evidence, world};
use super::world::{self, domain};
use crate::{Change, Edit, EditKind, Evidence, Sender, decide, reason};

/// Makes the edits; `None` where one asks for a whole new tenant, which is no edit of this directory.
fn apply(change: &Change, mut tenants: Vec<Tenant>, mut evidence: Evidence) -> Option<(Vec<Tenant>, Evidence)> {
    for edit in &change.edits {
        let of_tenant = tenants.iter_mut().find(|tenant| *tenant.name == edit.tenant);
        match edit.kind {
            EditKind::AddTenant => return None,
            EditKind::UseTls => evidence.tls = true,
            EditKind::UseOwnSender => evidence.mail_from = Sender::Domain(domain(&edit.to)),
            EditKind::MendCertificate => {
                let facts = evidence.certificate.as_deref().unwrap();
                let mended = CertificateFacts::trusted(facts.names.clone());
                evidence.certificate = Some(Arc::new(CertificateFacts { leaf_sha256: facts.leaf_sha256, ..mended }));
            }
            EditKind::PresentCertificate => {
                evidence.tls = true;
                evidence.certificate = Some(Arc::new(presented(edit, of_tenant.unwrap())));
            }
            EditKind::VerifyDomain => verify(of_tenant.unwrap(), &edit.to),
            EditKind::AddConnector => {
                let mut connector = InboundConnector::new("added", None);
                set(&mut connector, edit);
                connector.require_tls = connector.tls_sender_certificate_name.is_some();
                of_tenant.unwrap().inbound_connectors.push(connector);
            }
            EditKind::Set | EditKind::Add => {
                let connectors = &mut of_tenant.unwrap().inbound_connectors;
                let connector = connectors.iter_mut().find(|connector| *connector.name == edit.connector);
                set(connector.unwrap_or_else(|| panic!("no such connector: {edit:?}")), edit);
            }
        }
    }
    Some((tenants, evidence))
}

/// A certificate of the name that is asked for, the pinned one where the connector pins.
fn presented(edit: &Edit, tenant: &Tenant) -> CertificateFacts {
    let value = CertificateName::parse_presented(&edit.to).unwrap();
    let mut connectors = tenant.inbound_connectors.iter();
    let connector = connectors.find(|connector| {
        connector.tls_sender_certificate_name.as_ref() == Some(&value) && *connector.name == edit.connector
    });
    let name = match value {
        CertificateName::Exact(_) => value,
        CertificateName::Wildcard(domain) => CertificateName::parse_presented(&format!("mail.{domain}")).unwrap(),
    };
    let facts = CertificateFacts::trusted(vec![name]);
    let pin = connector.and_then(|connector| connector.pinned_certificates.first().copied());
    CertificateFacts { leaf_sha256: pin.unwrap_or(Thumbprint([9; 32])), ..facts }
}

fn verify(tenant: &mut Tenant, name: &str) {
    match tenant.domains.iter_mut().find(|own| own.name.as_str() == name) {
        Some(own) => own.proof = core_directory::Proof::OperatorsWord,
        None => tenant.domains.push(AcceptedDomain::new(domain(name), true)),
    }
}

fn set(connector: &mut InboundConnector, edit: &Edit) {
    fn with<T: Clone>(list: &[T], value: T) -> Box<[T]> {
        list.iter().cloned().chain([value]).collect()
    }
    let flag = || edit.to == "true";
    match &*edit.field {
        "enabled" => connector.enabled = flag(),
        "type" => connector.connector_type = ConnectorType::OnPremises,
        "require_client_auth" => connector.require_client_auth = flag(),
        "restrict_domains_to_ip_addresses" => connector.restrict_domains_to_ip_addresses = flag(),
        "restrict_domains_to_certificate" => connector.restrict_domains_to_certificate = flag(),
        "tls_sender_certificate_name" => {
            connector.tls_sender_certificate_name = Some(CertificateName::parse_value(&edit.to).unwrap());
        }
        "sender_ip_addresses" => {
            let range = AddressRange::parse(&edit.to).unwrap();
            connector.sender_ip_addresses = with(&connector.sender_ip_addresses, range);
        }
        "pinned_certificates" => {
            let pin = Thumbprint::parse(&edit.to).unwrap();
            connector.pinned_certificates = with(&connector.pinned_certificates, pin);
        }
        "sender_domains" => {
            let scope = DomainScope::parse(&edit.to).unwrap();
            connector.sender_domains = with(&connector.sender_domains, scope);
        }
        "associated_accepted_domains" => {
            connector.associated_accepted_domains = with(&connector.associated_accepted_domains, domain(&edit.to));
        }
        field => panic!("nobody knows how to edit {field}: {edit:?}"),
    }
}

fn turns(tenants: &[Tenant], evidence: &Evidence) -> Result<(), String> {
    let directory = Snapshot::new(DirectoryVersion(1), tenants.to_vec());
    let Some(change) = reason(evidence, &directory, &decide(evidence, &directory)).change else { return Ok(()) };
    let Some((changed, again)) = apply(&change, tenants.to_vec(), evidence.clone()) else { return Ok(()) };
    let after = decide(&again, &Snapshot::new(DirectoryVersion(2), changed));
    if after.passes() { Ok(()) } else { Err(format!("after {change:#?} it is {after:?}")) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, ..ProptestConfig::default() })]

    #[test]
    fn a_proposed_change_turns_the_verdict(tenants in world(), evidence in evidence(2)) {
        prop_assert_eq!(turns(&tenants, &evidence), Ok(()));
    }
}

/// The change in short: `side kind tenant/connector field to`, each edit after the other.
fn check(world: &str, case: &str, expected: &[&str]) {
    let (directory, evidence) = (world::snapshot(world), world::evidence(case));
    let change = reason(&evidence, &directory, &decide(&evidence, &directory)).change;
    let text = serde_json::to_string_pretty(&change).unwrap();
    let shown = |edit: &Edit| {
        let place = [&*edit.tenant, &*edit.connector].into_iter().filter(|part| !part.is_empty());
        let place = place.collect::<Vec<_>>().join("/");
        let kind = serde_json::to_value(edit.kind).unwrap();
        let words = [kind.as_str().unwrap(), &place, &edit.field, &edit.to];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let got: Vec<_> = change.into_iter().flat_map(|change| change.edits).map(|edit| shown(&edit)).collect();
    assert_eq!(got, expected, "\n{world}\n{case}\n{text}");
    if let Err(problem) = turns(&world::tenants(world), &evidence) {
        panic!("{problem}\n{world}\n{case}");
    }
}

#[test]
fn edits_of_the_connector() {
    let hq = "contoso: contoso.com contoso.net; HQ = *.contoso.com";
    let from = "from=contoso.com";
    check(hq, &format!("cert=mail.contoso.com {from}"), &[]);
    let set = "set contoso/HQ tls_sender_certificate_name";
    check(hq, &format!("cert=mail.contoso.net {from}"), &[&format!("{set} *.contoso.net")]);
    check(hq, &format!("cert=contoso.com {from}"), &[&format!("{set} contoso.com")]);
    check(hq, &format!("cert=*.contoso.net {from}"), &[&format!("{set} *.contoso.net")]);
    let disabled = "contoso: contoso.com; HQ = *.contoso.com disabled";
    check(disabled, &format!("cert=mail.contoso.com {from}"), &["set contoso/HQ enabled true"]);
    let clients = "contoso: contoso.com; HQ = *.contoso.com clients";
    let server = format!("cert=mail.contoso.com server-only {from}");
    check(clients, &server, &["set contoso/HQ require_client_auth false"]);
    let pinned = "contoso: contoso.com; HQ = *.contoso.com pin=ab";
    let add = format!("add contoso/HQ pinned_certificates {}", "cd".repeat(32));
    check(pinned, &format!("cert=mail.contoso.com leaf=cd {from}"), &[&add]);
    let address = "contoso: contoso.com; HQ = 192.0.2.1";
    check(address, &format!("ip=192.0.2.2 {from}"), &["add contoso/HQ sender_ip_addresses 192.0.2.2"]);
    let scoped = "contoso: contoso.com; HQ = 192.0.2.1 from=x.example";
    check(scoped, &format!("ip=192.0.2.1 {from}"), &["add contoso/HQ sender_domains contoso.com"]);
    let associated = "contoso: contoso.com x.example; HQ = 192.0.2.1 for=x.example";
    let add = "add contoso/HQ associated_accepted_domains contoso.com";
    check(associated, &format!("ip=192.0.2.1 {from}"), &[add]);
    let partner = "contoso: contoso.com; HQ = partner *.contoso.com restrict-cert";
    let edits = ["set contoso/HQ type on-premises", "set contoso/HQ restrict_domains_to_certificate false"];
    check(partner, &format!("cert=mail.contoso.com {from}"), &edits);
}

#[test]
fn edits_of_the_domain() {
    let unowned = "contoso: contoso.com; HQ = mail.vendor.example";
    check(unowned, "cert=mail.vendor.example", &["verify-domain contoso verified mail.vendor.example"]);
    // A wildcard over what is verified is the smaller step.
    let exact = "contoso: contoso.com; HQ = mail.contoso.com";
    check(exact, "cert=mail.contoso.com", &["set contoso/HQ tls_sender_certificate_name *.contoso.com"]);
    let claimed = "contoso: ?contoso.com; HQ = *.contoso.com";
    check(claimed, "cert=mail.contoso.com from=contoso.com", &["verify-domain contoso verified contoso.com"]);
    let address = "contoso: contoso.com; HQ = 192.0.2.1";
    check(address, "ip=192.0.2.1 from=contoso.net", &["verify-domain contoso verified contoso.net"]);
    // What another tenant verified is not to be had.
    let taken = "contoso: contoso.com; HQ = 192.0.2.1\nfabrikam: fabrikam.com";
    check(taken, "ip=192.0.2.1 from=fabrikam.com", &["add-connector fabrikam sender_ip_addresses 192.0.2.1"]);
}

#[test]
fn edits_of_the_sender() {
    let hq = "contoso: contoso.com; HQ = *.contoso.com\nfabrikam: fabrikam.com";
    let present = "present-certificate contoso/HQ *.contoso.com";
    check(hq, "from=contoso.com", &[present]);
    check(hq, "plain from=contoso.com", &[present]);
    check(hq, "cert=mail.contoso.net from=contoso.com", &[present]);
    for fault in ["untrusted", "expired", "not-yet", "code-signing", "key-unproved"] {
        let case = format!("cert=mail.contoso.com {fault} from=contoso.com");
        check(hq, &case, &["mend-certificate contoso/HQ"]);
    }
    check(hq, "cert=mail.contoso.com from=fabrikam.com", &["use-own-sender contoso/HQ contoso.com"]);
    let tls = "contoso: contoso.com; HQ = 192.0.2.1 tls";
    check(tls, "plain ip=192.0.2.1 from=contoso.com", &["use-tls contoso/HQ"]);
    // A denied leaf nobody mends.
    check("contoso: contoso.com; HQ = *.contoso.com", "cert=mail.contoso.com denied from=<>", &[]);
}

/// An edit that would change nothing in the whole directory is not proposed.
#[test]
fn what_another_connector_decides() {
    // The certificate goes to t, whatever addresses u has.
    let world = "t: t.example; A = *.t.example\nu: u.example; B = 192.0.2.1";
    check(world, "cert=m.t.example ip=192.0.2.9 from=u.example", &["use-own-sender t/A t.example"]);
    // A new connector beside one that demands TLS would not be asked.
    let world = "t: t.example; A = 192.0.2.1 tls";
    check(world, "plain ip=192.0.2.1 from=t.example", &["use-tls t/A"]);
}

#[test]
fn nothing_near() {
    let add = |to: &str| format!("add-connector contoso {to}");
    let bare = "contoso: contoso.com";
    let by_name = add("tls_sender_certificate_name *.contoso.com");
    check(bare, "cert=mail.contoso.com ip=192.0.2.1 from=contoso.com", &[&by_name]);
    check(bare, "cert=m.x.example ip=192.0.2.1 from=contoso.com", &[&add("sender_ip_addresses 192.0.2.1")]);
    check(bare, "cert=mail.contoso.com untrusted from=contoso.com", &[]);
    check(bare, "from=contoso.com", &[]);
    check(bare, "from=stranger.example", &["add-tenant domain stranger.example"]);
    check("", "from=stranger.example", &["add-tenant domain stranger.example"]);
    check(bare, "from=<>", &[]);
    check(bare, "from=com", &[]);
}
