//! BDAT in all its variants, and mail of any octets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::data::BareNewline;

fn chunking() -> ServerConfig {
    ServerConfig { chunking: true, ..plain() }
}

fn binary() -> ServerConfig {
    ServerConfig { binary_mime: true, ..chunking() }
}

const HELLO: (&str, &[&str]) = ("HELO c\r\n", &["[helo c]", "250 mx.example.net"]);
const ACCEPTED: &str = "250 2.0.0 Message accepted";
const NOOP: (&str, &[&str]) = ("NOOP\r\n", &["250 2.0.0 OK"]);
const PASSED_OVER: &str = "503 5.5.1 The message was refused with an earlier chunk; say RSET";
const REFUSED: &str = "[reset ChunkRefused]";

/// Plays the steps behind an accepted recipient; the message that came.
#[track_caller]
fn check_message(config: ServerConfig, mail: &str, steps: &[(&str, &[&str])]) -> Vec<u8> {
    let mut driver = Driver::new(config);
    for input in ["HELO c\r\n", mail, RCPT.0] {
        driver.say(input.as_bytes());
    }
    for (at, (input, wanted)) in steps.iter().enumerate() {
        assert_eq!(driver.say(input.as_bytes()), *wanted, "step {at}: the client sent {input:?}");
    }
    driver.body
}

#[test]
fn offered_where_switched_on() {
    let offers = |config: ServerConfig, chunking: bool, binary: bool| {
        let seen = Driver::new(config).say(b"EHLO c\r\n");
        assert_eq!(seen.contains(&"250-CHUNKING".to_owned()), chunking, "{seen:?}");
        assert_eq!(seen.contains(&"250-BINARYMIME".to_owned()), binary, "{seen:?}");
    };
    offers(plain(), false, false);
    offers(chunking(), true, false);
    offers(binary(), true, true);
    offers(ServerConfig { binary_mime: true, ..plain() }, false, false);
}

#[test]
fn where_it_is_off_chunks_are_skipped() {
    let refused = "502 5.5.1 CHUNKING is not offered, use DATA";
    check_message(
        plain(),
        MAIL.0,
        &[
            ("BDAT 12 LAST\r\nQUIT\r\n", &[refused]),
            ("QUIT\r\nNOOP\r\n", &["250 2.0.0 OK"]),
            ("BDAT 0 LAST\r\nNOOP\r\n", &[refused, "250 2.0.0 OK"]),
            ("BDAT 1001\r\nQUIT\r\n", &[refused, "[closing HugeChunk]"]),
        ],
    );
}

#[test]
fn one_chunk_is_a_message() {
    let steps: &[(&str, &[&str])] = &[
        ("BDAT 8 LAST\r\n", &["[data]"]),
        (".\r\n.", &["[body]"]),
        (
            "\r\n.\r",
            &[
                "[body]",
                "[end 8]",
                "550 5.6.11 Message refused: bare CR at octet 7; lines must end in CRLF and hold no CR, LF or NUL",
            ],
        ),
        MAIL,
        RCPT,
        ("bdat 6 last\r\n.\r\n.\r\n", &["[data]", "[body]", "[end 6]", ACCEPTED]),
        MAIL,
        RCPT,
        ("BDAT 0 LAST\r\n", &["[data]", "[end 0]", ACCEPTED]),
    ];
    let body = check_message(chunking(), MAIL.0, steps);
    assert_eq!(String::from_utf8_lossy(&body), ".\r\n.\r\n..\r\n.\r\n", "dots are not stuffed in chunks");
}

#[test]
fn chunks_follow_one_another() {
    let steps: &[(&str, &[&str])] = &[
        ("BDAT 4\r\na\r\nb", &["[data]", "[body]", "250 2.0.0 4 octets received"]),
        NOOP,
        (
            "BDAT 2\r\n\r\nBDAT 0\r\nBDAT 1\r\nc",
            &[
                "[body]",
                "[body]",
                "250 2.0.0 2 octets received",
                "250 2.0.0 0 octets received",
                "250 2.0.0 1 octets received",
            ],
        ),
        ("DATA\r\n", &["503 5.5.1 The message comes by BDAT; go on with it or say RSET"]),
        ("RCPT TO:<e@d>\r\n", &["503 5.5.1 The message comes by BDAT; go on with it or say RSET"]),
        ("BDAT 2 LAST\r\n\r\n", &["[body]", "[end 9]", ACCEPTED]),
        ("BDAT 2 LAST\r\nab", &["503 5.5.1 Say MAIL first"]),
    ];
    let body = check_message(chunking(), MAIL.0, steps);
    assert_eq!(String::from_utf8_lossy(&body), "a\r\nb\r\nc\r\n");
}

#[test]
fn everything_in_one_packet() {
    let mut driver = Driver::new(chunking());
    driver.say(HELLO.0.as_bytes());
    let seen = driver.say(
        b"MAIL FROM:<a@b>\r\nRCPT TO:<no@d>\r\nRCPT TO:<c@d>\r\nBDAT 3\r\na\r\nBDAT 3 LAST\r\n\nbcMAIL FROM:<>\r\nQUIT\r\n",
    );
    let behind: Vec<_> = seen.iter().skip_while(|line| *line != "[data]").map(String::as_str).collect();
    let wanted = [
        "[data]",
        "[body]",
        "[end 6]",
        "250 2.1.0 Sender OK",
        "550 5.7.64 Relay Access Denied",
        "250 2.1.5 Recipient OK",
        "250 2.0.0 3 octets received",
        "550 5.6.11 Message refused: bare LF at octet 3; lines must end in CRLF and hold no CR, LF or NUL",
        "[mail <>]",
        "250 2.1.0 Sender OK",
        "221 2.0.0 Closing, goodbye",
        "[closing Quit]",
    ];
    assert_eq!(behind, wanted);
}

#[test]
fn given_up_in_mid_message() {
    let begin: (&str, &[&str]) = ("BDAT 3\r\na\r\n", &["[data]", "[body]", "250 2.0.0 3 octets received"]);
    let again = ("BDAT 1 LAST\r\nb", &["503 5.5.1 Say MAIL first"][..]);
    check_message(chunking(), MAIL.0, &[begin, ("RSET\r\n", &["[reset Rset]", "250 2.0.0 Reset"]), again]);
    let helo = ("HELO d\r\n", &["[reset Greeting]", "[helo d]", "250 mx.example.net"][..]);
    check_message(chunking(), MAIL.0, &[begin, helo, again]);
    check_message(chunking(), MAIL.0, &[begin, ("QUIT\r\n", &["221 2.0.0 Closing, goodbye", "[closing Quit]"])]);
    let tls = ServerConfig { starttls: true, ..chunking() };
    let handshake: &[&str] = &["[reset StartTls]", "220 2.0.0 Begin the TLS handshake", "[handshake]"];
    check_message(
        tls,
        MAIL.0,
        &[begin, ("STARTTLS\r\n", handshake), ("BDAT 4\r\nQUIT", &["503 5.5.1 Say EHLO first"])],
    );
}

#[test]
fn a_refused_chunk_is_consumed_and_ends_the_message() {
    check(
        chunking(),
        &[
            BANNER,
            ("BDAT 6\r\nQUIT\r\n", &["503 5.5.1 Say EHLO first"]),
            HELLO,
            ("BDAT 6 LAST\r\nQUIT\r\n", &["503 5.5.1 Say MAIL first"]),
            MAIL,
            ("BDAT 6\r\nQUIT\r\n", &[REFUSED, "554 5.5.1 No recipient was accepted"]),
            ("RCPT TO:<c@d>\r\n", &["503 5.5.1 The message was refused with an earlier chunk; say RSET"]),
            ("BDAT 3\r\na\r\nBDAT 6 LAST\r\nQUIT\r\n", &[PASSED_OVER, PASSED_OVER]),
            MAIL,
            RCPT,
            ("BDAT 600\r\n", &["[data]"]),
            (&"a".repeat(600), &["[body]", "250 2.0.0 600 octets received"]),
            ("BDAT 401\r\n", &[REFUSED, "552 5.3.4 Message of 1001 octets or more exceeds the limit of 1000"]),
            (&"QUIT\r\n".repeat(66), &[]),
            ("QUIT\r", &[]),
            NOOP,
            ("RSET\r\n", &["250 2.0.0 Reset"]),
            MAIL,
            RCPT,
            (
                "BDAT 1001 LAST\r\n",
                &[REFUSED, "552 5.3.4 Message of 1001 octets or more exceeds the limit of 1000", "[closing HugeChunk]"],
            ),
        ],
    );
    let mut driver = Driver::new(chunking());
    driver.data = Answer::Reply(Reply::with_status(452, (4, 3, 1), "Full"));
    driver.say([HELLO.0, MAIL.0, RCPT.0].concat().as_bytes());
    let full = "452 4.3.1 Full";
    assert_eq!(driver.say(b"BDAT 6\r\nQUIT\r\nBDAT 0 LAST\r\n"), ["[data]", REFUSED, full, PASSED_OVER]);
    driver.say([MAIL.0, RCPT.0].concat().as_bytes());
    assert_eq!(driver.say(b"BDAT 6 LAST\r\nQUIT\r\n"), ["[data]", REFUSED, full]);
    assert_eq!(driver.say(MAIL.0.as_bytes()), MAIL.1);
    assert_eq!(driver.body, b"", "nothing of a refused message is handed on");
}

#[test]
fn a_faulty_chunk_is_refused_at_once() {
    let fault =
        |at: &str| format!("550 5.6.11 Message refused: {at}; lines must end in CRLF and hold no CR, LF or NUL");
    let refused = |chunks: &str, fault: &str| {
        let mut driver = Driver::new(chunking());
        driver.say([HELLO.0, MAIL.0, RCPT.0].concat().as_bytes());
        let seen = driver.say(chunks.as_bytes());
        assert!(seen.contains(&fault.to_owned()), "{chunks:?}: {seen:?}");
        assert!(!seen.contains(&ACCEPTED.to_owned()), "{chunks:?}: {seen:?}");
        assert_eq!(driver.say(b"RSET\r\n").last().map(String::as_str), Some("250 2.0.0 Reset"), "{chunks:?}");
    };
    refused("BDAT 2\r\na\nBDAT 1 LAST\r\nb", &fault("bare LF at octet 1"));
    refused("BDAT 2\r\na\rBDAT 1 LAST\r\nb", &fault("bare CR at octet 1"));
    refused("BDAT 2\r\na\rBDAT 0 LAST\r\n", &fault("bare CR at octet 1"));
    refused("BDAT 2\r\n\r\nBDAT 1 LAST\r\n\n", &fault("bare LF at octet 2"));
    refused("BDAT 1 LAST\r\n\0", &fault("NUL at octet 0"));
}

#[test]
fn bare_newlines_normalized() {
    let config = ServerConfig { bare_newline: BareNewline::Normalize, ..chunking() };
    let steps: &[(&str, &[&str])] = &[
        ("BDAT 4\r\na\n.\r", &["[data]", "[body]", "250 2.0.0 4 octets received"]),
        ("BDAT 3 LAST\r\n\n\nb", &["[body]", "[end 9]", ACCEPTED]),
    ];
    assert_eq!(check_message(config, MAIL.0, steps), b"a\r\n.\r\n\r\nb");
}

#[test]
fn binary_mail() {
    let mail = "MAIL FROM:<a@b> BODY=BINARYMIME\r\n";
    let steps: &[(&str, &[&str])] = &[
        ("DATA\r\n", &["503 5.5.1 BODY=BINARYMIME goes by BDAT, not by DATA"]),
        ("BDAT 4\r\n\0\n\r\r", &["[data]", "[body]", "250 2.0.0 4 octets received"]),
        ("BDAT 6 LAST\r\n\r\n.\r\n\r", &["[body]", "[end 10]", ACCEPTED]),
        // It holds for one message.
        MAIL,
        RCPT,
        (
            "BDAT 1\r\n\n",
            &[
                "[data]",
                REFUSED,
                "550 5.6.11 Message refused: bare LF at octet 0; lines must end in CRLF and hold no CR, LF or NUL",
            ],
        ),
    ];
    assert_eq!(check_message(binary(), mail, steps), b"\0\n\r\r\r\n.\r\n\r");
    let mut driver = Driver::new(chunking());
    driver.say(HELLO.0.as_bytes());
    assert_eq!(driver.say(mail.as_bytes()), ["555 5.5.4 BODY=BINARYMIME is not supported"]);
    let mut driver = Driver::new(binary());
    driver.say(HELLO.0.as_bytes());
    assert_eq!(driver.say(b"MAIL FROM:<a@b> BODY=8BIT\r\n"), ["501 5.5.4 BODY must be 7BIT, 8BITMIME or BINARYMIME"]);
}

#[test]
fn a_chunk_without_a_known_end_ends_the_session() {
    for command in ["BDAT", "BDAT x LAST", "BDAT -1", "BDAT 18446744073709551616", "BDAT 1 FIRST", "BDAT 1 LAST 2"] {
        for config in [plain(), chunking()] {
            let end: &[&str] = &["501 5.5.4 write BDAT size or BDAT size LAST", "[closing UnreadableChunk]"];
            check(config, &[BANNER, (&format!("{command}\r\nQUIT\r\n"), end)]);
        }
    }
}

#[test]
fn empty_chunks_have_an_end() {
    let config = ServerConfig { max_idle_commands: 4, ..chunking() };
    let empty = ("BDAT 0\r\n", &["250 2.0.0 0 octets received"][..]);
    let end: &[&str] = &["421 4.7.0 Too many commands without mail, closing", "[closing TooManyIdleCommands]"];
    let first = ("BDAT 0\r\n", &["[data]", "250 2.0.0 0 octets received"][..]);
    check_message(config, MAIL.0, &[first, empty, ("BDAT 0\r\n", end)]);
}
