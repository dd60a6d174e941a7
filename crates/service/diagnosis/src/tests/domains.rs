//! C08 to C11 and C18: accepted domains and senders.

use core_attribution::{Fact, Sender};
use core_directory::Domain;

use super::world::{ATTR36, PLAIN, World, answered, certificate, found, inbound, sent};
use crate::answer::Certainty::{Certain, Likely, Possible};
use crate::answer::Diagnosis;
use crate::evidence::{Attempt, Outcome};

fn from(sender: &str, attempt: Attempt) -> Attempt {
    let sender = match sender {
        "<>" => Sender::Null,
        domain => Sender::Domain(Domain::parse(domain).unwrap()),
    };
    Attempt { mail_from: Fact::Known(sender), ..attempt }
}

/// Mail from a sender, refused over a connector by name whose domain is, or is not, accepted.
fn by_name(value: &str, accepted: &[&str], sender: &str, reply: &str) -> Diagnosis {
    let attempt = sent("10:00", answered(reply), Some(&certificate(&["mail.contoso.com"])));
    World::new()
        .connectors([inbound("HQ", Some(value), &[])])
        .domains(accepted)
        .attempt(from(sender, attempt))
        .diagnose()
}

/// The same over a connector by address.
fn by_address(accepted: &[&str], sender: &str, recipients: &[&str]) -> Diagnosis {
    let mut attempt = sent("10:00", answered(PLAIN), None);
    attempt.recipients = recipients.iter().map(|domain| Domain::parse(domain).unwrap()).collect();
    World::new()
        .connectors([inbound("Office", None, &["203.0.113.7"])])
        .domains(accepted)
        .attempt(from(sender, attempt))
        .diagnose()
}

#[test]
fn what_decides_is_the_sender_where_the_name_is_not_owned() {
    let check = |value: &str, accepted: &[&str], sender: &str, expected: &[(&str, _)]| {
        let diagnosis = by_name(value, accepted, sender, ATTR36);
        assert_eq!(found(&diagnosis), expected, "{value} {accepted:?} {sender}: {diagnosis:#?}");
    };
    check("*.contoso.com", &["fabrikam.com"], "contoso.com", &[("C08", Certain)]);
    check("mail.contoso.com", &["fabrikam.com"], "contoso.com", &[("C08", Certain)]);
    check("*.contoso.com", &["fabrikam.com"], "<>", &[("C09", Certain)]);
    check("*.contoso.com", &["fabrikam.com"], "stranger.example", &[("C10", Certain)]);
    check("*.contoso.com", &["fabrikam.com"], "bounces.fabrikam.com", &[("C11", Certain)]);
    // The value is a host that is not accepted, though its domain is: the same sender below it.
    check("mail.contoso.com", &["contoso.com"], "bounces.contoso.com", &[("C11", Certain)]);
    check("mail.contoso.com", &["contoso.com"], "stranger.example", &[("C10", Certain)]);
    // The domain is accepted: then no sender is the cause.
    for sender in ["contoso.com", "<>", "stranger.example", "bounces.contoso.com"] {
        let diagnosis = by_name("*.contoso.com", &["contoso.com"], sender, PLAIN);
        let codes: Vec<_> = found(&diagnosis).into_iter().map(|(code, _)| code).collect();
        assert!(!codes.iter().any(|code| ["C08", "C09", "C10", "C11"].contains(code)), "{sender}: {diagnosis:#?}");
    }
}

#[test]
fn the_repair_is_a_value_that_is_owned() {
    let diagnosis = by_name("mail.contoso.com", &["contoso.com"], "<>", ATTR36);
    let commands: Vec<_> = diagnosis.causes[0].repair.iter().flat_map(|repair| &repair.commands).collect();
    assert_eq!(commands, ["Set-InboundConnector -Identity 'HQ' -TlsSenderCertificateName '*.contoso.com'"]);
}

#[test]
fn by_address_the_sender_must_be_accepted() {
    let check = |sender: &str, expected: &[(&str, _)]| {
        let diagnosis = by_address(&["contoso.com"], sender, &["example.org"]);
        assert_eq!(found(&diagnosis), expected, "{sender}: {diagnosis:#?}");
    };
    check("<>", &[("C09", Certain)]);
    check("stranger.example", &[("C10", Certain)]);
    check("bounces.contoso.com", &[("C11", Certain)]);
}

#[test]
fn several_recipient_domains_are_the_cause_where_one_alone_passes() {
    let recipients = ["example.org", "example.net"];
    let diagnosis = by_address(&["contoso.com"], "stranger.example", &recipients);
    assert_eq!(found(&diagnosis), [("C10", Certain), ("C18", Possible)], "{diagnosis:#?}");
    let mut refused = sent("10:00", answered(PLAIN), None);
    refused.recipients = recipients.iter().map(|domain| Domain::parse(domain).unwrap()).collect();
    let diagnosis = World::new()
        .connectors([inbound("Office", None, &["203.0.113.7"])])
        .domains(&["contoso.com"])
        .attempt(from("stranger.example", refused))
        .attempt(from("stranger.example", sent("10:05", Outcome::Accepted, None)))
        .diagnose();
    assert_eq!(found(&diagnosis), [("C18", Certain)], "{diagnosis:#?}");
}

#[test]
fn attr36_without_dumps_says_what_it_says() {
    let world = World::new().refused("10:00", ATTR36, &certificate(&["mail.contoso.com"]));
    assert_eq!(found(&world.diagnose()), [("C08", Likely)]);
}

#[test]
fn mail_that_passes_for_accepted_senders_shows_the_same() {
    let plain = |time: &str, outcome: Outcome, sender: &str, recipient: &str| {
        let mut attempt = from(sender, sent(time, outcome, None));
        attempt.egress = None;
        attempt.recipients = vec![Domain::parse(recipient).unwrap()];
        attempt
    };
    let check = |passed_for: &str, passed_to: &str, time: &str, sender: &str, expected: &[(&str, _)]| {
        let diagnosis = World::new()
            .connectors([inbound("Office", None, &["203.0.113.7"])])
            .domains(&["contoso.com"])
            .attempt(plain("10:00", answered(PLAIN), sender, "example.org"))
            .attempt(plain(time, Outcome::Accepted, passed_for, passed_to))
            .diagnose();
        assert_eq!(found(&diagnosis), expected, "{passed_for} {passed_to} {time} {sender}: {diagnosis:#?}");
    };
    check("contoso.com", "example.org", "10:05", "stranger.example", &[("C10", Certain)]);
    check("contoso.com", "example.org", "10:05", "bounces.contoso.com", &[("C11", Certain)]);
    check("contoso.com", "example.org", "10:05", "<>", &[("C09", Certain)]);
    // To another organisation within the far side mail passes without a connector.
    check("contoso.com", "example.net", "10:05", "stranger.example", &[]);
    check("fabrikam.com", "example.org", "10:05", "stranger.example", &[]);
    // Before the refusals began everything may have been otherwise.
    check("contoso.com", "example.org", "09:00", "stranger.example", &[]);
}

#[test]
fn several_domains_are_no_cause_where_one_alone_is_refused_too() {
    let mut refused = sent("10:00", answered(PLAIN), None);
    refused.recipients = ["example.org", "example.net"].iter().map(|domain| Domain::parse(domain).unwrap()).collect();
    let diagnosis = World::new()
        .connectors([inbound("Office", None, &["203.0.113.7"])])
        .domains(&["contoso.com"])
        .attempt(from("stranger.example", refused))
        .attempt(from("stranger.example", sent("10:05", answered(PLAIN), None)))
        .diagnose();
    assert_eq!(found(&diagnosis), [("C10", Certain)], "{diagnosis:#?}");
    assert!(diagnosis.ruled_out.iter().any(|out| out.code == "C18"), "{diagnosis:#?}");
}
