//! Evidence that misleads, as administrators really hand it over: nothing is certain that it does not carry.

use std::sync::Arc;

use super::world::{PLAIN, World, answered, at, certificate, found, inbound, sent};
use crate::answer::Certainty;
use crate::evidence::{Attempt, Certificate, Outcome, SentCertificate, Tls};

/// What Exchange presents unless told otherwise.
fn own_of_server() -> SentCertificate {
    let subject: Box<str> = "CN=EX01".into();
    SentCertificate { subject: subject.clone(), issuer: subject, ..certificate(&["EX01", "ex01.contoso.local"]) }
}

fn refused() -> Attempt {
    sent("08:00", answered(PLAIN), None)
}

#[test]
fn what_a_server_between_saw_tells_nothing_of_the_far_side() {
    let front_end = |mut attempt: Attempt| {
        attempt.next_hop.name = Some("ex01.contoso.local".into());
        attempt.egress = "10.1.0.5".parse().ok();
        attempt.tls = Tls::On;
        attempt.certificate = Certificate::Sent(Arc::new(own_of_server()));
        attempt
    };
    for connector in [inbound("HQ", Some("*.contoso.com"), &[]), inbound("HQ", None, &["198.51.100.1"])] {
        let world = World::new().connectors([connector]).domains(&["contoso.com"]).attempt(front_end(refused()));
        let diagnosis = world.diagnose();
        assert_eq!(found(&diagnosis), [], "{:?}", diagnosis.causes);
        let remark = diagnosis.remarks.iter().find(|remark| remark.code == "remark-passed-on");
        let server = remark.and_then(|remark| remark.arguments.get("server"));
        assert_eq!(server.map(String::as_str), Some("ex01.contoso.local"), "{:?}", diagnosis.remarks);
    }
}

#[test]
fn an_inside_address_is_never_registered() {
    let mut attempt = refused();
    attempt.next_hop.name = None;
    attempt.egress = "10.1.0.5".parse().ok();
    let world = World::new().connectors([inbound("HQ", None, &["198.51.100.1"])]).domains(&["contoso.com"]);
    let diagnosis = world.attempt(attempt).diagnose();
    assert!(found(&diagnosis).iter().all(|(code, _)| *code != "C02"), "{:?}", diagnosis.causes);
}

#[test]
fn by_address_neither_certificate_nor_tls_matters() {
    let world = || World::new().connectors([inbound("HQ", None, &["198.51.100.1"])]).domains(&["contoso.com"]);
    let check = |tls: Tls, certificate: Certificate| {
        let attempt = Attempt { tls: tls.clone(), certificate, ..refused() };
        let diagnosis = world().attempt(attempt).diagnose();
        assert_eq!(found(&diagnosis), [("C02", Certainty::Certain)], "{tls:?}: {:?}", diagnosis.causes);
    };
    check(Tls::NotOffered, Certificate::NotSent);
    check(Tls::NotUsed, Certificate::NotSent);
}

#[test]
fn without_the_connectors_missing_tls_is_no_certain_cause() {
    let attempt = Attempt { tls: Tls::NotOffered, certificate: Certificate::NotSent, ..refused() };
    let diagnosis = World::new().attempt(attempt).diagnose();
    assert_eq!(found(&diagnosis).first(), Some(&("C07", Certainty::Likely)), "{:?}", diagnosis.causes);
}

#[test]
fn a_certificate_that_expired_later_is_not_why_mail_was_refused() {
    let ends = SentCertificate { not_after: Some(at("12:00")), ..certificate(&["mail.contoso.net"]) };
    let world = World::new().connectors([inbound("HQ", Some("*.contoso.com"), &[])]).domains(&["contoso.com"]);
    let diagnosis = world.refused("08:00", PLAIN, &ends).refused("15:00", PLAIN, &ends).diagnose();
    assert_eq!(found(&diagnosis), [("C01", Certainty::Certain)], "{:?}", diagnosis.causes);
}

#[test]
fn a_command_is_one_line_whatever_stands_in_a_name() {
    let mut attempt = sent("08:00", answered(PLAIN), Some(&own_of_server()));
    attempt.connector = Some("Out\r\nRemove-Mailbox *\u{85}".into());
    attempt.server = Some("ex01\nRemove-Mailbox *".into());
    let mut other = sent("09:00", Outcome::Accepted, Some(&certificate(&["mail.contoso.com"])));
    (other.connector, other.server) = (attempt.connector.clone(), Some("ex02".into()));
    let connectors = [inbound("HQ\n$(Remove-Mailbox)", Some("*.contoso.com"), &[])];
    let world = World::new().connectors(connectors).domains(&["contoso.com"]);
    let mut diagnosis = world.attempt(attempt).attempt(other).diagnose();
    let mut commands = 0;
    diagnosis.each_command(&mut |command| {
        commands += 1;
        assert!(!command.contains(char::is_control), "{command:?}");
    });
    assert!(commands > 0);
}
