//! Logs of Postfix, Exim and sendmail as evidence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use core_attribution::{Fact, Sender};
use jiff::Timestamp;
use proto_exchange::RefusalClass;

use super::*;
use crate::evidence::Evidence;
use crate::ingest::Reader;

fn read(octets: &[u8], length: usize) -> Evidence {
    let mut reader = Reader::new(SourceId(3), "mail.log");
    octets.chunks(length).for_each(|block| reader.feed(block));
    reader.finish()
}

fn attempts(evidence: &Evidence) -> Vec<&Attempt> {
    evidence.attempts.groups().iter().map(|group| &*group.first).collect()
}

const HOP: &str = "relay=contoso-com.mail.protection.outlook.com[198.51.100.7]:25";

#[test]
fn a_refusal_is_joined_with_its_sender_and_session_and_tells_the_clock() {
    let log = format!(
        "Mar  3 08:10:00 gw postfix/qmgr[7]: 4A: from=<anna@contoso.com>, size=9, nrcpt=1 (queue active)\n\
         Mar  3 08:10:01 gw postfix/smtp[8]: 4A: to=<ole@northwind.example>, {HOP}, delay=1, dsn=2.6.0, status=sent (250 2.6.0 x)\n\
         Mar  3 08:14:50 gw postfix/qmgr[7]: 4B: from=<>, size=9, nrcpt=1 (queue active)\n\
         Mar  3 08:14:54 gw postfix/smtp[9]: Untrusted TLS connection established to \
         contoso-com.mail.protection.outlook.com[198.51.100.7]:25: TLSv1.3 with cipher X (256/256 bits) key-exchange X25519 \
         server-signature RSA-PSS (2048 bits) server-digest SHA256\n\
         Mar  3 08:14:55 gw postfix/smtp[9]: 4B: to=<ugo@northwind.example>, {HOP}, delay=5, dsn=5.7.64, status=bounced (host \
         contoso-com.mail.protection.outlook.com[198.51.100.7] said: 550 5.7.64 TenantAttribution; Relay Access Denied \
         [DB5EUR01FT007.eop-EUR01.prod.protection.outlook.com 2026-03-03T07:14:54.500Z 08DE1234567890AB] (in reply to RCPT TO command))\n"
    );
    for length in [1, 7, 4096] {
        let evidence = read(log.as_bytes(), length);
        let source = evidence.sources.first().unwrap();
        assert_eq!((&*source.kinds, &*source.problems), (&[EvidenceKind::PostfixLog][..], &[][..]));
        let attempts = attempts(&evidence);
        let [passed, refused] = attempts.as_slice() else { panic!("{attempts:#?}") };
        assert_eq!(passed.outcome, Outcome::Accepted);
        assert_eq!(passed.at, "2026-03-03T07:10:01Z".parse().ok(), "the refusal told the clock");
        assert_eq!(refused.at, "2026-03-03T07:14:55Z".parse().ok());
        let Outcome::Answered(reply, stage) = &refused.outcome else { panic!("{refused:?}") };
        assert_eq!((reply.class, *stage), (RefusalClass::TenantAttribution, Some("RCPT TO")));
        assert_eq!((&refused.mail_from, &refused.tls), (&Fact::Known(Sender::Null), &Tls::On));
        assert_eq!(refused.certificate, Certificate::NotSent);
        let lines: Vec<u64> = refused.proof.iter().map(|proof| proof.line).collect();
        assert_eq!(lines, [5, 4, 3]);
    }
}

#[test]
fn a_log_without_a_clock_says_so() {
    let log = format!(
        "Mar  3 08:10:01 gw postfix/smtp[8]: 4A: to=<a@b.example>, {HOP}, dsn=5.7.64, status=bounced (host x said: 550 5.7.64 X)\n"
    );
    let evidence = read(log.as_bytes(), 100);
    let codes: Vec<_> = evidence.sources.first().unwrap().problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["problem-log-undated"]);
    assert_eq!(attempts(&evidence).first().unwrap().at, None::<Timestamp>);
}

#[test]
fn settings_are_kept_with_their_lines() {
    let evidence = read(
        b"relayhost = [mx.example]:25\nsmtp_tls_cert_file = /etc/ssl/gw.pem\nsmtp_tls_security_level = may\n",
        100,
    );
    let settings = evidence.configuration.postfix_settings.first().unwrap();
    assert_eq!(settings.object.get("smtp_tls_cert_file"), Some(("/etc/ssl/gw.pem", 2)));
}

#[test]
#[allow(clippy::disallowed_methods, reason = "fixtures lie in files")]
fn lines_of_three_programs_in_one_text_are_read() {
    let path = format!(
        "{}/../../../tests/evidence/tracking/16-mta-log-lines-postfix-sendmail-exim.txt",
        env!("CARGO_MANIFEST_DIR")
    );
    let evidence = read(&std::fs::read(path).unwrap(), 4096);
    let source = evidence.sources.first().unwrap();
    assert_eq!(source.kinds, [EvidenceKind::PostfixLog, EvidenceKind::EximLog]);
    let told: Vec<_> =
        attempts(&evidence).iter().map(|attempt| (attempt.witness, attempt.proof.first().unwrap().line)).collect();
    assert_eq!(told, [(EvidenceKind::PostfixLog, 4), (EvidenceKind::EximLog, 7)]);
}
