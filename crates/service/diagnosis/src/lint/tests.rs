//! Lint over what dumps and files show: a clean case in which nothing is found, and what each change of it brings.

mod page;

use std::collections::BTreeSet;

use core_directory::{AcceptedDomain as OwnDomain, Domain, InboundConnector as OwnConnector, Tenant};
use core_wording::{Language, knows};
use jiff::Timestamp;
use proto_exchange::CertificateIdentifier;
use proto_exchange::dump::{
    AcceptedDomain, BlockedConnector, DumpedCertificate, ExchangeServer, HybridConfiguration, InboundConnector, Origin,
    OutboundConnector, SendConnector, Shown,
};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::{LintReport, lint};
use crate::evidence::{Configuration, Evidence, Observed, RelayDirectory, Source, SourceId};

const SOURCE: SourceId = SourceId(0);

fn at(day: &str) -> Timestamp {
    format!("{day}T00:00:00Z").parse().unwrap()
}

fn observed<T>(object: T) -> Observed<T> {
    Observed { object, source: SOURCE }
}

fn shown(text: &str) -> Shown<Box<str>> {
    Shown::Whole(text.into())
}

fn identifier() -> CertificateIdentifier {
    CertificateIdentifier { issuer: "CN=Public CA, O=Authority".into(), subject: "CN=mail.contoso.com".into() }
}

fn inbound() -> InboundConnector {
    InboundConnector {
        line: 3,
        name: "Inbound from HQ".into(),
        enabled: Shown::Whole(true),
        connector_type: shown("onpremises"),
        sender_ip_addresses: Shown::Whole(Vec::new()),
        sender_domains: Shown::Whole(vec!["smtp:*;1".into()]),
        associated_accepted_domains: Shown::Whole(Vec::new()),
        require_tls: Shown::Whole(true),
        restrict_domains_to_ip_addresses: Shown::Whole(false),
        restrict_domains_to_certificate: Shown::Whole(false),
        tls_sender_certificate_name: Shown::Whole(Some("*.contoso.com".into())),
        certificate_name_line: 9,
        ..InboundConnector::default()
    }
}

fn send() -> SendConnector {
    SendConnector {
        name: "Outbound to Office 365".into(),
        enabled: Shown::Whole(true),
        address_spaces: Shown::Whole(vec!["smtp:*;1".into()]),
        smart_hosts: Shown::Whole(vec!["contoso-com.mail.protection.outlook.com".into()]),
        fqdn: Shown::Whole(None),
        tls_certificate_name: Shown::Whole(Some(identifier())),
        require_tls: Shown::Whole(true),
        ignore_starttls: Shown::Whole(false),
        tls_auth_level: Shown::Whole(Some("DomainValidation".into())),
        source_transport_servers: Shown::Whole(vec!["EX1".into(), "EX2".into()]),
        protocol_logging_level: shown("verbose"),
        ..SendConnector::default()
    }
}

fn certificate(server: &str) -> DumpedCertificate {
    DumpedCertificate {
        server: Some(server.into()),
        subject: shown(&identifier().subject),
        issuer: shown(&identifier().issuer),
        thumbprint: shown(&"AB".repeat(20)),
        not_before: Some(at("2026-01-01")),
        not_after: Some(at("2027-06-01")),
        certificate_domains: Shown::Whole(vec!["mail.contoso.com".into()]),
        services: Shown::Whole(vec!["SMTP".into(), "IIS".into()]),
        status: shown("Valid"),
        has_private_key: Shown::Whole(true),
        is_self_signed: Shown::Whole(false),
        ..DumpedCertificate::default()
    }
}

fn accepted(name: &str) -> AcceptedDomain {
    AcceptedDomain {
        origin: Origin::ExchangeOnline,
        domain_name: name.into(),
        domain_type: shown("authoritative"),
        match_subdomains: Shown::Whole(false),
        initial_domain: Shown::Whole(name.ends_with("onmicrosoft.com")),
        ..AcceptedDomain::default()
    }
}

/// Both sides in order.
fn clean() -> Configuration {
    Configuration {
        inbound_connectors: vec![observed(inbound())],
        inbound_listed: vec![SOURCE],
        accepted_listed: vec![SOURCE],
        accepted_domains: ["contoso.com", "contoso.onmicrosoft.com"].map(|name| observed(accepted(name))).into(),
        outbound_connectors: vec![observed(OutboundConnector {
            name: "Outbound to HQ".into(),
            enabled: Shown::Whole(true),
            connector_type: shown("onpremises"),
            tls_settings: Shown::Whole(Some("DomainValidation".into())),
            tls_domain: Shown::Whole(Some("mail.contoso.com".into())),
            ..OutboundConnector::default()
        })],
        send_connectors: vec![observed(send())],
        exchange_certificates: ["EX1", "EX2"].map(|server| observed(certificate(server))).into(),
        hybrid_configurations: vec![observed(HybridConfiguration {
            tls_certificate_name: Shown::Whole(Some(identifier())),
            ..HybridConfiguration::default()
        })],
        ..Configuration::default()
    }
}

fn report(configuration: Configuration) -> LintReport {
    let sources = vec![Source::new(SOURCE, "dump.xml")];
    lint(&Evidence { sources, configuration, ..Evidence::default() }, at("2026-11-01"))
}

/// The codes that a change of the clean case brings; what could not be judged in brackets.
fn check(change: impl FnOnce(&mut Configuration), expected: &[&str]) {
    let mut configuration = clean();
    change(&mut configuration);
    let report = report(configuration).worded(Language::English);
    let unjudged = report.unjudged.iter().map(|missing| format!("[{}]", missing.what.code));
    let found: BTreeSet<String> =
        report.findings.iter().map(|finding| finding.code.to_owned()).chain(unjudged).collect();
    let expected: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{:#?}", report.findings);
    for finding in &report.findings {
        for message in std::iter::once(&finding.statement).chain(finding.repair.iter().map(|repair| &repair.what)) {
            for language in Language::ALL {
                assert!(knows(message.code, language), "{language:?} has no text for {}", message.code);
            }
            assert!(!message.text.contains("{$"), "an argument is left open: {}", message.text);
        }
    }
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    check(|_| (), &[]);
}

#[test]
fn inbound_connectors() {
    let inbound = |change: fn(&mut InboundConnector), expected: &[&str]| {
        check(|all| change(&mut all.inbound_connectors[0].object), expected);
    };
    inbound(
        |own| own.tls_sender_certificate_name = Shown::Whole(Some("mail.contoso.com".into())),
        &["unowned-name", "certificate-not-admitted"],
    );
    inbound(
        |own| own.tls_sender_certificate_name = Shown::Whole(Some("*.fabrikam.com".into())),
        &["unowned-name", "certificate-not-admitted"],
    );
    inbound(
        |own| own.tls_sender_certificate_name = Shown::Whole(Some("<I>CN=CA<S>CN=mail".into())),
        &["name-unreadable", "[unjudged-field]"],
    );
    inbound(|own| own.tls_sender_certificate_name = Shown::NotShown, &["[unjudged-field]"]);
    inbound(
        |own| own.sender_ip_addresses = Shown::Cut(vec!["203.0.113.1".into(), "203.0.113.2".into()]),
        &["[unjudged-field]"],
    );
    inbound(|own| own.tls_sender_certificate_name = Shown::Whole(None), &["identifies-nobody"]);
    inbound(|own| own.enabled = Shown::Whole(false), &["disabled"]);
    check(|all| all.accepted_domains.truncate(1), &["[unjudged-domains]"][..0]);
    check(|all| all.accepted_domains.clear(), &["[unjudged-domains]"]);
    check(|all| all.accepted_domains[0].object.match_subdomains = Shown::Whole(true), &["match-subdomains-unused"]);
    check(
        |all| {
            all.blocked_connectors =
                vec![observed(BlockedConnector { connector: "Inbound from HQ".into(), ..BlockedConnector::default() })];
        },
        &["connector-blocked"],
    );
}

#[test]
fn send_connectors() {
    let send = |change: fn(&mut SendConnector), expected: &[&str]| {
        check(|all| change(&mut all.send_connectors[0].object), expected);
    };
    send(|own| own.require_tls = Shown::Whole(false), &["send-tls-not-required"]);
    send(|own| own.ignore_starttls = Shown::Whole(true), &["starttls-ignored"]);
    send(|own| own.tls_auth_level = Shown::Whole(None), &["send-tls-not-validated"]);
    send(|own| own.tls_auth_level = Shown::Whole(Some("EncryptionOnly".into())), &["send-tls-not-validated"]);
    send(|own| own.tls_auth_level = Shown::Whole(Some("CertificateValidation".into())), &[]);
    send(|own| own.protocol_logging_level = shown("none"), &["send-logging-off"]);
    send(|own| own.tls_certificate_name = Shown::Whole(None), &["certificate-not-chosen"]);
    send(
        |own| {
            own.tls_certificate_name = Shown::Whole(None);
            own.fqdn = Shown::Whole(Some("ex1.contoso.local".into()));
        },
        &["certificate-not-chosen"],
    );
    send(
        |own| {
            own.tls_certificate_name = Shown::Whole(None);
            own.fqdn = Shown::Whole(Some("mail.contoso.com".into()));
        },
        &[],
    );
    send(
        |own| {
            own.tls_certificate_name =
                Shown::Whole(Some(CertificateIdentifier { subject: "CN=gone".into(), ..identifier() }));
        },
        &["certificate-name-dangling", "hybrid-certificate-differs"],
    );
    // A connector that leads elsewhere, or is off, is nobody's way to Exchange Online.
    send(
        |own| {
            own.smart_hosts = Shown::Whole(vec!["smarthost.example.net".into()]);
            own.require_tls = Shown::Whole(false);
        },
        &[],
    );
    check(|all| all.exchange_certificates.clear(), &["[unjudged-certificates]"]);
    check(
        |all| all.exchange_certificates[0].object.issuer = Shown::Cut("CN=Publ".into()),
        &["[unjudged-certificates]"],
    );
}

#[test]
fn certificates_of_servers() {
    let second = |change: fn(&mut DumpedCertificate), expected: &[&str]| {
        check(|all| change(&mut all.exchange_certificates[1].object), expected);
    };
    second(|own| own.subject = shown("CN=other"), &["server-lacks-certificate"]);
    second(|own| own.has_private_key = Shown::Whole(false), &["certificate-without-key"]);
    second(|own| own.is_self_signed = Shown::Whole(true), &["certificate-self-signed"]);
    second(|own| own.status = shown("Invalid"), &["certificate-status"]);
    second(|own| own.not_after = Some(at("2026-10-01")), &["certificate-expired"]);
    second(|own| own.not_after = Some(at("2026-12-24")), &["certificate-expires"]);
    second(|own| own.not_after = Some(at("2027-01-24")), &[]);
    second(|own| own.not_before = Some(at("2026-11-02")), &["certificate-not-yet-valid"]);
    let another = |change: fn(&mut DumpedCertificate), expected: &[&str]| {
        check(
            |all| {
                let mut other = certificate("EX1");
                other.thumbprint = shown(&"CD".repeat(20));
                change(&mut other);
                all.exchange_certificates.push(observed(other));
            },
            expected,
        );
    };
    // The old one beside the renewed one: Exchange takes the new.
    another(|own| own.not_after = Some(at("2026-10-01")), &["certificate-twice"]);
    another(
        |own| {
            own.subject = shown("CN=old");
            own.services = Shown::Whole(Vec::new());
            own.not_after = Some(at("2020-01-01"));
        },
        &[],
    );
    // An Edge server counts where the connector's mail leaves by it.
    let long = |edge: bool, name: &str, expected: &[&str]| {
        check(
            |all| {
                let subject = format!("CN=mail.contoso.com, O={}", "Contoso ".repeat(40));
                let long = CertificateIdentifier { subject: subject.as_str().into(), ..identifier() };
                all.send_connectors[0].object.tls_certificate_name = Shown::Whole(Some(long));
                all.hybrid_configurations.clear();
                all.exchange_certificates.iter_mut().for_each(|own| own.object.subject = shown(&subject));
                let server_role = shown(if edge { "Edge" } else { "Mailbox" });
                all.exchange_servers =
                    vec![observed(ExchangeServer { name: name.into(), server_role, ..ExchangeServer::default() })];
            },
            expected,
        );
    };
    long(true, "EX2", &["certificate-name-too-long"]);
    long(true, "EDGE9", &[]);
    long(false, "EX2", &[]);
}

#[test]
fn both_sides_together() {
    check(
        |all| {
            for own in &mut all.exchange_certificates {
                own.object.certificate_domains = Shown::Whole(vec!["mail.contoso.net".into()]);
                own.object.subject = shown("CN=mail.contoso.net");
            }
            let renewed = CertificateIdentifier { subject: "CN=mail.contoso.net".into(), ..identifier() };
            all.send_connectors[0].object.tls_certificate_name = Shown::Whole(Some(renewed.clone()));
            all.hybrid_configurations[0].object.tls_certificate_name = Shown::Whole(Some(renewed));
        },
        &["certificate-not-admitted", "outbound-tls-domain-unmatched"],
    );
    // Known by its address alone, a server needs no certificate.
    check(
        |all| {
            all.inbound_connectors[0].object.tls_sender_certificate_name = Shown::Whole(None);
            all.inbound_connectors[0].object.sender_ip_addresses = Shown::Whole(vec!["203.0.113.7".into()]);
        },
        &[],
    );
    check(
        |all| all.outbound_connectors[0].object.tls_domain = Shown::Whole(Some("*.fabrikam.com".into())),
        &["outbound-tls-domain-unmatched"],
    );
    check(|all| all.outbound_connectors[0].object.tls_domain = Shown::Whole(Some("*.contoso.com".into())), &[]);
}

/// A leaf for a name, and its issuer, in DER.
fn chain() -> [Vec<u8>; 2] {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Issuing CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = authority.self_signed(&authority_key).unwrap();
    let mut leaf = CertificateParams::new(vec!["mail.contoso.com".to_owned()]).unwrap();
    leaf.distinguished_name.push(DnType::CommonName, "mail.contoso.com");
    let key = KeyPair::generate().unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::from_params(&authority, &authority_key)).unwrap();
    [leaf.der().to_vec(), issuer.der().to_vec()]
}

#[test]
fn certificate_files() {
    let files = |ders: &[Vec<u8>], expected: &[&str]| {
        check(
            |all| {
                let held = |der: &Vec<u8>| DumpedCertificate { der: Some(der.clone()), ..DumpedCertificate::default() };
                all.certificate_files = ders.iter().map(|der| observed(held(der))).collect();
            },
            expected,
        );
    };
    let [leaf, issuer] = chain();
    files(&[leaf.clone(), issuer.clone()], &[]);
    files(&[leaf], &["intermediate-missing"]);
    files(&[issuer], &[]);
}

#[test]
fn directory_files() {
    let relay = |change: fn(&mut Tenant), expected: &[&str]| {
        check(
            |all| {
                let domain = Domain::parse("contoso.com").unwrap();
                let mut tenant = Tenant {
                    name: "contoso".into(),
                    domains: vec![OwnDomain::new(domain, true)],
                    send_connectors: vec![core_directory::SendConnector::new("Out", Box::default())],
                    ..Tenant::default()
                };
                let value = core_directory::CertificateName::parse_value("*.contoso.com").unwrap();
                tenant.inbound_connectors = vec![OwnConnector::new("HQ", Some(value))];
                change(&mut tenant);
                let directory = RelayDirectory { tenants: vec![tenant], places: Vec::new() };
                *all = Configuration { relay_directories: vec![observed(directory)], ..Configuration::default() };
            },
            expected,
        );
    };
    relay(|_| (), &[]);
    relay(|own| own.domains[0].proof = core_directory::Proof::None, &["unverified-name", "domain-unverified"]);
    relay(|own| own.send_connectors.clear(), &["no-route"]);
    relay(
        |own| own.send_connectors[0].certificate = Some("gone".into()),
        &["refused-by-apply", "certificate-over-optional-tls"],
    );
    relay(|own| own.inbound_connectors.push(OwnConnector::new("None", None)), &["identifies-nobody"]);
}

#[test]
fn what_is_found_says_where_and_how_to_mend_it() {
    let mut all = clean();
    all.inbound_connectors[0].object.tls_sender_certificate_name = Shown::Whole(Some("exchange.contoso.com".into()));
    let report = report(all).worded(Language::English);
    let finding = report.findings.iter().find(|finding| finding.code == "unowned-name").unwrap();
    let [line] = finding.proof.as_slice() else { panic!("{finding:#?}") };
    assert_eq!((line.file.as_str(), line.line), ("dump.xml", 9), "{finding:#?}");
    assert_eq!(line.mark.as_deref(), Some("exchange.contoso.com"), "{finding:#?}");
    let commands: Vec<_> = finding.repair.iter().flat_map(|repair| &repair.commands).collect();
    let first = "Set-InboundConnector -Identity 'Inbound from HQ' -TlsSenderCertificateName '*.contoso.com'";
    assert_eq!(commands.first().map(|command| command.as_str()), Some(first));
}

#[test]
fn many_alike_are_counted() {
    let mut all = clean();
    for number in 0..300 {
        let mut own = inbound();
        own.name = format!("Off {number}").into();
        own.enabled = Shown::Whole(false);
        all.inbound_connectors.push(observed(own));
    }
    let report = report(all);
    let told = report.findings.iter().filter(|finding| finding.code == "disabled").count();
    let counted: u64 = report.not_told.iter().map(|more| more.count).sum();
    assert_eq!((told, counted), (100, 200));
}
