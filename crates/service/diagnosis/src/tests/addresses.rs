//! C02, C03 and C19: addresses.

use super::world::{PLAIN, World, answered, at, certificate, found, inbound, sent};
use crate::answer::Certainty::{Certain, Likely, Possible};
use crate::evidence::{Attempt, Certificate, Outcome, Proof, SourceId, Tls};

/// An attempt over TLS without a certificate, from an address.
fn from(time: &str, outcome: Outcome, address: &str) -> Attempt {
    let mut attempt = sent(time, outcome, None);
    attempt.egress = Some(address.parse().unwrap());
    (attempt.tls, attempt.certificate) = (Tls::On, Certificate::NotSent);
    let greeting = format!("250  AM5.mail.protection.outlook.com Hello [{address}] SIZE 157286400");
    attempt.proof.push(Proof::new(SourceId(0), 5, &greeting));
    attempt
}

#[test]
fn an_address_that_is_not_registered_is_the_cause() {
    let world = World::new()
        .connectors([inbound("Office", None, &["203.0.113.7"])])
        .domains(&["contoso.com"])
        .attempt(from("08:00", Outcome::Accepted, "203.0.113.7"))
        .attempt(from("10:00", answered(PLAIN), "198.51.100.9"));
    let diagnosis = world.diagnose();
    assert_eq!(found(&diagnosis), [("C02", Certain)], "{diagnosis:#?}");
    let cause = &diagnosis.causes[0];
    assert_eq!(cause.last_worked, Some(at("08:00")));
    let command = "Set-InboundConnector -Identity 'Office' -SenderIPAddresses @{Add='198.51.100.9'}";
    assert_eq!(cause.repair[0].commands, [command]);
    assert_eq!(cause.proof.iter().map(|line| line.line).collect::<Vec<_>>(), [30, 5, 12]);
}

#[test]
fn an_address_that_is_registered_is_not() {
    let world = World::new()
        .connectors([inbound("Office", None, &["198.51.100.0/24"])])
        .domains(&["contoso.com"])
        .attempt(from("10:00", answered(PLAIN), "198.51.100.9"));
    let diagnosis = world.diagnose();
    assert!(!found(&diagnosis).iter().any(|(code, _)| *code == "C02"), "{diagnosis:#?}");
    assert!(diagnosis.ruled_out.iter().any(|out| out.code == "C02"), "{diagnosis:#?}");
}

#[test]
fn a_connector_that_identifies_nobody_is_the_cause() {
    let world = World::new().connectors([inbound("By domain", None, &[])]).domains(&["contoso.com"]).attempt(from(
        "10:00",
        answered(PLAIN),
        "198.51.100.9",
    ));
    let diagnosis = world.diagnose();
    assert_eq!(found(&diagnosis)[0], ("C03", Certain), "{diagnosis:#?}");
    let command = "Set-InboundConnector -Identity 'By domain' -SenderIPAddresses @{Add='198.51.100.9'}";
    assert_eq!(diagnosis.causes[0].repair[0].commands, [command]);
}

#[test]
fn beside_a_connector_that_names_a_certificate_it_is_only_possible() {
    let world = World::new()
        .connectors([inbound("By domain", None, &[]), inbound("By name", Some("*.contoso.com"), &[])])
        .domains(&["contoso.com", "contoso.net"])
        .passed("08:00", &certificate(&["mail.contoso.com"]))
        .refused("10:00", PLAIN, &certificate(&["mail.contoso.net"]));
    assert_eq!(found(&world.diagnose()), [("C01", Certain), ("C03", Possible)]);
}

#[test]
fn an_ipv6_address_is_the_cause_where_addresses_decide() {
    let world = World::new()
        .connectors([inbound("Office", None, &["203.0.113.7"])])
        .domains(&["contoso.com"])
        .attempt(from("10:00", answered(PLAIN), "2001:db8::25"));
    assert_eq!(found(&world.diagnose())[0], ("C19", Certain));
    // The address that is quoted is the one in the greeting; the rows of the session hold it too.
    let mut attempt = from("10:00", answered(PLAIN), "2001:db8::25");
    let answer = "2026-11-20T10:00:00.000Z,Out,08DE,9,[2001:db8::25]:40000,[2a01:111:f403::1]:25,<,550 5.7.64 Denied,";
    attempt.proof[0] = Proof::new(SourceId(0), 30, answer);
    let world =
        World::new().connectors([inbound("Office", None, &["203.0.113.7"])]).domains(&["contoso.com"]).attempt(attempt);
    let lines: Vec<u64> = world.diagnose().causes[0].proof.iter().map(|line| line.line).collect();
    assert_eq!(lines, [30, 5, 12]);
    // Where a certificate decides, the address does not matter.
    let world = World::new()
        .connectors([inbound("HQ", Some("*.contoso.com"), &[])])
        .domains(&["contoso.com", "contoso.net"])
        .attempt({
            let mut attempt = sent("10:00", answered(PLAIN), Some(&certificate(&["mail.contoso.net"])));
            attempt.egress = Some("2001:db8::25".parse().unwrap());
            attempt
        });
    assert_eq!(found(&world.diagnose()), [("C01", Certain)]);
}

#[test]
fn where_name_and_address_both_miss_neither_is_certain() {
    let world = World::new()
        .connectors([inbound("HQ", Some("*.contoso.com"), &[]), inbound("Office", None, &["203.0.113.200"])])
        .domains(&["contoso.com", "contoso.net"])
        .refused("10:00", PLAIN, &certificate(&["mail.contoso.net"]));
    assert_eq!(found(&world.diagnose()), [("C01", Likely), ("C02", Likely)]);
}
