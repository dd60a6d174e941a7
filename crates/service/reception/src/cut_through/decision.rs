//! What an attempt means for the client that waits, and the next hop's words made fit to be passed on. Pure.

use std::collections::BTreeSet;

use io_store::StoreError;
use jiff::Timestamp;
use proto_smtp::{EnhancedStatus, Reply};
use service_outbound::{AttemptOutcome, Ending, Fate, RecipientOutcome, SaidBy};

/// Lines of a next hop's reply that are passed on: the longest ones in use explain themselves in half as many.
const MAX_LINES: usize = 10;

/// Octets of text in each: with codes and CRLF a line stays within 512 (RFC 5321 §4.5.3.1.5).
const MAX_LINE: usize = 480;

/// What is to be done with the message.
#[derive(Debug)]
pub(super) enum Decision {
    /// Taken for the recipients at these places, at least one.
    Taken(BTreeSet<usize>),
    /// Refused for good for all.
    Refused(Reply),
    /// Refused for all, for some of them not for good.
    PutOff(Reply),
    /// No answer for all, or one about the session: a retry may help, and the client can do nothing.
    Open,
    /// The body could not be read.
    OurFault(StoreError),
}

impl Decision {
    /// Its word in metrics, for a message to so many.
    pub(super) fn word(&self, recipients: usize) -> &'static str {
        match self {
            Self::Taken(places) if places.len() == recipients => "taken",
            Self::Taken(_) => "partly_taken",
            Self::Refused(_) => "refused",
            Self::PutOff(_) => "put_off",
            Self::Open => "unanswered",
            Self::OurFault(_) => "our_fault",
        }
    }
}

/// What an attempt decided.
pub(super) fn decide(outcome: &AttemptOutcome) -> Decision {
    let recipients = &outcome.recipients;
    let is_taken = |(_, recipient): &(usize, &RecipientOutcome)| recipient.fate == Fate::Delivered;
    let taken: BTreeSet<_> = recipients.iter().enumerate().filter(is_taken).map(|(place, _)| place).collect();
    if !taken.is_empty() {
        return Decision::Taken(taken);
    }
    match &outcome.ending {
        Ending::Answered => {}
        Ending::Unreachable(_) | Ending::InDoubt(_) | Ending::Unusable(_) => return Decision::Open,
        Ending::BodyUnreadable(error) => return Decision::OurFault(error.clone()),
    }
    if !recipients.iter().all(|recipient| recipient.fate == Fate::Failed || is_about_mail(recipient)) {
        return Decision::Open;
    }
    let first = |fate| recipients.iter().find(|recipient| recipient.fate == fate).map(|found| &found.reply);
    match (first(Fate::Deferred), first(Fate::Failed)) {
        (Some(reply), _) => Decision::PutOff(temporary(reply)),
        (None, Some(reply)) => Decision::Refused(reply.clone()),
        (None, None) => Decision::Open,
    }
}

/// Whether a deferral is the next hop's word on this mail: 421 and what is permanent but no refusal are about the session.
fn is_about_mail(recipient: &RecipientOutcome) -> bool {
    recipient.said_by == SaidBy::NextHop && recipient.reply.is_transient() && recipient.reply.code() != 421
}

/// The same words with 451, which fits the end of a message whatever the reply was to.
fn temporary(reply: &Reply) -> Reply {
    let status = reply.enhanced().filter(|status| status.class == 4);
    with_codes(reply, 451, status.unwrap_or(EnhancedStatus::new(4, 0, 0)))
}

fn with_codes(reply: &Reply, code: u16, status: EnhancedStatus) -> Reply {
    let mut lines = reply.lines().map(|line| &line.text);
    let first = Reply::new(code, Some(status), lines.next().map_or(&[][..], Vec::as_slice));
    lines.fold(first, Reply::and_line)
}

/// A reply for a client: codes as they are, the text printable and bounded, our reference behind it. Who gives no enhanced
/// status code gets the general one, since we have promised our clients to give them (RFC 2034).
pub(super) fn passed_on(reply: &Reply, hostname: &str, at: Timestamp, reference: &str) -> Reply {
    let status = reply.enhanced().unwrap_or(EnhancedStatus::new(reply.code() / 100, 0, 0));
    let mut lines = reply.lines().map(|line| printable(&line.text));
    let first = Reply::new(reply.code(), Some(status), lines.next().unwrap_or_default());
    let said = lines.fold(first, Reply::and_line).bounded(MAX_LINES, MAX_LINE);
    said.and_line(format!("[{hostname} {at:.3} {reference}]"))
}

/// Without control octets; what is not ASCII becomes `?`, since the client may not know UTF-8.
fn printable(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let shown = text.chars().filter(|c| !c.is_control());
    shown.map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use proptest::prelude::*;
    use proto_smtp::ReplyParser;
    use service_outbound::{ConnectionFailure, Stage, Transcript};

    use super::*;

    fn reply(text: &str) -> Reply {
        let mut parser = ReplyParser::new();
        parser.feed(text.replace('|', "\r\n").as_bytes());
        parser.feed(b"\r\n");
        parser.next_reply().unwrap().unwrap()
    }

    fn attempt(recipients: &[(Fate, SaidBy, &str)], ending: Ending) -> AttemptOutcome {
        let recipient =
            |&(fate, said_by, text): &(Fate, SaidBy, &str)| RecipientOutcome { fate, reply: reply(text), said_by };
        AttemptOutcome {
            recipients: recipients.iter().map(recipient).collect(),
            next_hop: "hop".to_owned(),
            tls: None,
            peer_proved: false,
            dsn_passed_on: false,
            transcript: Transcript::default(),
            ending,
        }
    }

    fn failure() -> ConnectionFailure {
        ConnectionFailure { stage: Stage::Greeting, next_hop: "hop".into(), text: "gone".into(), reply: None }
    }

    #[test]
    fn all_recipients_decide() {
        use Fate::{Deferred, Delivered, Failed};
        use SaidBy::{NextHop, Us};
        let check = |recipients: &[(Fate, SaidBy, &str)], ending: Ending, expected: &str| {
            let decided = match decide(&attempt(recipients, ending)) {
                Decision::Taken(places) => format!("taken {places:?}"),
                Decision::Refused(reply) => format!("refused {reply}"),
                Decision::PutOff(reply) => format!("put off {reply}"),
                Decision::Open => "open".to_owned(),
                Decision::OurFault(error) => format!("ours {error}"),
            };
            assert_eq!(decided, expected, "{recipients:?}");
        };
        let taken = (Delivered, NextHop, "250 ok");
        let unknown = (Failed, NextHop, "550 5.1.1 nobody");
        let policy = (Failed, NextHop, "554 5.7.1 no");
        let full = (Deferred, NextHop, "452 4.2.2 full");
        let grey = (Deferred, NextHop, "450 grey");
        let odd = (Deferred, NextHop, "451 5.7.1 odd");
        let lacks = (Failed, Us, "554 5.6.3 hop does not offer 8BITMIME");
        check(&[taken], Ending::Answered, "taken {0}");
        check(&[unknown, taken, full], Ending::Answered, "taken {1}");
        check(&[taken, full], Ending::InDoubt(failure()), "taken {0}");
        check(&[taken, full], Ending::BodyUnreadable(StoreError::not_found("body")), "taken {0}");
        check(&[unknown], Ending::Answered, "refused 550 5.1.1 nobody");
        check(&[policy, unknown], Ending::Answered, "refused 554 5.7.1 no");
        check(&[lacks], Ending::Answered, "refused 554 5.6.3 hop does not offer 8BITMIME");
        check(&[full], Ending::Answered, "put off 451 4.2.2 full");
        check(&[grey], Ending::Answered, "put off 451 4.0.0 grey");
        check(&[odd], Ending::Answered, "put off 451 4.0.0 odd");
        check(&[unknown, full], Ending::Answered, "put off 451 4.2.2 full");
        // The session was refused, or lost.
        for text in ["421 4.3.2 bye", "500 what", "503 5.5.1 order", "504 no", "530 5.7.0 TLS", "535 5.7.8 auth"] {
            check(&[(Deferred, NextHop, text)], Ending::Answered, "open");
            check(&[unknown, (Deferred, NextHop, text)], Ending::Answered, "open");
        }
        check(&[(Deferred, Us, "451 4.4.2 silent")], Ending::Answered, "open");
        check(&[full], Ending::Unreachable(failure()), "open");
        check(&[full], Ending::InDoubt(failure()), "open");
        check(&[(Deferred, Us, "451 4.3.5 no certificate")], Ending::Unusable(failure()), "open");
        check(&[], Ending::Answered, "open");
        let lost = StoreError::not_found("body");
        check(&[full], Ending::BodyUnreadable(lost.clone()), &format!("ours {lost}"));
    }

    #[test]
    fn words_are_passed_on() {
        let check = |said: &str, expected: &str| {
            let at = "2026-12-01T08:00:00Z".parse().unwrap();
            let passed = passed_on(&reply(said), "relay.example.net", at, "K7M2Q9X4");
            let code = expected.get(..9).unwrap_or_default();
            let reference = format!("|{code} [relay.example.net 2026-12-01T08:00:00.000Z K7M2Q9X4]|");
            let text = String::from_utf8(passed.to_bytes()).unwrap().replace("\r\n", "|");
            assert_eq!(text, format!("{}-{}{reference}", &expected[..3], &expected[4..]), "{said}");
        };
        check("550 5.1.1 There is no anna here", "550 5.1.1 There is no anna here");
        check("550-5.1.1 No.|550 5.1.1 Moved.", "550 5.1.1 No.|550-5.1.1 Moved.");
        check("571 no", "571 5.0.0 no");
        check("550 5.1.1 \u{7}be\u{1b}[31ml\0l\u{9b}", "550 5.1.1 be[31mll");
        check("550 5.1.1 není", "550 5.1.1 nen?");
        check(&format!("550 5.1.1 {}", "x".repeat(600)), &format!("550 5.1.1 {}", "x".repeat(MAX_LINE)));
    }

    proptest! {
        #[test]
        fn no_words_break_a_reply(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..900), 1..40)) {
            let mut said = Reply::new(550, None, lines.first().cloned().unwrap_or_default());
            said = lines.iter().skip(1).fold(said, Reply::and_line);
            let octets = passed_on(&said, "relay.example.net", Timestamp::UNIX_EPOCH, "K7M2Q9X4").to_bytes();
            prop_assert!(octets.iter().all(|octet| octet.is_ascii_graphic() || b" \r\n".contains(octet)));
            let written = String::from_utf8(octets).unwrap();
            let count = written.split_terminator("\r\n").count();
            prop_assert!(count <= MAX_LINES + 1, "{count} lines");
            for line in written.split_terminator("\r\n") {
                prop_assert!(line.len() <= 510 && line.starts_with("550") && !line.contains('\r'), "{line:?}");
            }
        }
    }
}
