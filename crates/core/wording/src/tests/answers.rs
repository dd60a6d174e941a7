//! Whole answers in both languages, as the rules give them.

use std::sync::Arc;

use core_attribution::{
    Answer, Branch, Evidence, Fact, PartialEvidence, RuleId, Sender, VerdictKind, decide, judge, judge_with_route,
};
use core_directory::{
    AcceptedDomain, AddressRange, CertificateFacts, CertificateName, ChainFault, ConnectorId, ConnectorType,
    DirectoryVersion, Domain, InboundConnector, Snapshot, Tenant, TenantId,
};
use jiff::Timestamp;

use crate::{Language, render};

fn at() -> Timestamp {
    "2030-01-01T00:00:00Z".parse().unwrap()
}

fn domain(name: &str) -> Domain {
    Domain::parse(name).unwrap()
}

fn connector(id: u64, name: &str, value: Option<&str>) -> InboundConnector {
    let value = value.map(|value| CertificateName::parse_value(value).unwrap());
    InboundConnector { id: ConnectorId(id), ..InboundConnector::new(name, value) }
}

/// Contoso and Fabrikam, as in the documentation.
fn snapshot() -> Snapshot {
    let mut printers = connector(2, "Printers", None);
    printers.sender_ip_addresses = Box::new([AddressRange::parse("192.0.2.0/24").unwrap()]);
    let contoso = Tenant {
        id: TenantId(1),
        name: "contoso".into(),
        domains: vec![
            AcceptedDomain::new(domain("contoso.com"), true),
            AcceptedDomain::new(domain("contoso.net"), true),
        ],
        inbound_connectors: vec![connector(1, "Inbound from HQ", Some("*.contoso.com")), printers],
        ..Tenant::default()
    };
    let mut partner = connector(3, "From the bank", Some("mail.bank.example"));
    partner.connector_type = ConnectorType::Partner;
    partner.restrict_domains_to_certificate = true;
    let fabrikam = Tenant {
        id: TenantId(2),
        name: "fabrikam".into(),
        domains: vec![AcceptedDomain::new(domain("fabrikam.com"), true)],
        inbound_connectors: vec![partner],
        ..Tenant::default()
    };
    Snapshot::new(DirectoryVersion(1), vec![contoso, fabrikam])
}

fn facts(names: &[&str]) -> CertificateFacts {
    let names = names.iter().map(|name| CertificateName::parse_presented(name).unwrap()).collect();
    CertificateFacts { subject: "CN=mail".into(), ..CertificateFacts::trusted(names) }
}

fn evidence(facts: Option<CertificateFacts>, sender: &str, recipient: &str) -> Evidence {
    Evidence {
        at: at(),
        remote_ip: Some("198.51.100.7".parse().unwrap()),
        tls: true,
        certificate: facts.map(Arc::new),
        mail_from: if sender.is_empty() { Sender::Null } else { Sender::Domain(domain(sender)) },
        rcpt_to: Some(domain(recipient)),
    }
}

fn check(name: &str, answer: &Answer) {
    for language in Language::ALL {
        let text = render(answer, language).to_string();
        assert!(!text.contains("{$"), "an argument is left open: {text}");
        insta::assert_snapshot!(format!("{name}_{}", language.tag()), text);
    }
}

fn decided(name: &str, evidence: &Evidence) {
    let snapshot = snapshot();
    check(name, &Answer::of_verdict(evidence, &snapshot, &decide(evidence, &snapshot)));
}

#[test]
fn the_certificate_was_renewed_under_another_name() {
    decided("renewed", &evidence(Some(facts(&["mail.contoso.net"])), "contoso.com", "example.org"));
}

#[test]
fn it_passes() {
    decided("passes", &evidence(Some(facts(&["mail.contoso.com"])), "contoso.com", "example.org"));
    decided("incoming", &evidence(None, "example.org", "contoso.com"));
}

#[test]
fn the_chain_is_broken() {
    let mut broken = facts(&["mail.contoso.com"]);
    broken.operator_path = None;
    broken.faults = vec![
        ChainFault::MissingIssuer { subject: "CN=mail".into(), issuer: "CN=Intermediate".into() },
        ChainFault::Expired { subject: "CN=mail".into(), since: "2029-12-24T00:00:00Z".parse().unwrap() },
    ];
    decided("broken_chain", &evidence(Some(broken), "contoso.com", "example.org"));
}

#[test]
fn a_partner_presents_nothing() {
    let mut nothing = evidence(None, "bank.example", "fabrikam.com");
    nothing.tls = false;
    decided("partner", &nothing);
}

#[test]
fn values_too_wide_for_a_table_stand_below_each_other() {
    let mut device = connector(1, "Branches", None);
    device.sender_ip_addresses =
        (0..8).map(|branch| AddressRange::parse(&format!("2001:db8:{branch}:ffff::/64")).unwrap()).collect();
    let tenant = Tenant {
        id: TenantId(1),
        name: "contoso".into(),
        domains: vec![AcceptedDomain::new(domain("contoso.com"), true)],
        inbound_connectors: vec![device],
        ..Tenant::default()
    };
    let snapshot = Snapshot::new(DirectoryVersion(1), vec![tenant]);
    let evidence = evidence(None, "contoso.com", "example.org");
    check("wide", &Answer::of_verdict(&evidence, &snapshot, &decide(&evidence, &snapshot)));
}

#[test]
fn a_suspended_tenant_waits() {
    let tenant = Tenant {
        id: TenantId(1),
        name: "contoso".into(),
        suspended: true,
        domains: vec![AcceptedDomain::new(domain("contoso.com"), true)],
        inbound_connectors: vec![connector(1, "Inbound from HQ", Some("*.contoso.com"))],
        ..Tenant::default()
    };
    let snapshot = Snapshot::new(DirectoryVersion(1), vec![tenant]);
    let evidence = evidence(Some(facts(&["mail.contoso.com"])), "contoso.com", "example.org");
    let evidence = PartialEvidence::from(evidence);
    check("suspended", &Answer::of_judgement(&evidence, &snapshot, &judge_with_route(&evidence, &snapshot)));
}

#[test]
fn something_is_missing() {
    let mut partial = PartialEvidence::from(evidence(None, "contoso.com", "example.org"));
    partial.remote_ip = Fact::Unknown;
    let snapshot = snapshot();
    check("missing", &Answer::of_judgement(&partial, &snapshot, &judge(&partial, &snapshot)));
}

#[test]
fn facts_and_values_are_words() {
    let partial = PartialEvidence::unknown(at());
    let snapshot = snapshot();
    let mut answer = Answer::of_judgement(&partial, &snapshot, &judge(&partial, &snapshot));
    answer.missing = ["remote_ip", "connector \"HQ\": require_tls", "accepted domain a.example", "reading bare-domain"]
        .map(str::to_owned)
        .to_vec();
    answer.branches = vec![Branch {
        assuming: vec!["tls = true".into(), "mail_from = <>".into(), "rcpt_to = a.example".into()],
        verdict: VerdictKind::Refused,
        tenant: None,
        connector: None,
        rule: RuleId::A10,
        reply: Some("550 5.7.64 no".into()),
    }];
    let english = render(&answer, Language::English);
    assert_eq!(
        english.headline,
        "Undetermined: the verdict depends on the client's address, require_tls of connector \"HQ\", whether a.example is \
         an accepted domain of the tenant, whether *.d matches d itself"
    );
    assert_eq!(
        english.branches.first().map(String::as_str),
        Some(
            "TLS = yes, the sender (MAIL FROM) = <> (the null sender), the recipient (RCPT TO) = a.example: refused, 550 \
             5.7.64 no (rule A10)"
        )
    );
    let czech = render(&answer, Language::Czech);
    assert_eq!(
        czech.missing,
        [
            "adresa klienta",
            "require_tls konektoru „HQ“",
            "zda je a.example přijímaná doména tenanta",
            "zda *.d odpovídá samotné d"
        ]
    );
    assert!(czech.branches.iter().any(|branch| branch.starts_with("TLS = ano, ")), "{:#?}", czech.branches);
}

#[test]
fn many_are_not_shown() {
    let snapshot = snapshot();
    let evidence = evidence(Some(facts(&["mail.contoso.net"])), "contoso.com", "example.org");
    let mut answer = Answer::of_verdict(&evidence, &snapshot, &decide(&evidence, &snapshot));
    let mut last = |count, language| {
        answer.not_shown = count;
        render(&answer, language).considered.pop().unwrap()
    };
    for (count, english, czech) in [
        (1, "One more connector was near", "Jeden další blízký konektor"),
        (2, "2 more connectors were near", "2 další blízké konektory"),
        (5, "5 more connectors were near", "5 dalších blízkých konektorů"),
        (1_000_000, "1000000 more connectors", "1000000 dalších blízkých"),
    ] {
        assert!(last(count, Language::English).starts_with(english), "{count}");
        assert!(last(count, Language::Czech).starts_with(czech), "{count}");
    }
}
