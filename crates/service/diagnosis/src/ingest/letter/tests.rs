//! Bounces and headers as evidence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use core_attribution::Sender;
use core_directory::Domain;
use proto_exchange::RefusalClass;

use super::*;
use crate::evidence::Evidence;
use crate::ingest::Reader;

#[allow(clippy::disallowed_methods, reason = "fixtures lie in files")]
fn read_fixture(name: &str) -> Evidence {
    let path = format!("{}/../../../tests/evidence/{name}", env!("CARGO_MANIFEST_DIR"));
    read_octets(&std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}")))
}

fn read_octets(octets: &[u8]) -> Evidence {
    let mut reader = Reader::new(SourceId(3), "file");
    reader.feed(octets);
    reader.finish()
}

/// The kind, and of each attempt: class, server, next hop, MAIL FROM, domain of the recipient, line.
fn check(evidence: &Evidence, kind: EvidenceKind, expected: &[(RefusalClass, &str, &str, &str, &str, u64)]) {
    let source = evidence.sources.first().unwrap();
    assert_eq!((&*source.kinds, &*source.problems), (&[kind][..], &[][..]));
    let attempts: Vec<_> = evidence.attempts.groups().iter().map(|group| &group.first).collect();
    let told: Vec<_> = attempts
        .iter()
        .map(|attempt| {
            let Outcome::Answered(reply, _) = &attempt.outcome else { panic!("{attempt:?}") };
            let sender = match &attempt.mail_from {
                Fact::Known(Sender::Domain(domain)) => domain.as_str(),
                Fact::Known(_) => "<>",
                Fact::Unknown => "-",
            };
            (
                reply.class,
                attempt.server.as_deref().unwrap_or("-"),
                attempt.next_hop.name.as_deref().unwrap_or("-"),
                sender,
                attempt.recipients.first().map_or("-", Domain::as_str),
                attempt.proof.first().unwrap().line,
            )
        })
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn bounces_are_refusals() {
    let eop = "am7eur03ft041.mail.protection.outlook.com";
    check(
        &read_fixture("ndr/01-exch2010-tenantattribution.txt"),
        EvidenceKind::Bounce,
        &[(RefusalClass::TenantAttribution, "ex10-hub2.corp.contoso.com", eop, "-", "northwind.example", 9)],
    );
    let eop = "contoso-com.mail.protection.outlook.com";
    check(
        &read_fixture("ndr/02-exim-attr36-after-end-of-data.txt"),
        EvidenceKind::Bounce,
        &[(RefusalClass::Attr36, "sig7.stamps.example", eop, "fabrikam.example", "northwind.example", 7)],
    );
    let mx = "mail.northwind.example";
    check(
        &read_fixture("ndr/09-mslearn-ndr-format.txt"),
        EvidenceKind::Bounce,
        &[(RefusalClass::Other, "hub01.fabrikam.example", mx, "-", "northwind.example", 13)],
    );
    let eop = "fabrikam-example.mail.protection.outlook.com";
    let sender = "bounces.contoso.com";
    check(
        &read_fixture("tracking/09-ndr-exchange2013-it-CH.eml.txt"),
        EvidenceKind::Bounce,
        &[(RefusalClass::TenantAttribution, "ex13.fabrikam.example", eop, sender, "northwind.example", 86)],
    );
    let eop = "school-example.mail.protection.outlook.com";
    check(
        &read_fixture("tracking/12-ndr-exchange2013-attempts-en-AU.txt"),
        EvidenceKind::Bounce,
        &[
            (RefusalClass::Connection, "ex13a.school.example", eop, "-", "northwind.example", 13),
            (RefusalClass::WrongRegion, "ex13a.school.example", eop, "-", "northwind.example", 14),
        ],
    );
}

#[test]
fn headers_tell_under_what_the_border_took_the_mail() {
    let header = "Return-Path: <anna@contoso.com>\r\n\
        Received: from DB5EUR01FT007.eop-EUR01.prod.protection.outlook.com (10.1.1.1) by DB9.EURPRD05.PROD.OUTLOOK.COM (10.2.2.2) with\r\n \
        Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.1; Mon, 4 May 2026 08:11:12 +0000\r\n\
        Received: from mail.contoso.com (203.0.113.7) by DB5EUR01FT007.mail.protection.outlook.com (10.152.4.5)\r\n with Microsoft SMTP \
        Server (version=TLS1_2, cipher=TLS_ECDHE_RSA) id 15.20.1 via Frontend Transport; Mon, 4 May 2026 08:11:11 +0000\r\n\
        X-Forefront-Antispam-Report: CIP:203.0.113.7;CTRY:CZ;H:mail.contoso.com;DIR:OUT;SFP:1102\r\n\
        X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: TenantId=0f0f-1;Ip=[203.0.113.7];Helo=[mail.contoso.com]\r\n\
        X-MS-Exchange-CrossTenant-FromEntityHeader: HybridOnPrem\r\n\r\nHello\r\n";
    let evidence = read_octets(header.as_bytes());
    let source = evidence.sources.first().unwrap();
    assert_eq!((&*source.kinds, &*source.problems), (&[EvidenceKind::Headers][..], &[][..]));
    let mail = evidence.accepted.first().unwrap();
    assert_eq!(mail.tenant.as_deref(), Some("0f0f-1"));
    assert_eq!(mail.egress, "203.0.113.7".parse().ok());
    assert_eq!((mail.from_entity.as_deref(), mail.originating), (Some("HybridOnPrem"), Some(true)));
    assert_eq!(mail.at, "2026-05-04T08:11:11Z".parse().ok());
    assert_eq!(mail.mail_from.as_ref().map(Domain::as_str), Some("contoso.com"));
    assert_eq!(mail.proof.first().map(|proof| proof.line), Some(7));
}

#[test]
fn an_address_that_is_nobodys_is_not_taken_for_the_senders() {
    let egress = |address: &str| {
        let report =
            format!("From: a@contoso.com\r\nX-Forefront-Antispam-Report: CIP:{address};CTRY:;DIR:INT\r\n\r\nHello\r\n");
        read_octets(report.as_bytes()).accepted.first().unwrap().egress
    };
    for nobodys in ["255.255.255.255", "0.0.0.0", "::", "::ffff:255.255.255.255"] {
        assert_eq!(egress(nobodys), None, "{nobodys}");
    }
    assert_eq!(egress("203.0.113.7"), "203.0.113.7".parse().ok());
}

#[test]
fn mail_that_passed_before_the_time_that_is_asked_for_is_passed_over() {
    let header =
        b"Received: from mail.contoso.com (203.0.113.7) by DB5EUR01FT007.mail.protection.outlook.com (10.152.4.5); \
        Mon, 4 May 2026 08:11:11 +0000\r\n\r\nHello\r\n";
    let kept = |since: &str| {
        let mut reader = Reader::new(SourceId(3), "file").since(since.parse().unwrap());
        reader.feed(header);
        reader.finish().accepted.len()
    };
    assert_eq!((kept("2026-05-01T00:00:00Z"), kept("2026-05-05T00:00:00Z")), (1, 0));
}

#[test]
fn a_letter_that_tells_nothing_says_so() {
    let evidence = read_octets(b"From: a@contoso.com\nReceived: from a by b; x\nMessage-ID: <1@a>\n\nHello\n");
    let codes: Vec<_> = evidence.sources.first().unwrap().problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["problem-letter-empty"]);
    assert!(evidence.accepted.is_empty());
}
