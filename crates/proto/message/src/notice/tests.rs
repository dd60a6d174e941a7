//! Notices: one word for word, and that they are well-formed whatever a peer said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::quoted_printable::tests::decode;

const ORIGINAL: &[u8] =
    b"Received: from pc by hub\r\nMessage-ID: <1@contoso.com>\r\nSubject: Hello\r\n\tthere\r\n\r\nThe secret text.\r\n";

fn bounce<'a>(recipients: &'a [NoticeRecipient<'a>], original: &'a [u8]) -> Notice<'a> {
    Notice {
        kind: NoticeKind::Failed,
        hostname: "relay.example.net",
        reference: "B0B0",
        at: "2026-12-02T08:00:00Z".parse().unwrap(),
        sender: "alice@contoso.com",
        original_reference: "A1A1",
        arrived: "2026-12-01T08:00:00Z".parse().unwrap(),
        envid: None,
        smtp_utf8: false,
        original: Original::Beginning(original),
        recipients,
    }
}

fn failed<'a>(address: &'a str, reply: &'a Reply) -> NoticeRecipient<'a> {
    let said_by = SaidBy::NextHop("hub.example.net [192.0.2.1]:25");
    NoticeRecipient { address, orcpt: None, reply, said_by, cause: FailureCause::Final }
}

/// The content of each part, decoded, with its content type. Fails on whatever is not well-formed.
fn parts(message: &[u8]) -> Vec<(String, Vec<u8>)> {
    let text = std::str::from_utf8(message).expect("ASCII");
    assert!(text.is_ascii(), "8-bit octets in {text}");
    parts_of(text)
}

fn parts_of(text: &str) -> Vec<(String, Vec<u8>)> {
    let without_line_ends = text.replace("\r\n", "");
    assert!(!without_line_ends.contains(|c: char| c.is_control() && c != '\t'), "control characters in {text:?}");
    assert!(text.split("\r\n").all(|line| line.len() <= LONGEST_LINE), "a line is too long in {text}");
    let (header, body) = text.split_once("\r\n\r\n").expect("a header");
    let (_, boundary) = header.split_once("boundary=\"").expect("a boundary");
    let (boundary, _) = boundary.split_once('"').expect("its end");
    assert!(boundary.len() <= 70, "{boundary}");
    let (body, epilogue) = body.split_once(&format!("\r\n--{boundary}--\r\n")).expect("a last boundary");
    assert_eq!(epilogue, "");
    let delimiter = format!("\r\n--{boundary}\r\n");
    let mut parts = body.split(&delimiter);
    assert!(parts.next().is_some_and(|preamble| !preamble.contains(boundary)));
    parts
        .map(|part| {
            let (header, content) = part.split_once("\r\n\r\n").expect("a part's header");
            let encoded = header.contains("Content-Transfer-Encoding: quoted-printable");
            let content = if encoded { decode(content) } else { content.as_bytes().to_vec() };
            let (_, kind) = header.split_once("Content-Type: ").expect("a type");
            (kind.split(['\r', ';']).next().unwrap().to_owned(), content)
        })
        .collect()
}

#[test]
fn a_bounce_word_for_word() {
    let reply = Reply::with_status(550, (5, 1, 1), "No such user here").and_line("Ask postmaster@example.com");
    let composed = bounce(&[failed("bob@example.com", &reply)], ORIGINAL).compose();
    let expected = "\
From: Mail Delivery System <MAILER-DAEMON@relay.example.net>
To: <alice@contoso.com>
Subject: Your message could not be delivered
Date: Wed, 02 Dec 2026 08:00:00 +0000
Message-ID: <B0B0@relay.example.net>
In-Reply-To: <1@contoso.com>
References: <1@contoso.com>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary=\"=_postwarden_B0B0_0\"

This is a report in several parts (RFC 3464).

--=_postwarden_B0B0_0
Content-Type: text/plain; charset=utf-8

This is the mail system at relay.example.net.

Your message that arrived here on Tue, 01 Dec 2026 08:00:00 +0000 could not
be delivered to this recipient:

  bob@example.com
    hub.example.net [192.0.2.1]:25 refused the message:
      550-5.1.1 No such user here
      550 5.1.1 Ask postmaster@example.com
    Check the recipient's address for a mistake, correct it and send the
    message again.

Everybody else to whom the message was addressed is not affected. Its header
is attached; the message itself is not. Our reference for it is A1A1.


--=_postwarden_B0B0_0
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.net
Arrival-Date: Tue, 01 Dec 2026 08:00:00 +0000

Final-Recipient: rfc822; bob@example.com
Action: failed
Status: 5.1.1
Remote-MTA: dns; hub.example.net
Diagnostic-Code: smtp; 550-5.1.1 No such user here
 550 5.1.1 Ask postmaster@example.com
Last-Attempt-Date: Wed, 02 Dec 2026 08:00:00 +0000

--=_postwarden_B0B0_0
Content-Type: text/rfc822-headers

Received: from pc by hub
Message-ID: <1@contoso.com>
Subject: Hello
\tthere

--=_postwarden_B0B0_0--
";
    assert_eq!(String::from_utf8(composed).unwrap(), expected.replace('\n', "\r\n"));
}

#[test]
fn delivery_status_fields() {
    let check = |failure: NoticeRecipient<'_>, expected: &[&str]| {
        let composed = Notice { envid: Some("QQ+2B1"), ..bounce(&[failure], ORIGINAL) }.compose();
        let status = String::from_utf8(parts(&composed).swap_remove(1).1).unwrap();
        for line in expected {
            assert!(status.contains(&format!("{line}\r\n")), "{line:?} is missing in:\n{status}");
        }
    };
    let plain = Reply::new(550, None, "no");
    let busy = Reply::with_status(451, (4, 3, 2), "busy");
    let odd = Reply::with_status(554, (2, 0, 0), "odd");
    let base = failed("bob@example.com", &plain);
    check(base, &["Original-Envelope-Id: QQ+1", "Status: 5.0.0", "Diagnostic-Code: smtp; 550 no"]);
    check(NoticeRecipient { reply: &odd, ..base }, &["Status: 5.0.0", "Diagnostic-Code: smtp; 554 2.0.0 odd"]);
    check(
        NoticeRecipient { reply: &busy, cause: FailureCause::Expired, ..base },
        &["Status: 4.4.7", "Action: failed", "Diagnostic-Code: smtp; 451 4.3.2 busy"],
    );
    check(
        NoticeRecipient { orcpt: Some("rfc822;Bob+2B1@Example.com"), ..base },
        &["Original-Recipient: rfc822; Bob+1@Example.com", "Final-Recipient: rfc822; bob@example.com"],
    );
    check(
        NoticeRecipient { address: "žofie@example.com", ..base },
        &["Final-Recipient: utf-8; \\x{17E}ofie@example.com"],
    );
    let literal = SaidBy::NextHop("[2001:db8::1]:2525");
    check(NoticeRecipient { said_by: literal, ..base }, &["Remote-MTA: dns; [2001:db8::1]"]);
    check(NoticeRecipient { said_by: SaidBy::NextHop("hub:25"), ..base }, &["Remote-MTA: dns; hub"]);
    let ours = bounce(&[NoticeRecipient { said_by: SaidBy::Us, ..base }], ORIGINAL).compose();
    let ours = String::from_utf8(ours).unwrap();
    assert!(!ours.contains("Remote-MTA") && ours.contains("Diagnostic-Code: x-postwarden; 550 no\r\n"), "{ours}");
}

#[test]
fn what_is_late_and_what_was_passed_on() {
    let check = |kind: NoticeKind, said_by: SaidBy<'_>, reply: &Reply, expected: &[&str], absent: &str| {
        let told = [NoticeRecipient { said_by, ..failed("bob@example.com", reply) }];
        let composed = String::from_utf8(Notice { kind, ..bounce(&told, ORIGINAL) }.compose()).unwrap();
        for line in expected {
            assert!(composed.contains(line), "{line:?} is missing in:\n{composed}");
        }
        assert!(!composed.contains(absent), "{absent:?} is in:\n{composed}");
        assert_eq!(parts(composed.as_bytes()).len(), 3);
    };
    let busy = Reply::with_status(451, (4, 3, 2), "busy");
    let taken = Reply::with_status(250, (2, 1, 5), "ok");
    let hop = SaidBy::NextHop("hub.example.net [192.0.2.1]:25");
    let late = NoticeKind::Delayed { retry_until: "2026-12-06T08:00:00Z".parse().unwrap() };
    let expected = [
        "Subject: Your message is late and still being tried\r\n",
        "You need not send it again: your message that arrived here on Tue, 01 Dec\r\n",
        "tried again and again until Sun, 06 Dec 2026 08:00:00 +0000; if that fails,\r\nyou will be told.",
        "    hub.example.net [192.0.2.1]:25 does not take the message at present. It\r\n    last said:\r\n",
        "Action: delayed\r\nStatus: 4.3.2\r\n",
        "Will-Retry-Until: Sun, 06 Dec 2026 08:00:00 +0000\r\n",
    ];
    check(late, hop, &busy, &expected, "Check the recipient");
    let odd = Reply::new(554, None, "banner");
    check(late, SaidBy::Us, &odd, &["It cannot be handed on at present:", "Status: 4.0.0\r\n"], "Remote-MTA");
    let expected = [
        "Subject: Your message was passed on\r\n",
        "hub.example.net [192.0.2.1]:25 took it:\r\n      250 2.1.5 ok\r\n",
        "Action: relayed\r\nStatus: 2.1.5\r\nRemote-MTA: dns; hub.example.net\r\n",
    ];
    check(NoticeKind::Relayed, hop, &taken, &expected, "Will-Retry-Until");
}

#[test]
fn international_forms() {
    let reply = Reply::new(550, None, "ne, žádná Žofie");
    let told = NoticeRecipient {
        orcpt: Some("utf-8;\\x{17E}ofie@\\x{159}eka.example"),
        ..failed("žofie@řeka.example", &reply)
    };
    let check = |smtp_utf8: bool, kind: &str, expected: &[&str]| {
        let composed = Notice { smtp_utf8, ..bounce(&[told], "Subject: ž\r\n\r\n".as_bytes()) }.compose();
        let [_, (status_kind, status), (_, header)] = &parts(&composed)[..] else { panic!("not three parts") };
        let status = String::from_utf8(status.clone()).unwrap();
        assert_eq!((status_kind.as_str(), header.as_slice()), (kind, "Subject: ž\r\n".as_bytes()));
        for line in expected {
            assert!(status.contains(line), "{line:?} is missing in:\n{status}");
        }
    };
    let ordinary = [
        "Original-Recipient: utf-8; \\x{17E}ofie@\\x{159}eka.example\r\n",
        "Final-Recipient: utf-8; \\x{17E}ofie@\\x{159}eka.example\r\n",
    ];
    check(false, "message/delivery-status", &ordinary);
    let international = [
        "Original-Recipient: utf-8; žofie@řeka.example\r\n",
        "Final-Recipient: utf-8; žofie@řeka.example\r\n",
        "Diagnostic-Code: smtp; 550 ne, žádná Žofie\r\n",
    ];
    check(true, "message/global-delivery-status", &international);
    let sender = Notice { smtp_utf8: true, sender: "žofie@contoso.com", ..bounce(&[told], ORIGINAL) }.compose();
    assert!(String::from_utf8(sender).unwrap().contains("\r\nTo: <žofie@contoso.com>\r\n"));
}

#[test]
fn a_message_is_returned_whole_where_it_can_be() {
    let reply = Reply::new(550, None, "no");
    let failures = [failed("bob@example.com", &reply)];
    let check = |message: &[u8], smtp_utf8: bool, kind: &str, whole: bool| {
        let notice = Notice { original: Original::Whole(message), smtp_utf8, ..bounce(&failures, b"") };
        let composed = notice.compose();
        let holds = |part: &[u8]| composed.windows(part.len()).any(|octets| octets == part);
        assert!(holds(format!("Content-Type: {kind}\r\n").as_bytes()), "{kind} is missing");
        assert_eq!(holds(message), whole, "{kind}");
        let sentence = if whole { "The message is attached." } else { "the message itself is not." };
        let text = String::from_utf8_lossy(&composed).replace("\r\n", " ");
        assert!(text.contains(sentence), "{sentence:?} is missing in:\n{text}");
        assert_eq!(holds(b"Content-Transfer-Encoding: 8bit\r\n"), !composed.is_ascii());
    };
    check(ORIGINAL, false, "message/rfc822", true);
    check(ORIGINAL, true, "message/global", true);
    check("Subject: x\r\n\r\npříliš\r\n".as_bytes(), false, "message/rfc822", true);
    check(b"Subject: x\r\n\r\n\xff\xfe\r\n", false, "message/rfc822", true);
    for odd in [
        &b"Subject: x\r\n\r\nno end"[..],
        b"Subject: x\r\n\r\na\nb\r\n",
        b"Subject: x\r\n\r\na\rb\r\n",
        b"S: x\r\n\r\n\0\r\n",
    ] {
        check(odd, false, "text/rfc822-headers", false);
    }
    let long = [b"Subject: x\r\n\r\n".to_vec(), b"line\r\n".repeat(MAX_RETURNED_MESSAGE / 6)].concat();
    check(&long, false, "text/rfc822-headers", false);
}

#[test]
fn the_returned_header_is_bounded_and_never_more_than_header() {
    let reply = Reply::new(550, None, "no");
    let failures = [failed("bob@example.com", &reply)];
    let returned = |original: &[u8]| parts(&bounce(&failures, original).compose()).swap_remove(2).1;
    assert_eq!(returned(b"X: y\r\n\r\nbody"), b"X: y\r\n");
    assert_eq!(returned(b"\r\nbody"), b"");
    assert_eq!(returned(b""), b"");
    assert_eq!(returned("X: ž\r\n\r\nb".as_bytes()), "X: ž\r\n".as_bytes());
    let long = [b"X: y\r\n".repeat(10_000), b"\r\nbody".to_vec()].concat();
    let header = returned(&long);
    assert!(header.len() <= MAX_RETURNED_HEADER && header.ends_with(b"X: y\r\n"), "{} octets", header.len());
    let text = String::from_utf8(parts(&bounce(&failures, &long).compose()).swap_remove(0).1).unwrap();
    assert!(text.contains("the first 32768 octets"), "{text}");
}

#[test]
fn many_long_replies_stay_bounded() {
    let mut reply = Reply::new(550, None, "x".repeat(2000));
    for _ in 0..7 {
        reply = reply.and_line("y".repeat(2000));
    }
    let failures = vec![failed("bob@example.com", &reply); 1000];
    let composed = bounce(&failures, ORIGINAL).compose();
    assert!(composed.len() < 8 * 1024 * 1024, "{} octets", composed.len());
    assert_eq!(parts(&composed).len(), 3);
}

#[test]
fn advice_fits_the_reply() {
    let check = |status: (u16, u16, u16), expected: &str| {
        let reply = Reply::with_status(550, status, "no");
        let composed = bounce(&[failed("bob@example.com", &reply)], ORIGINAL).compose();
        let text = String::from_utf8(parts(&composed).swap_remove(0).1).unwrap();
        let text = text.replace("\r\n    ", " ");
        assert!(text.contains(expected), "{expected:?} is missing in:\n{text}");
    };
    check((5, 1, 1), "Check the recipient's address");
    check((5, 1, 8), "sender address");
    check((5, 2, 2), "mailbox is full");
    check((5, 3, 4), "too large");
    check((5, 4, 6), "in circles");
    check((5, 6, 3), "in this form");
    check((5, 7, 606), "refuses the message by its rules");
    check((5, 0, 0), "forward this report");
}

proptest! {
    /// Whatever the peer replied and the message held: three parts, plain lines, the reply and the header whole.
    #[test]
    fn is_well_formed(
        code in 400_u16..=599,
        lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2100), 1..5),
        address in any::<String>(),
        sender in any::<String>(),
        next_hop in any::<String>(),
        orcpt in proptest::option::of(any::<String>()),
        original in prop::collection::vec(
            prop::sample::select(vec![&b"\r\n"[..], b"\r", b"\n", b"a: b\r\n", b"--=_postwarden_B0B0_0", b"\xff", b"\0"]),
            0..12,
        ),
        expired in any::<bool>(),
        kind in prop::sample::select(vec![
            NoticeKind::Failed,
            NoticeKind::Relayed,
            NoticeKind::Delayed { retry_until: Timestamp::UNIX_EPOCH },
        ]),
        smtp_utf8 in any::<bool>(),
    ) {
        let mut reply = Reply::new(code, None, &lines[0]);
        for line in &lines[1..] {
            reply = reply.and_line(line);
        }
        let failure = NoticeRecipient {
            address: &address,
            orcpt: orcpt.as_deref(),
            reply: &reply,
            said_by: SaidBy::NextHop(&next_hop),
            cause: if expired { FailureCause::Expired } else { FailureCause::Final },
        };
        let original = original.concat();
        // In the international form the sender's address stands in the header as it is.
        let sender = if sender.is_ascii() || smtp_utf8 { sender } else { "a@b".to_owned() };
        let told = [failure, failure];
        let notice = Notice { kind, smtp_utf8, sender: &sender, ..bounce(&told, &original) };
        let composed = String::from_utf8(notice.compose()).unwrap();
        prop_assert_eq!(composed.is_ascii(), sender.is_ascii());
        let parts = parts_of(&composed);
        let kinds: Vec<_> = parts.iter().map(|(kind, _)| kind.as_str()).collect();
        prop_assert_eq!(kinds, match smtp_utf8 {
            false => ["text/plain", "message/delivery-status", "text/rfc822-headers"],
            true => ["text/plain", "message/global-delivery-status", "message/global-headers"],
        });
        let status = String::from_utf8(parts[1].1.clone()).unwrap();
        prop_assert_eq!(status.matches("\r\n\r\n").count(), 2, "groups in {}", status);
        for field in ["Final-Recipient:", "Action: ", "Status: ", "Diagnostic-Code: smtp;"] {
            prop_assert!(status.matches(field).count() >= 2, "{field} in {status}");
        }
        for group in status.split("\r\n\r\n") {
            for line in group.split("\r\n").filter(|line| !line.is_empty()) {
                let name = line.split(':').next().unwrap_or_default();
                let begins = line.contains(": ") && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
                prop_assert!(begins || line.starts_with([' ', '\t']), "{line:?} is no field");
                prop_assert!(!line.trim().is_empty());
            }
        }
    }
}
