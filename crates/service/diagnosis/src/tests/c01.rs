//! C01: another name.

use super::world::{ATTR36, PLAIN, World, certificate, found, inbound};
use crate::answer::Certainty::{Certain, Likely, Possible};

#[test]
fn a_certificate_of_another_name_is_the_cause() {
    let (old, new) = (certificate(&["mail.contoso.com"]), certificate(&["mail.contoso.net"]));
    let world = World::new()
        .connectors([inbound("Inbound from HQ", Some("*.contoso.com"), &[])])
        .domains(&["contoso.com", "contoso.net"])
        .passed("08:00", &old)
        .refused("10:00", PLAIN, &new)
        .refused("11:00", PLAIN, &new);
    let diagnosis = world.diagnose();
    assert_eq!(found(&diagnosis), [("C01", Certain)], "{diagnosis:#?}");
    let cause = &diagnosis.causes[0];
    assert_eq!(cause.explains, 2);
    assert_eq!(cause.last_worked, Some(super::world::at("08:00")));
    assert_eq!(cause.since, Some(super::world::at("10:00")));
    let comparison = cause.comparison.as_ref().unwrap();
    assert_eq!((&*comparison.wanted, &*comparison.presented), ("*.contoso.com", "mail.contoso.net"));
    let command = "Set-InboundConnector -Identity 'Inbound from HQ' -TlsSenderCertificateName '*.contoso.net'";
    assert_eq!(cause.repair[0].commands, [command]);
    assert_eq!(diagnosis.causes[0].proof.iter().map(|line| line.line).collect::<Vec<_>>(), [30, 12, 14]);
}

#[test]
fn a_certificate_of_the_right_name_is_not() {
    let check = |value: &str, names: &[&str]| {
        let world = World::new()
            .connectors([inbound("Inbound from HQ", Some(value), &[])])
            .domains(&["contoso.com"])
            .refused("10:00", PLAIN, &certificate(names));
        let diagnosis = world.diagnose();
        assert!(!found(&diagnosis).iter().any(|(code, _)| *code == "C01"), "{value} {names:?}: {diagnosis:#?}");
        assert!(diagnosis.ruled_out.iter().any(|out| out.code == "C01"), "{value} {names:?}: {diagnosis:#?}");
    };
    check("*.contoso.com", &["mail.contoso.com"]);
    check("mail.contoso.com", &["mail.contoso.com"]);
    check("*.contoso.com", &["server.internal.example", "mail.contoso.com"]);
    check("mail.contoso.com", &["*.contoso.com"]);
    // Microsoft does not say whether the bare domain is matched: not a certain mismatch.
    check("*.contoso.com", &["contoso.com"]);
}

#[test]
fn without_the_accepted_domains_it_is_likely() {
    let world = World::new().connectors([inbound("Inbound from HQ", Some("*.contoso.com"), &[])]).refused(
        "10:00",
        PLAIN,
        &certificate(&["mail.contoso.net"]),
    );
    assert_eq!(found(&world.diagnose()), [("C01", Likely)]);
}

#[test]
fn where_the_far_side_says_that_a_connector_matched_it_is_hardly_that() {
    let world = World::new().connectors([inbound("Inbound from HQ", Some("*.contoso.com"), &[])]).refused(
        "10:00",
        ATTR36,
        &certificate(&["mail.contoso.net"]),
    );
    assert_eq!(found(&world.diagnose()), [("C08", Likely), ("C01", Possible)]);
}

#[test]
fn a_log_alone_shows_a_certificate_of_another_name() {
    let check = |before: &str, after: &str, reply: &str, expected: &[(&str, crate::answer::Certainty)]| {
        let world =
            World::new().passed("08:00", &certificate(&[before])).refused("10:00", reply, &certificate(&[after]));
        assert_eq!(found(&world.diagnose()), expected, "{before} {after}");
    };
    check("mail.contoso.com", "mail.contoso.net", PLAIN, &[("C01", Likely)]);
    // The connector may want *.contoso.com, which matches both.
    check("mail.contoso.com", "mx.contoso.com", PLAIN, &[("C01", Possible)]);
    // Renewed under its name: it is something else.
    check("mail.contoso.com", "mail.contoso.com", PLAIN, &[]);
}
