//! Reads a message's header as it streams by: facts only, nothing is changed and next to nothing is kept.
//!
//! A line that is no field (an mbox line, say) does not end the header here, so that no such line hides the Received
//! fields below it from the search for loops.

use proto_smtp::Reply;

/// Received fields with which a message is taken to go round in circles: `554 5.4.6` (RFC 5321 §6.3 asks for at least 100).
pub const MAX_RECEIVED: u32 = 100;

/// Received fields written by this very host with which a message is taken to go round in circles. Mail that is handed on
/// to a neighbour and back passes twice; four times is no route.
pub const MAX_OWN_RECEIVED: u32 = 4;

/// Largest header in octets. Exchange takes 256 KiB, and a header that it would refuse is of no use further on.
pub const MAX_HEADER: u64 = 256 * 1024;

/// Octets of one field that are kept while it is read. The longest Received fields known have below 1,000.
const MAX_FIELD_KEPT: usize = 4_096;

/// What a header shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderFacts {
    /// Received fields.
    pub received: u32,
    /// Received fields that this host wrote.
    pub own_received: u32,
    /// The first Message-ID with its angle brackets, if it is one word of printable ASCII.
    pub message_id: Option<String>,
    /// Whether there is a Date.
    pub has_date: bool,
    /// Whether an octet is above 127.
    pub eight_bit: bool,
    /// Octets up to and with the blank line, as far as read.
    pub octets: u64,
    /// Whether the blank line has come.
    pub ended: bool,
}

impl HeaderFacts {
    /// The reply that a message with this header must get, if it cannot be accepted.
    #[must_use]
    pub fn refusal(&self) -> Option<Reply> {
        if self.received >= MAX_RECEIVED {
            let text = format!("Mail loop: the message has passed {} hosts", self.received);
            return Some(Reply::with_status(554, (5, 4, 6), text));
        }
        if self.own_received >= MAX_OWN_RECEIVED {
            let text = format!("Mail loop: the message has been here {} times", self.own_received);
            return Some(Reply::with_status(554, (5, 4, 6), text));
        }
        (self.octets > MAX_HEADER).then(|| {
            let text = format!("The message's header exceeds the limit of {MAX_HEADER} octets");
            Reply::with_status(552, (5, 3, 4), text)
        })
    }
}

/// Reads a header in pieces.
#[derive(Debug, Clone)]
pub struct HeaderScanner {
    hostname: String,
    facts: HeaderFacts,
    /// The field that is being read, unfolded, its beginning.
    field: Vec<u8>,
    /// Octets of the line that is being read, its end not counted.
    line: u64,
    /// Behind a CR.
    after_cr: bool,
}

impl HeaderScanner {
    /// A scanner at the beginning of a message; the host's own name tells its own Received fields.
    #[must_use]
    pub fn new(hostname: &str) -> Self {
        Self {
            hostname: hostname.to_owned(),
            facts: HeaderFacts::default(),
            field: Vec::new(),
            line: 0,
            after_cr: false,
        }
    }

    /// Takes a piece of the message, cut anywhere. What follows the header is passed over.
    pub fn feed(&mut self, piece: &[u8]) {
        for &octet in piece {
            if self.facts.ended || self.facts.octets > MAX_HEADER {
                return;
            }
            self.facts.octets += 1;
            self.facts.eight_bit |= !octet.is_ascii();
            self.take(octet);
        }
    }

    /// What the header has shown so far.
    #[must_use]
    pub fn facts(&self) -> &HeaderFacts {
        &self.facts
    }

    /// What the header showed, when the message has ended.
    #[must_use]
    pub fn finish(mut self) -> HeaderFacts {
        if !self.facts.ended {
            self.end_field();
        }
        self.facts
    }

    fn take(&mut self, octet: u8) {
        if octet == b'\n' {
            if self.line == 0 {
                self.end_field();
                self.facts.ended = true;
            }
            self.line = 0;
            self.after_cr = false;
            return;
        }
        if std::mem::take(&mut self.after_cr) {
            self.keep(b'\r');
        }
        match octet {
            b'\r' => self.after_cr = true,
            _ => self.keep(octet),
        }
    }

    fn keep(&mut self, octet: u8) {
        if self.line == 0 && !matches!(octet, b' ' | b'\t') {
            self.end_field();
        }
        self.line += 1;
        if self.field.len() < MAX_FIELD_KEPT {
            self.field.push(octet);
        }
    }

    fn end_field(&mut self) {
        let field = std::mem::take(&mut self.field);
        let Some(colon) = field.iter().position(|&b| b == b':') else { return };
        let (name, value) = field.split_at_checked(colon).unwrap_or((&field, &[]));
        let value = String::from_utf8_lossy(value.get(1..).unwrap_or_default());
        let is = |wanted: &str| name.trim_ascii_end().eq_ignore_ascii_case(wanted.as_bytes());
        if is("Received") {
            self.facts.received = self.facts.received.saturating_add(1);
            let own = written_by(&value).is_some_and(|by| by.eq_ignore_ascii_case(&self.hostname));
            self.facts.own_received = self.facts.own_received.saturating_add(u32::from(own));
        } else if is("Message-ID") {
            self.facts.message_id = self.facts.message_id.take().or_else(|| message_id(&value));
        } else if is("Date") {
            self.facts.has_date = true;
        }
    }
}

/// The host behind the `by` of a Received field, comments passed over.
fn written_by(value: &str) -> Option<String> {
    let mut depth = 0_usize;
    let mut plain = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(c),
            _ => continue,
        }
        if depth > 0 {
            plain.push(' ');
        }
    }
    let mut words = plain.split_ascii_whitespace();
    words.find(|word| word.eq_ignore_ascii_case("by"))?;
    words.next().map(|host| host.trim_end_matches(';').to_owned())
}

fn message_id(value: &str) -> Option<String> {
    let id = value.trim();
    let word = id.len() > 2 && id.starts_with('<') && id.ends_with('>') && id.bytes().all(|b| b.is_ascii_graphic());
    word.then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::received::Received;

    fn scan(message: &[u8], piece: usize) -> HeaderFacts {
        let mut scanner = HeaderScanner::new("Relay.Example.net");
        message.chunks(piece.max(1)).for_each(|piece| scanner.feed(piece));
        scanner.finish()
    }

    #[test]
    fn facts_of_headers() {
        let check = |message: &str, received: u32, own: u32, id: Option<&str>, date: bool, ended: bool| {
            let facts = scan(message.as_bytes(), message.len());
            let got = (facts.received, facts.own_received, facts.message_id.as_deref(), facts.has_date, facts.ended);
            assert_eq!(got, (received, own, id, date, ended), "{message:?}");
        };
        check("", 0, 0, None, false, false);
        check("\r\nReceived: by relay.example.net\r\n", 0, 0, None, false, true);
        check("Date: now\r\nMESSAGE-ID : <a@b>\r\n\r\nReceived: x\r\n", 0, 0, Some("<a@b>"), true, true);
        check("Message-ID:\r\n <a@b>\r\n\r\n", 0, 0, Some("<a@b>"), false, true);
        check("Message-ID: <a b>\r\nMessage-ID: <c>\r\n\r\n", 0, 0, Some("<c>"), false, true);
        check(
            "Received: from a by relay.example.net; x\r\nReceived: from b by other; x\r\n\r\n",
            2,
            1,
            None,
            false,
            true,
        );
        check(
            "Received: from a (by b) (c (by d))\r\n\tby\r\n\tRELAY.example.NET;\r\n x\r\n\r\n",
            1,
            1,
            None,
            false,
            true,
        );
        check("Received: from by.relay.example.net (by relay.example.net) by x\r\n\r\n", 1, 0, None, false, true);
        check("Received: by relay.example.net.evil with SMTP\r\n\r\n", 1, 0, None, false, true);
        // Not a field, and a field that only looks like one.
        check("From a@b now\r\nReceived: x\r\nX-Received: y\r\n Received: z\r\n\r\n", 1, 0, None, false, true);
        check("Date: now", 0, 0, None, true, false);
        check("Date: now\r\n", 0, 0, None, true, false);
    }

    #[test]
    fn octets_beyond_ascii() {
        let check = |message: &str, expected: bool| {
            assert_eq!(scan(message.as_bytes(), 3).eight_bit, expected, "{message:?}");
        };
        check("Subject: hi\r\n\r\n", false);
        check("Subject: h\u{ed}\r\n\r\n", true);
        check("Subject: hi\r\n\r\nh\u{ed}\r\n", false);
        check("X: h\u{ed}", true);
    }

    #[test]
    fn what_is_written_here_is_found_here() {
        let received = Received {
            helo: "by relay.example.net",
            extended: true,
            utf8: false,
            remote_ip: None,
            hostname: "relay.example.net",
            tls: None,
            reference: "A1",
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        let message = received.to_field() + "\r\n";
        assert_eq!(scan(message.as_bytes(), 7).own_received, 1);
    }

    #[test]
    fn loops_and_endless_headers_are_refused() {
        let check = |header: &str, expected: Option<&str>| {
            let refusal = scan(header.as_bytes(), 4096).refusal();
            let shown = refusal.map(|reply| reply.to_string());
            assert_eq!(shown.as_deref(), expected, "{} octets", header.len());
        };
        check(&"Received: by a\r\n".repeat(99), None);
        check(&"Received: by a\r\n".repeat(100), Some("554 5.4.6 Mail loop: the message has passed 100 hosts"));
        check(&"Received: by relay.example.net; x\r\n".repeat(3), None);
        check(
            &"Received: by relay.example.net; x\r\n".repeat(4),
            Some("554 5.4.6 Mail loop: the message has been here 4 times"),
        );
        let limit = Some("552 5.3.4 The message's header exceeds the limit of 262144 octets");
        check(&"X: y\r\n".repeat(50_000), limit);
        check(&"x".repeat(300_000), limit);
        let body = format!("X: y\r\n\r\n{}", "x".repeat(300_000));
        check(&body, None);
    }

    proptest! {
        /// Total, and the same wherever the message is cut.
        #[test]
        fn cuts_do_not_matter(
            message in prop::collection::vec(
                prop::sample::select(vec![
                    &b"Received: by relay.example.net\r\n"[..], b"\r\n", b"\r", b"\n", b" x", b"Date:",
                    b"Message-ID: <a@b>\r\n", b"\xff:",
                ]),
                0..20,
            ),
            piece in 1_usize..9,
        ) {
            let message = message.concat();
            prop_assert_eq!(scan(&message, piece), scan(&message, message.len()));
        }
    }
}
