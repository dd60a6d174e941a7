//! C20 beside C01: one server of several, and when the name is wrong. P01: dates, told by logs and by lists.

use proto_exchange::dump::{DumpedCertificate, SendConnector, Shown};

use super::world::{CONNECTOR, PLAIN, World, answered, at, certificate, found, inbound, sent};
use crate::answer::Certainty::{Certain, Likely, Possible};
use crate::evidence::{Attempt, EvidenceKind, Observed, Outcome, SentCertificate, SourceId};

fn of_server(server: &str, time: &str, outcome: Outcome, certificate: &SentCertificate) -> Attempt {
    Attempt { server: Some(server.into()), ..sent(time, outcome, Some(certificate)) }
}

#[test]
fn one_server_with_another_certificate_is_no_wrong_name() {
    let (right, wrong) = (certificate(&["mail.contoso.com"]), certificate(&["mail.contoso.net"]));
    let world = || {
        World::new()
            .connectors([inbound("HQ", Some("*.contoso.com"), &[])])
            .domains(&["contoso.com", "contoso.net"])
            .attempt(of_server("10.0.0.6", "10:00", answered(PLAIN), &wrong))
    };
    let one = world().attempt(of_server("10.0.0.5", "10:05", Outcome::Accepted, &right)).diagnose();
    assert_eq!(found(&one), [("C20", Certain)], "{one:#?}");
    let both = world().attempt(of_server("10.0.0.5", "10:05", answered(PLAIN), &wrong)).diagnose();
    assert_eq!(found(&both), [("C01", Certain)], "{both:#?}");
}

#[test]
fn mail_that_passed_by_the_name_stands_in_for_the_accepted_domains() {
    let check = |before: &[&str], expected: &[(&str, _)]| {
        let diagnosis = World::new()
            .connectors([inbound("HQ", Some("*.contoso.com"), &[])])
            .passed("08:00", &certificate(before))
            .refused("10:00", PLAIN, &certificate(&["mail.contoso.net"]))
            .diagnose();
        assert_eq!(found(&diagnosis), expected, "{before:?}: {diagnosis:#?}");
    };
    check(&["mail.contoso.com"], &[("C01", Certain)]);
    check(&["mail.contoso.org"], &[("C01", Likely)]);
}

/// What a list shows of a certificate that ends then.
fn listed(dates_are_local: bool, end: &str) -> DumpedCertificate {
    let own = certificate(&["mail.contoso.com"]);
    DumpedCertificate {
        line: 20,
        subject: Shown::Whole(own.subject),
        issuer: Shown::Whole(own.issuer),
        thumbprint: Shown::Whole(own.thumbprint),
        certificate_domains: Shown::Whole(own.names),
        not_before: Some("2025-01-01T00:00:00Z".parse().unwrap()),
        not_after: Some(end.parse().unwrap()),
        dates_are_local,
        has_private_key: Shown::Whole(true),
        ..DumpedCertificate::default()
    }
}

#[test]
fn a_date_in_local_time_decides_nothing_that_is_near() {
    let check = |dates_are_local: bool, end: &str, expected: Option<_>| {
        let own = certificate(&["mail.contoso.com"]);
        let mut attempt = sent("10:00", answered(PLAIN), None);
        attempt.witness = EvidenceKind::TrackingLog;
        let identifier = format!("<I>{}<S>{}", own.issuer, own.subject);
        let mut world = World::new()
            .connectors([inbound("HQ", Some("*.contoso.com"), &[])])
            .domains(&["contoso.com"])
            .send_connector(SendConnector {
                name: CONNECTOR.into(),
                enabled: Shown::Whole(true),
                tls_certificate_name: Shown::Whole(proto_exchange::CertificateIdentifier::parse(&identifier)),
                ..SendConnector::default()
            })
            .attempt(attempt);
        let object = listed(dates_are_local, end);
        world.evidence.configuration.exchange_certificates.push(Observed { object, source: SourceId(3) });
        let diagnosis = world.diagnose();
        let own = diagnosis.causes.iter().find(|cause| cause.code == "P01").map(|cause| cause.certainty);
        assert_eq!(own, expected, "{dates_are_local} {end}: {diagnosis:#?}");
        // A date that may have been past rules nothing out.
        let is_ruled_out = diagnosis.ruled_out.iter().any(|out| out.code == "P01");
        assert_eq!(is_ruled_out, expected.is_none(), "{dates_are_local} {end}: {diagnosis:#?}");
    };
    assert_eq!(at("10:00").to_string(), "2026-11-20T10:00:00Z");
    check(false, "2026-11-20T04:00:00Z", Some(Likely));
    check(true, "2026-11-20T04:00:00Z", Some(Possible));
    check(true, "2026-11-20T16:00:00Z", Some(Possible));
    check(false, "2026-11-20T16:00:00Z", None);
    check(true, "2026-11-18T04:00:00Z", Some(Likely));
    check(true, "2026-12-18T04:00:00Z", None);
}
