//! A relay of ours as the far side: whose connectors count, and P06, which answers where no other cause does.

use core_attribution::{Fact, Sender};
use core_directory::{AcceptedDomain, AddressRange, CertificateName, Domain, InboundConnector, Tenant};

use super::world::{World, answered, certificate, found, sent};
use crate::answer::Certainty::{Certain, Possible};
use crate::answer::{Diagnosis, RepairSide};
use crate::evidence::{Attempt, Certificate, Observed, RelayDirectory, SourceId};

const REFUSED: &str =
    "550 5.7.64 TenantAttribution; Relay Access Denied [relay.example.net 2026-11-20T10:00:00.100Z 0K3J9P2M4Q7R]";

fn tenant(name: &str, domain: &str, connector: InboundConnector) -> Tenant {
    Tenant {
        name: name.into(),
        domains: vec![AcceptedDomain::new(Domain::parse(domain).unwrap(), true)],
        inbound_connectors: vec![connector],
        ..Tenant::default()
    }
}

fn by_name(value: &str) -> InboundConnector {
    InboundConnector::new("HQ", Some(CertificateName::parse_value(value).unwrap()))
}

fn by_address(range: &str) -> InboundConnector {
    let mut connector = InboundConnector::new("Branch", None);
    connector.sender_ip_addresses = Box::new([AddressRange::parse(range).unwrap()]);
    connector
}

fn diagnose(tenants: Vec<Tenant>, attempt: Attempt) -> Diagnosis {
    let mut world = World::new().attempt(attempt);
    let object = RelayDirectory { tenants, places: Vec::new() };
    world.evidence.configuration.relay_directories.push(Observed { object, source: SourceId(1) });
    world.diagnose()
}

fn refused(names: &[&str]) -> Attempt {
    let mut attempt = sent("10:00", answered(REFUSED), Some(&certificate(names)));
    attempt.next_hop.name = Some("relay.example.net".into());
    attempt
}

#[test]
fn what_other_tenants_go_by_does_not_matter() {
    let other = || tenant("fabrikam", "fabrikam.com", by_address("198.51.100.0/28"));
    let own = tenant("contoso", "contoso.com", by_name("*.contoso.com"));
    let diagnosis = diagnose(vec![own, other()], refused(&["mail.contoso.net"]));
    assert_eq!(found(&diagnosis), [("C01", Certain)], "{diagnosis:#?}");
}

#[test]
fn where_nothing_else_says_why_the_rules_do() {
    let mut scoped = by_name("*.contoso.com");
    scoped.associated_accepted_domains = Box::new([Domain::parse("contoso.com").unwrap()]);
    let mut attempt = refused(&["mail.contoso.com"]);
    attempt.mail_from = Fact::Known(Sender::Domain(Domain::parse("partner.example").unwrap()));
    let diagnosis = diagnose(vec![tenant("contoso", "contoso.com", scoped)], attempt.clone());
    assert_eq!(found(&diagnosis), [("P06", Certain)], "{diagnosis:#?}");
    let cause = &diagnosis.causes[0];
    let comparison = cause.comparison.as_ref().unwrap();
    assert_eq!(comparison.field, "associated_accepted_domains", "{comparison:?}");
    assert!(cause.repair.iter().any(|repair| repair.side == RepairSide::Postwarden), "{:#?}", cause.repair);
    // Without the restriction the mail would pass: what is left is no matter of the directory.
    let diagnosis = diagnose(vec![tenant("contoso", "contoso.com", by_name("*.contoso.com"))], attempt);
    assert!(found(&diagnosis).iter().all(|(code, _)| *code != "P06"), "{diagnosis:#?}");
}

#[test]
fn what_is_not_shown_makes_it_no_more_than_possible() {
    let mut attempt = refused(&["mail.contoso.com"]);
    attempt.certificate = Certificate::Unknown;
    attempt.proof.truncate(1);
    let diagnosis = diagnose(vec![tenant("contoso", "contoso.com", by_name("*.contoso.com"))], attempt);
    assert_eq!(found(&diagnosis), [("P06", Possible)], "{diagnosis:#?}");
    assert!(diagnosis.causes[0].question.is_some());
}
