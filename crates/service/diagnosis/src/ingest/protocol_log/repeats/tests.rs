//! Counting what is alike must come to the same as making every attempt.

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use proto_exchange::protocol_log::{Session, Sessions};

use super::super::certificates::{Certificates, Shown};
use super::super::{Telling, outcomes, session};
use super::*;

/// What a file shows, by whoever is told its sessions.
fn read(file: &str, since: Option<Timestamp>, tell: &mut dyn FnMut(&Arc<Session>, &mut Found)) -> Found {
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
        let tls = session::tls(session);
        let (certificate, waits) = match certificates.of(session, &tls) {
            Shown::Now(certificate) => (certificate, false),
            Shown::NotYet => (Certificate::Unknown, true),
        };
        let seen = Seen { session, tls: &tls, certificate: &certificate };
        outcomes::of(session, &tls, &mut |told| match seen.attempt(&told, found.source.id) {
            Some(attempt) if waits => certificates.wait(attempt),
            Some(attempt) => found.evidence.attempts.add(attempt),
            None => {}
        });
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

fn any_file() -> impl Strategy<Value = String> {
    let session = (any_session(), 0..3_usize, 0..50_u32, prop::bool::ANY);
    prop::collection::vec(session, 0..8).prop_map(|sessions| {
        let row = |id: usize, at: usize, number: usize, far: u32, row: &str| {
            let (event, rest) = row.split_at(1);
            let (data, context) = rest.trim_start_matches(' ').split_once('|').unwrap_or((rest.trim_start(), ""));
            let data = data.replace('"', "\"\"");
            format!("2026-11-24T13:{far:02}:{at:02}.042Z,Out,08DE00000000{id:04},{number},10.0.0.5:{far},192.0.2.{far}:25,{event},\"{data}\",{context}\r\n")
        };
        let lines = |(id, (text, at, far, gap)): (usize, &(String, usize, u32, bool))| {
            let from = usize::from(*gap);
            text.lines().enumerate().skip(from).map(|(number, line)| row(id, number % 50 + at, number, *far, line)).collect::<String>()
        };
        sessions.iter().enumerate().map(lines).collect()
    })
}

proptest! {
    #[test]
    fn counting_is_as_good_as_making_each(file in any_file(), minute in prop::option::of(0..50_u32)) {
        let since = minute.map(|minute| format!("2026-11-24T13:{minute:02}:00Z").parse().unwrap());
        prop_assert_eq!(shown(&by_counting(&file, since)), shown(&by_making_each(&file, since)));
    }
}
