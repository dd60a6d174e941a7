//! The limits, each with its reply.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::limits::MAX_COMMAND_LINE;

#[test]
fn recipients() {
    check(
        ServerConfig { max_recipients: 2, ..plain() },
        &[
            BANNER,
            EHLO,
            MAIL,
            RCPT,
            ("RCPT TO:<no@d>\r\n", &["[rcpt <no@d>]", "550 5.7.64 Relay Access Denied"]),
            RCPT,
            ("RCPT TO:<e@d>\r\n", &["452 4.5.3 More than 2 recipients, send the rest separately"]),
            DATA,
        ],
    );
}

#[test]
fn errors() {
    check(
        ServerConfig { max_errors: 3, ..plain() },
        &[
            BANNER,
            ("X\r\n", &["500 5.5.1 Command not recognised"]),
            ("NOOP\r\n", &["250 2.0.0 OK"]),
            ("DATA\r\n", &["503 5.5.1 Say EHLO first"]),
            ("X\r\nNOOP\r\n", &["421 4.7.0 Too many errors, closing", "[closing TooManyErrors]"]),
            ("NOOP\r\n", &["[closing TooManyErrors]"]),
        ],
    );
}

#[test]
fn commands_without_mail() {
    let last = "421 4.7.0 Too many commands without mail, closing";
    check(
        ServerConfig { max_idle_commands: 3, ..plain() },
        &[
            BANNER,
            EHLO,
            ("NOOP\r\n", &["250 2.0.0 OK"]),
            MAIL,
            RCPT,
            DATA,
            (".\r\n", &["[end 0]", "250 2.0.0 Message accepted"]),
            ("RSET\r\nRSET\r\nNOOP\r\n", &["250 2.0.0 Reset", "250 2.0.0 Reset", "250 2.0.0 OK"]),
            ("EHLO c\r\n", &[last, "[closing TooManyIdleCommands]"]),
        ],
    );
}

#[test]
fn transactions_that_come_to_nothing() {
    let last = "421 4.7.0 Too many commands without mail, closing";
    let nothing = "554 5.5.1 No recipient was accepted";
    let attempts = |attempt: &str, seen: &[&str]| {
        let mut driver = Driver::new(ServerConfig { max_idle_commands: 20, chunking: true, ..plain() });
        for (input, _) in [BANNER, EHLO] {
            driver.say(input.as_bytes());
        }
        // EHLO is one of the twenty.
        for _ in 1..20 {
            assert_eq!(driver.say(attempt.as_bytes()), seen, "{attempt:?}");
        }
        assert_eq!(driver.say(attempt.as_bytes()), [last, "[closing TooManyIdleCommands]"], "{attempt:?}");
    };
    attempts("MAIL FROM:<no@b>\r\n", &["[mail <no@b>]", "550 5.7.64 Relay Access Denied"]);
    attempts(
        "MAIL FROM:<a@b>\r\nBDAT 0 LAST\r\n",
        &["[mail <a@b>]", "[reset ChunkRefused]", "250 2.1.0 Sender OK", nothing],
    );
    // A message that is refused keeps its own reply.
    attempts(
        "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 1 LAST\r\n\n",
        &[
            "[mail <a@b>]",
            "[rcpt <c@d>]",
            "[data]",
            "[end 1]",
            "250 2.1.0 Sender OK",
            "250 2.1.5 Recipient OK",
            "550 5.6.11 Message refused: bare LF at octet 0; lines must end in CRLF and hold no CR, LF or NUL",
        ],
    );
    check(
        ServerConfig { max_idle_commands: 3, ..plain() },
        &[
            BANNER,
            EHLO,
            MAIL,
            ("RCPT TO:<no@d>\r\n", &["[rcpt <no@d>]", "550 5.7.64 Relay Access Denied"]),
            ("DATA\r\n", &[nothing]),
            ("DATA\r\n", &[last, "[closing TooManyIdleCommands]"]),
        ],
    );
}

#[test]
fn line_ends_and_lengths() {
    let long = format!("NOOP {}\r\n", "a".repeat(MAX_COMMAND_LINE));
    let bare = "500 5.5.2 the command line ends in a bare LF; send CRLF";
    check(
        plain(),
        &[
            BANNER,
            (&long, &["500 5.5.2 the command line is longer than 2048 octets"]),
            ("NOOP\n", &[bare]),
            ("MAIL FROM:<a@b>\r\n", &[bare]),
            ("NO\rOP\r\n", &["500 5.5.2 the command line has a bare CR; send CRLF"]),
            ("NOOP\r\n", &["250 2.0.0 OK"]),
        ],
    );
    let mut driver = Driver::new(plain());
    driver.say(b"");
    let endless = (0..100).map(|_| driver.say(&[b'a'; 1_000])).find(|seen| !seen.is_empty());
    let wanted = ["421 4.7.0 Command line without end, closing", "[closing EndlessLine]"];
    assert_eq!(endless.unwrap(), wanted);
}

#[test]
fn message_size() {
    let body = format!("{}\r\n", "a".repeat(98)).repeat(10);
    let too_long = format!("{body}b\r\n.\r\nNOOP\r\n");
    let steps = [BANNER, EHLO, MAIL, RCPT, DATA];
    let mut driver = Driver::new(plain());
    for (input, _) in steps {
        driver.say(input.as_bytes());
    }
    let seen = driver.say(format!("{body}.\r\n").as_bytes());
    assert_eq!(seen, ["[body]", "[end 1000]", "250 2.0.0 Message accepted"]);
    for (input, _) in &steps[2..] {
        driver.say(input.as_bytes());
    }
    let seen = driver.say(too_long.as_bytes());
    let wanted = ["[end 1003]", "552 5.3.4 Message of 1003 octets exceeds the limit of 1000", "250 2.0.0 OK"];
    assert_eq!(seen[1..], wanted, "the excess is thrown away, the session goes on");
}

#[test]
fn talking_out_of_turn() {
    check(
        plain(),
        &[
            BANNER,
            EHLO,
            MAIL,
            RCPT,
            (
                "DATA\r\nSubject: x\r\n",
                &["554 5.5.1 Wait for 354 before you send the message, closing", "[closing EarlyData]"],
            ),
        ],
    );
    check(
        plain(),
        &[
            BANNER,
            EHLO,
            ("DATA\r\n", &["503 5.5.1 Say MAIL first"]),
            MAIL,
            (
                "RCPT TO:<no@d>\r\nDATA\r\nQUIT\r\n",
                &[
                    "[rcpt <no@d>]",
                    "550 5.7.64 Relay Access Denied",
                    "554 5.5.1 Wait for 354 before you send the message, closing",
                    "[closing EarlyData]",
                ],
            ),
        ],
    );
    let mut driver = Driver::new(plain());
    assert_eq!(driver.say(b"EHLO c\r\nNOOP\r\n")[0], "[ehlo c ahead]");
    let mut early = Driver::new(plain());
    early.session.early_talk();
    let wanted = ["554 5.5.1 Wait for the banner before you speak", "[closing EarlyTalk]"];
    assert_eq!(early.say(b"EHLO c\r\n"), wanted);
}

#[test]
fn closed_by_the_driver() {
    let down = Reply::with_status(421, (4, 3, 2), "Going down");
    let mut driver = Driver { session: Session::refused(plain(), &down), ..Driver::new(plain()) };
    assert_eq!(driver.say(b"EHLO c\r\n"), ["421 4.3.2 Going down", "[closing Driver]"]);

    let mut driver = Driver::new(plain());
    for (input, _) in [BANNER, EHLO, MAIL, RCPT, DATA] {
        driver.say(input.as_bytes());
    }
    driver.say(b"half a mess");
    driver.session.close(&Reply::with_status(421, (4, 4, 2), "Timeout"));
    assert_eq!(driver.say(b"age\r\n.\r\n"), ["421 4.4.2 Timeout", "[closing Driver]"]);
    assert_eq!(driver.session.answer(Answer::Accept), Err(NotAsked));
}
