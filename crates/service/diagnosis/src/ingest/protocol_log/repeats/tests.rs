//! Counting what is alike must come to the same as making every attempt.

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use proto_exchange::protocol_log::{Session, Sessions};

use super::super::certificates::{Certificates, Shown};
use super::super::{Telling, outcomes, session};
use super::*;

type Tell<'a> = dyn FnMut(Box<Session>, &mut Found) -> Option<Box<Session>> + 'a;

/// What a file shows, by whoever is told its sessions.
fn read(file: &str, since: Option<Timestamp>, tell: &mut Tell<'_>) -> Found {
    let mut found = Found::default();
    since.into_iter().for_each(|since| found.evidence.attempts.pass_over_before(since));
    let mut sessions = Sessions::default();
    sessions.feed(file.as_bytes(), &mut |session| tell(session, &mut found));
    sessions.finish(&mut |session| tell(session, &mut found));
    found
}

fn by_counting(file: &str, since: Option<Timestamp>) -> Found {
    let mut telling = Telling::default();
    let mut found = read(file, since, &mut |session, found| telling.tell(session, found));
    telling.settle(&mut found);
    found
}

fn by_making_each(file: &str, since: Option<Timestamp>) -> Found {
    let mut certificates = Certificates::default();
    let mut found = read(file, since, &mut |session, found| {
        let session = Arc::new(session);
        let tls = session::tls(&session);
        let (certificate, waits) = match certificates.of(&session, &tls) {
            Shown::Now(certificate) => (certificate, false),
            Shown::NotYet => (Certificate::Unknown, true),
        };
        let seen = Seen { session: &session, tls: &tls, certificate: &certificate };
        outcomes::of(&session, &tls, &mut |told| match seen.attempt(&told, found.source.id) {
            Some(attempt) if waits => certificates.wait(attempt),
            Some(attempt) => found.evidence.attempts.add(attempt),
            None => {}
        });
        None
    });
    certificates.settle(&mut found);
    found
}

fn shown(found: &Found) -> Vec<String> {
    found.evidence.attempts.groups().iter().map(|group| format!("{group:#?}")).collect()
}

/// A session out of parts that are mostly alike, as those of real logs are.
fn any_session() -> impl Strategy<Value = String> {
    let opening = "+\n< 220 FT01.mail.protection.outlook.com ESMTP\n> EHLO a\n< 250  x Hello [203.0.113.7] STARTTLS\n";
    let secured = "> STARTTLS\n< 220 go\n*  CN=a CN=b 0A AB12AB12AB12AB12AB12AB12AB12AB12AB12AB12 a.example|Sending certificate Certificate subject\n";
    let unshown = "> STARTTLS\n< 220 go\n* |TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded\n";
    let opening =
        prop::sample::select(vec![opening.to_owned(), format!("{opening}{secured}"), format!("{opening}{unshown}")]);
    let sender = prop::sample::select(vec!["a@contoso.com", "b@CONTOSO.com", "c@contoso.com", "", "xxx", "d", "e@[1]"]);
    let recipient = prop::sample::select(vec!["b@a.example", "c@A.example", "d@b.example", "e@..", "f"]);
    let answer = prop::sample::select(vec![
        "250 2.1.5 ok",
        "550 5.7.64 TenantAttribution; Relay Access Denied [x.y]",
        "550 5.7.64 Relay Access Denied ATTR36",
        "450 4.7.0 \"no\" - [1.2.3.4] later",
    ]);
    let end = prop::sample::select(vec![
        "> BDAT 1 LAST\n< 250 2.6.0 taken\n",
        "> BDAT 1 LAST\n< 550 5.7.1 no\n",
        "> DATA\n",
        "",
    ]);
    let message = (sender, prop::collection::vec((recipient, answer), 0..4), end).prop_map(|(sender, to, end)| {
        let mut rows = format!("> MAIL FROM:<{sender}>\n< 250 2.1.0 ok\n");
        to.iter().for_each(|(to, answer)| rows += &format!("> RCPT TO:<{to}>\n< {answer}\n"));
        rows + end
    });
    let last = prop::sample::select(vec!["- |Local\n", "* |Failed to connect. Error: x\n", ""]);
    (opening, prop::collection::vec(message, 0..4), last)
        .prop_map(|(opening, messages, last)| format!("{opening}{}{last}", messages.concat()))
}

/// Sessions of few kinds, whose times are often the same and out of order: groups get many attempts.
fn any_file() -> impl Strategy<Value = String> {
    let kinds = prop::collection::vec(any_session(), 1..4);
    let sessions = prop::collection::vec((any::<prop::sample::Index>(), 0..4_u32, prop::bool::weighted(0.1)), 0..12);
    (kinds, sessions).prop_map(|(kinds, sessions)| {
        let row = |id: usize, second: u32, number: usize, row: &str| {
            let (event, rest) = row.split_at(1);
            let (data, context) = rest.trim_start_matches(' ').split_once('|').unwrap_or((rest.trim_start(), ""));
            let data = data.replace('"', "\"\"");
            format!("2026-11-24T13:05:{second:02}.042Z,Out,08DE00000000{id:04},{number},10.0.0.5:{second},192.0.2.1:25,{event},\"{data}\",{context}\r\n")
        };
        let lines = |(id, (kind, second, has_gap)): (usize, &(prop::sample::Index, u32, bool))| {
            let rows = kind.get(&kinds).lines().enumerate().skip(usize::from(*has_gap));
            rows.map(|(number, line)| row(id, *second, number, line)).collect::<String>()
        };
        sessions.iter().enumerate().map(lines).collect()
    })
}

proptest! {
    #[test]
    fn counting_is_as_good_as_making_each(file in any_file(), second in prop::option::of(0..4_u32)) {
        let since = second.map(|second| format!("2026-11-24T13:05:{second:02}Z").parse().unwrap());
        prop_assert_eq!(shown(&by_counting(&file, since)), shown(&by_making_each(&file, since)));
    }
}
