//! Replies read, written and kept whole.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::limits::{MAX_REPLY_LINE, MAX_REPLY_LINES};

fn read(input: &[u8], piece: usize) -> Result<Vec<Reply>, ReplyError> {
    let mut parser = ReplyParser::new();
    let mut replies = Vec::new();
    for piece in input.chunks(piece) {
        parser.feed(piece);
        while let Some(reply) = parser.next_reply()? {
            replies.push(reply);
        }
    }
    Ok(replies)
}

fn one(input: &[u8]) -> Reply {
    let replies = read(input, 3).unwrap();
    assert_eq!(replies.len(), 1, "{:?}", String::from_utf8_lossy(input));
    replies.into_iter().next().unwrap()
}

#[test]
fn replies_are_kept_to_the_octet() {
    type Case = (&'static str, u16, Option<(u16, u16, u16)>, &'static str);
    let cases: &[Case] = &[
        ("220 mx ESMTP\r\n", 220, None, "mx ESMTP"),
        ("250 2.1.0 Sender OK\r\n", 250, Some((2, 1, 0)), "Sender OK"),
        ("250 2.0.0\r\n", 250, Some((2, 0, 0)), ""),
        ("250 \r\n", 250, None, ""),
        (
            "550 5.7.606 Access denied, banned sending IP\r\n",
            550,
            Some((5, 7, 606)),
            "Access denied, banned sending IP",
        ),
        ("451 4.7.500 Server busy\r\n", 451, Some((4, 7, 500)), "Server busy"),
        ("550 4.7.1 odd class\r\n", 550, Some((4, 7, 1)), "odd class"),
        ("250 5.07.1 not a code\r\n", 250, None, "5.07.1 not a code"),
        ("220 8.15.2 a version\r\n", 220, None, "8.15.2 a version"),
        ("250 2.1 short\r\n", 250, None, "2.1 short"),
        ("250 2.1.0.1 long\r\n", 250, None, "2.1.0.1 long"),
        ("550 5.7.99999 beyond 16 bits\r\n", 550, None, "5.7.99999 beyond 16 bits"),
        ("250  two spaces \r\n", 250, None, " two spaces "),
        (
            "550-5.7.64 TenantAttribution;\r\n550 5.7.64 Relay Access Denied\r\n",
            550,
            Some((5, 7, 64)),
            "TenantAttribution; Relay Access Denied",
        ),
        ("550-first\r\n550 5.1.1 second\r\n", 550, Some((5, 1, 1)), "first second"),
        ("250-mx\r\n250-SIZE 100\r\n250 DSN\r\n", 250, None, "mx SIZE 100 DSN"),
    ];
    for (wire, code, status, text) in cases {
        let reply = one(wire.as_bytes());
        assert_eq!((reply.code(), reply.text().as_str()), (*code, *text), "{wire:?}");
        assert_eq!(reply.enhanced(), status.map(|(c, s, d)| EnhancedStatus::new(c, s, d)), "{wire:?}");
        assert_eq!(String::from_utf8(reply.to_bytes()).unwrap(), *wire);
    }
}

#[test]
fn tolerated_forms() {
    assert_eq!(one(b"250\r\n").to_bytes(), b"250 \r\n");
    assert_eq!(one(b"250-a\n250 b\n").to_bytes(), b"250-a\r\n250 b\r\n");
    let caf = one(b"550 5.1.1 caf\xe9\r\n");
    assert_eq!(caf.lines().next().unwrap().text, b"caf\xe9");
    assert_eq!(caf.to_string(), "550 5.1.1 caf\u{fffd}");
}

#[test]
fn broken_replies() {
    let no_code = |seen: &str| ReplyError::NoCode { seen: seen.to_owned() };
    let cases = [
        (b"HTTP/1.1 400\r\n".to_vec(), no_code("HTTP/1.1 400")),
        (b"\r\n".to_vec(), no_code("")),
        (b"25\r\n".to_vec(), no_code("25")),
        (b"2500 x\r\n".to_vec(), no_code("2500 x")),
        (b"150 x\r\n".to_vec(), no_code("150 x")),
        (b"600 x\r\n".to_vec(), no_code("600 x")),
        (b"2\x005 x\r\n".to_vec(), no_code("2?5 x")),
        (b"250-a\r\n550 b\r\n".to_vec(), ReplyError::CodeMismatch { first: 250, seen: "550 b".to_owned() }),
        ([b"250 ".to_vec(), vec![b'a'; MAX_REPLY_LINE]].concat(), ReplyError::LineTooLong),
        (b"250-a\r\n".repeat(MAX_REPLY_LINES + 1), ReplyError::TooLong),
        ([b"250-".to_vec(), vec![b'a'; 1_990], b"\r\n".to_vec()].concat().repeat(9), ReplyError::TooLong),
    ];
    for (input, wanted) in cases {
        for piece in [1, 100, input.len()] {
            assert_eq!(read(&input, piece), Err(wanted.clone()), "in pieces of {piece}");
        }
    }
    let mut parser = ReplyParser::new();
    parser.feed(b"nonsense\r\n250 ok\r\n");
    assert!(parser.next_reply().is_err());
    assert!(parser.next_reply().is_err(), "nothing behind a broken reply is trusted");
}

#[test]
fn no_text_begins_another_reply() {
    let reply = Reply::with_status(550, (5, 7, 1), "no\r\n250 2.0.0 yes\0\x7f\ttab");
    assert_eq!(reply.to_bytes(), b"550 5.7.1 no??250 2.0.0 yes??\ttab\r\n");
    assert_eq!(read(&reply.to_bytes(), 5).unwrap().len(), 1);
}

#[test]
fn made_by_us() {
    let reply = Reply::with_status(550, (5, 7, 64), "TenantAttribution; Relay Access Denied").and_text("[ref 1]");
    assert_eq!(reply.to_bytes(), b"550 5.7.64 TenantAttribution; Relay Access Denied [ref 1]\r\n");
    assert_eq!(Reply::new(42, None, "x").code(), 451);
    let lines = Reply::with_status(451, (4, 3, 0), "a").and_line("b").and_line("caf\u{e9}s");
    assert_eq!(lines.to_bytes(), "451-4.3.0 a\r\n451-4.3.0 b\r\n451 4.3.0 caf\u{e9}s\r\n".as_bytes());
    assert_eq!(lines.clone().bounded(2, 10).to_bytes(), b"451-4.3.0 a\r\n451 4.3.0 b\r\n");
    assert_eq!(lines.bounded(9, 4).to_bytes(), b"451-4.3.0 a\r\n451-4.3.0 b\r\n451 4.3.0 caf\r\n");
    let classes = |code| {
        let reply = Reply::new(code, None, "");
        (reply.is_positive(), reply.is_intermediate(), reply.is_transient(), reply.is_permanent())
    };
    assert_eq!(classes(252), (true, false, false, false));
    assert_eq!(classes(354), (false, true, false, false));
    assert_eq!(classes(421), (false, false, true, false));
    assert_eq!(classes(599), (false, false, false, true));
}

fn any_reply() -> impl Strategy<Value = Reply> {
    let status = prop::option::of((prop::sample::select(vec![2u16, 4, 5]), 0u16..8, any::<u16>()));
    let line = (status, "[ -~é]{0,40}");
    (200u16..600, prop::collection::vec(line, 1..8)).prop_map(|(code, lines)| {
        let mut lines = lines.into_iter().map(|(status, text)| {
            let enhanced = status.map(|(c, s, d)| EnhancedStatus::new(c, s, d));
            // A text that begins like a status code would be read as one: keep such out of the lines that have none.
            let text = if enhanced.is_none() { format!("x{text}") } else { text };
            ReplyLine { enhanced, text: text.into_bytes() }
        });
        let first = lines.next().unwrap();
        Reply::from_lines(code, first, lines.collect())
    })
}

proptest! {
    #[test]
    fn written_and_read_again(replies in prop::collection::vec(any_reply(), 1..4), piece in 1usize..50) {
        let wire: Vec<u8> = replies.iter().flat_map(Reply::to_bytes).collect();
        prop_assert_eq!(read(&wire, piece), Ok(replies));
    }

    #[test]
    fn total_on_anything(input in prop::collection::vec(any::<u8>(), 0..200), piece in 1usize..50) {
        prop_assert_eq!(read(&input, piece), read(&input, input.len().max(1)));
    }

    #[test]
    fn total_on_what_looks_like_replies(input in "(25[0-2][ -]?(2\\.1\\.[05])?[a \r]{0,3}\r?\n){0,6}", piece in 1usize..9) {
        let whole = read(input.as_bytes(), input.len().max(1));
        prop_assert_eq!(read(input.as_bytes(), piece), whole);
    }
}
