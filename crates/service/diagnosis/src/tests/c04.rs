//! C04: another certificate than was meant, and how it is told apart from mail that goes by its address.

use core_directory::Domain;
use proto_exchange::dump::{SendConnector, Shown};

use super::world::{CONNECTOR, PLAIN, World, answered, at, certificate, found, inbound, sent};
use crate::answer::Certainty::{Certain, Likely, Possible};
use crate::evidence::{Attempt, EventFact, EvidenceKind, Outcome, Proof, SentCertificate, SourceId};

/// What Exchange makes for itself.
fn own() -> SentCertificate {
    let subject = "CN=EX01";
    SentCertificate { subject: subject.into(), issuer: subject.into(), ..certificate(&["EX01", "EX01.contoso.local"]) }
}

fn refused_with_own() -> World {
    World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"])
}

fn event(connector: &str) -> EventFact {
    EventFact {
        at: Some(at("09:59")),
        provider: "MSExchangeTransport".into(),
        id: 12014,
        arguments: Vec::new(),
        subject: None,
        connector: Some(connector.into()),
        result: None,
        proof: Proof::new(SourceId(3), 2, "MSExchangeTransport 12014: could not find a certificate"),
    }
}

#[test]
fn the_servers_own_certificate_and_the_event_are_one_cause() {
    let mut world = refused_with_own().refused("10:00", PLAIN, &own());
    world.evidence.events.push(event(CONNECTOR));
    let diagnosis = world.diagnose();
    assert_eq!(found(&diagnosis), [("C04", Certain)], "{diagnosis:#?}");
    assert!(diagnosis.causes[0].proof.iter().any(|line| line.text.contains("12014")), "{diagnosis:#?}");
}

#[test]
fn a_receive_connectors_event_explains_nothing() {
    let mut world = refused_with_own().refused("10:00", PLAIN, &certificate(&["mail.contoso.net"]));
    world.evidence.events.push(event("Default Frontend EX01"));
    let diagnosis = world.diagnose();
    assert!(!found(&diagnosis).iter().any(|(code, _)| *code == "C04"), "{diagnosis:#?}");
    assert!(diagnosis.ruled_out.iter().any(|out| out.code == "C04"), "{diagnosis:#?}");
}

#[test]
fn an_event_alone_is_possible_unless_its_connector_receives() {
    let check = |connector: &str, expected: &[(&str, crate::answer::Certainty)]| {
        let mut world = World::new();
        world.evidence.events.push(event(connector));
        let diagnosis = world.diagnose();
        assert_eq!(found(&diagnosis), expected, "{connector}");
        assert!(diagnosis.causes.iter().all(|cause| cause.question.is_some()), "{connector}: {diagnosis:#?}");
        assert_eq!(diagnosis.ruled_out.is_empty(), !expected.is_empty(), "{connector}: {diagnosis:#?}");
    };
    check("Outbound to Office 365", &[("C04", Possible)]);
    check("Default Frontend EX01", &[]);
    check("Default internal receive connector EX01", &[]);
}

#[test]
fn where_addresses_decide_any_certificate_will_do() {
    let world = World::new()
        .connectors([inbound("Office", None, &["198.51.100.9"])])
        .domains(&["contoso.com"])
        .refused("10:00", PLAIN, &own());
    assert_eq!(found(&world.diagnose()), [("C02", Certain)]);
}

#[test]
fn what_passed_before_with_the_same_certificate_is_not_certain() {
    let world = refused_with_own().passed("08:00", &own()).refused("10:00", PLAIN, &own());
    assert_eq!(found(&world.diagnose())[0], ("C04", Likely));
}

#[test]
fn a_connector_that_is_not_known_is_not_named() {
    let check = |connectors: &[&str], expected: &str, ask: bool| {
        let mut attempt = sent("10:00", answered(PLAIN), Some(&own()));
        attempt.connector = None;
        let world = connectors.iter().fold(refused_with_own().attempt(attempt), |world, name| {
            world.send_connector(SendConnector {
                name: (*name).into(),
                smart_hosts: Shown::Whole(vec!["contoso-com.mail.protection.outlook.com".into()]),
                ..SendConnector::default()
            })
        });
        let diagnosis = world.diagnose();
        let commands = diagnosis.causes[0].repair[0].commands.join("\n");
        assert!(commands.contains(expected), "{connectors:?}: {commands}");
        assert_eq!(commands.contains("Get-SendConnector"), ask, "{connectors:?}: {commands}");
        assert_eq!(diagnosis.causes[0].statement.arguments.contains_key("connector"), !ask, "{diagnosis:#?}");
    };
    check(&[], "'YOUR-SEND-CONNECTOR'", true);
    check(&["To the cloud"], "'To the cloud'", false);
    check(&["To the cloud", "Another"], "'YOUR-SEND-CONNECTOR'", true);
}

#[test]
fn mail_to_a_server_of_ones_own_is_no_mail_that_worked() {
    let check = |next_hop: &str, worked: bool| {
        let tracked = |attempt: Attempt, name: &str| {
            let mut attempt = Attempt { witness: EvidenceKind::TrackingLog, connector: None, ..attempt };
            attempt.next_hop.name = Some(name.into());
            attempt.recipients = vec![Domain::parse("example.org").unwrap()];
            attempt
        };
        let world = World::new()
            .connectors([inbound("By domain", None, &[])])
            .domains(&["contoso.com"])
            .attempt(tracked(sent("08:00", Outcome::Accepted, None), next_hop))
            .attempt(tracked(sent("10:00", answered(PLAIN), None), "contoso-com.mail.protection.outlook.com"));
        let diagnosis = world.diagnose();
        assert_eq!(diagnosis.causes[0].last_worked, worked.then(|| at("08:00")), "{next_hop}");
    };
    check("ex02.contoso.local", false);
    check("mx.fabrikam.example", false);
    check("contoso-com.mail.protection.outlook.com", true);
    check("db1pr01mb0001.eurprd01.prod.outlook.com", true);
}
