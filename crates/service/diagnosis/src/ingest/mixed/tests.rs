//! Texts of several kinds, pasted one below the other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use crate::evidence::{Evidence, EvidenceKind, SourceId};
use crate::ingest::Reader;

fn read(text: &str) -> Evidence {
    let mut reader = Reader::new(SourceId(0), "-");
    reader.feed(text.as_bytes());
    reader.finish()
}

/// The kinds, and the line of each attempt's answer.
fn check(text: &str, kinds: &[EvidenceKind], lines: &[u64]) {
    let evidence = read(text);
    let source = evidence.sources.first().unwrap();
    let mut told: Vec<u64> = evidence
        .attempts
        .groups()
        .iter()
        .filter_map(|group| group.first.proof.first())
        .map(|proof| proof.line)
        .collect();
    told.sort_unstable();
    assert_eq!((&*source.kinds, &*told), (kinds, lines), "{text}\n{source:#?}");
    assert_eq!(&*source.problems, &[], "{text}");
}

const REPLY: &str = "550 5.7.64 TenantAttribution; Relay Access Denied [DB5.eop-EUR01.prod.protection.outlook.com]";

const POSTFIX: &str = "2026-03-03T08:14:55+01:00 gw postfix/smtp[9]: 4A: to=<a@b.example>, relay=mx.example[192.0.2.1]:25, dsn=2.6.0, \
                       status=sent (250 ok)\n";

const CONNECTOR: &str = "\n\nName                         : Inbound from HQ\nEnabled                      : True\n\
                         ConnectorType                : OnPremises\nSenderIPAddresses            : {}\n\
                         SenderDomains                : {smtp:*;1}\nTlsSenderCertificateName     : *.contoso.com\n\
                         RequireTls                   : True\nIdentity                     : Inbound from HQ\n\n";

#[test]
fn a_reply_by_itself_is_read() {
    check(REPLY, &[EvidenceKind::Reply], &[1]);
    check(&format!("Hello, since Monday we get\n\n{REPLY}\n\nWhat is it?\n"), &[EvidenceKind::Reply], &[3]);
    check(
        "(a) LastError : [{LED=451 4.4.397 Error communicating with target host.};{MSG=}]\n",
        &[EvidenceKind::Queue],
        &[1],
    );
}

#[test]
fn what_is_pasted_below_one_another_is_read_apart() {
    use EvidenceKind::{Bounce, Dump, PostfixLog, Reply};
    check(&format!("{REPLY}\n{POSTFIX}"), &[Reply, PostfixLog], &[1, 2]);
    check(&format!("{POSTFIX}{REPLY}\n"), &[PostfixLog, Reply], &[1, 2]);
    check(&format!("{REPLY}{CONNECTOR}"), &[Reply, Dump], &[1]);
    let bounce = format!(
        "Generating server: ex1.contoso.com\n\nugo@northwind.example\nRemote Server returned '{REPLY}'\n\nOriginal message headers:\n"
    );
    check(&format!("{bounce}{CONNECTOR}{POSTFIX}"), &[Bounce, Dump, PostfixLog], &[4, 18]);
    let evidence = read(&format!("{bounce}{CONNECTOR}"));
    let connector = evidence.configuration.inbound_connectors.first().unwrap();
    assert_eq!((&*connector.object.name, connector.object.certificate_name_line), ("Inbound from HQ", 14));
}

#[test]
fn what_other_programs_log_is_no_reply_to_us() {
    let other = "Mar  3 08:14:55 gw rspamd[7]: x says 550 5.7.1 to a stranger\n";
    check(&format!("{other}{POSTFIX}{other}"), &[EvidenceKind::PostfixLog], &[2]);
}

#[test]
fn what_tells_nothing_is_not_recognised() {
    for text in ["Hello\n", "550 words on 5 pages\n", "Name : value\n\nOther : value\n"] {
        let evidence = read(text);
        let codes: Vec<_> = evidence.sources.first().unwrap().problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["problem-not-recognised"], "{text}");
    }
}

proptest! {
    #[test]
    fn every_piece_keeps_its_lines(before in 0..9_usize, between in 1..9_usize) {
        let text = format!("{}{REPLY}\n{}{POSTFIX}", "\n".repeat(before), "\n".repeat(between));
        check(&text, &[EvidenceKind::Reply, EvidenceKind::PostfixLog], &[before as u64 + 1, (before + between) as u64 + 2]);
    }

    #[test]
    fn reads_anything_made_of_pieces(pieces in proptest::collection::vec(0..9_usize, 0..40)) {
        let words = ["\n", REPLY, POSTFIX, CONNECTOR, "#Software: Microsoft Exchange Server\n", "2026-03-03T08:14:55.000Z,a,b\n",
            "-----BEGIN CERTIFICATE-----\n", "> ", "Received: x\n"];
        let _ = read(&pieces.iter().filter_map(|at| words.get(*at)).copied().collect::<String>());
    }
}
