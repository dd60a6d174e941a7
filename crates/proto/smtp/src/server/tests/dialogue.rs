//! Sessions that go well, and the driver's refusals.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::data::BareNewline;

#[test]
fn one_message_after_the_other() {
    check(
        plain(),
        &[
            BANNER,
            EHLO,
            MAIL,
            RCPT,
            DATA,
            ("Subject: x\r\n\r\n..dot\r\n.\r\n", &["[body]", "[end 20]", "250 2.0.0 Message accepted"]),
            ("MAIL FROM:<>\r\n", &["[mail <>]", "250 2.1.0 Sender OK"]),
            ("RCPT TO:<postmaster>\r\n", &["[rcpt <postmaster>]", "250 2.1.5 Recipient OK"]),
            DATA,
            (".\r\n", &["[end 0]", "250 2.0.0 Message accepted"]),
            ("QUIT\r\n", &["221 2.0.0 Closing, goodbye", "[closing Quit]"]),
            ("NOOP\r\n", &["[closing Quit]"]),
        ],
    );
}

#[test]
fn helo_does() {
    check(
        plain(),
        &[
            BANNER,
            ("HELO c\r\n", &["[helo c]", "250 mx.example.net"]),
            MAIL,
            RCPT,
            DATA,
            ("a\r\n.\r\n", &["[body]", "[end 3]", "250 2.0.0 Message accepted"]),
        ],
    );
}

#[test]
fn pipelined_commands_get_one_packet_of_replies() {
    let mut driver = Driver::new(plain());
    driver.say(b"");
    driver.say(b"EHLO c\r\n");
    driver.session.feed(b"MAIL FROM:<a@b>\r\nRCPT TO:<no@d>\r\nRCPT TO:<c@d>\r\nRCPT TO:<later@d>\r\nDATA\r\n");
    let mut packets = Vec::new();
    loop {
        match driver.session.poll() {
            Output::NeedInput => break,
            Output::Send(octets) => packets.push(String::from_utf8(octets.to_vec()).unwrap()),
            other => {
                driver.tell(other);
            }
        }
    }
    assert_eq!(
        packets,
        ["250 2.1.0 Sender OK\r\n550 5.7.64 Relay Access Denied\r\n250 2.1.5 Recipient OK\r\n451 4.3.0 Later\r\n\
          354 Send the message, end with CRLF.CRLF\r\n"]
    );
}

#[test]
fn the_next_group_may_follow_the_message() {
    check(
        plain(),
        &[
            BANNER,
            EHLO,
            (
                "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n",
                &[
                    "[mail <a@b>]",
                    "[rcpt <c@d>]",
                    "[data]",
                    "250 2.1.0 Sender OK",
                    "250 2.1.5 Recipient OK",
                    "354 Send the message, end with CRLF.CRLF",
                ],
            ),
            (
                "one\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nQUIT\r\n",
                &[
                    "[body]",
                    "[end 5]",
                    "250 2.0.0 Message accepted",
                    "[mail <a@b>]",
                    "[rcpt <c@d>]",
                    "250 2.1.0 Sender OK",
                    "250 2.1.5 Recipient OK",
                    "221 2.0.0 Closing, goodbye",
                    "[closing Quit]",
                ],
            ),
        ],
    );
}

#[test]
fn the_drivers_refusals() {
    check(
        plain(),
        &[
            BANNER,
            EHLO,
            ("MAIL FROM:<no@b>\r\n", &["[mail <no@b>]", "550 5.7.64 Relay Access Denied"]),
            ("RCPT TO:<c@d>\r\n", &["503 5.5.1 Say MAIL first"]),
            ("MAIL FROM:<later@b>\r\n", &["[mail <later@b>]", "451 4.3.0 Later"]),
            ("MAIL FROM:<odd@b>\r\n", &["[mail <odd@b>]", "451 4.3.0 Internal error, try again later"]),
            MAIL,
            ("RCPT TO:<no@d>\r\n", &["[rcpt <no@d>]", "550 5.7.64 Relay Access Denied"]),
            ("DATA\r\n", &["554 5.5.1 No recipient was accepted"]),
            ("RCPT TO:<fine@d>\r\n", &["[rcpt <fine@d>]", "251 2.1.5 Fine"]),
            DATA,
            ("a\r\n.\r\n", &["[body]", "[end 3]", "250 2.0.0 Message accepted"]),
            MAIL,
            ("RCPT TO:<bye@d>\r\nRCPT TO:<c@d>\r\n", &["[rcpt <bye@d>]", "421 4.3.2 Going down", "[closing Driver]"]),
        ],
    );
}

#[test]
fn faulty_messages_are_never_accepted() {
    let begin = [BANNER, EHLO, MAIL, RCPT, DATA];
    let cases: [(&str, &str); 4] = [
        (
            "a\nb\r\n.\r\n",
            "550 5.6.11 Message refused: bare LF at octet 1; lines must end in CRLF and hold no CR, LF or NUL",
        ),
        (
            "ab\rc\r\n.\r\n",
            "550 5.6.11 Message refused: bare CR at octet 2; lines must end in CRLF and hold no CR, LF or NUL",
        ),
        ("\0\r\n.\r\n", "550 5.6.11 Message refused: NUL at octet 0; lines must end in CRLF and hold no CR, LF or NUL"),
        (
            "a\r\n.\nMAIL FROM:<x@y>\r\n.\r\n",
            "550 5.6.11 Message refused: bare LF at octet 3; lines must end in CRLF and hold no CR, LF or NUL",
        ),
    ];
    for (message, reply) in cases {
        let mut driver = Driver::new(plain());
        for (input, _) in begin {
            driver.say(input.as_bytes());
        }
        let seen = driver.say(message.as_bytes());
        assert_eq!(seen.last().map(String::as_str), Some(reply), "{message:?}");
        assert_eq!(driver.say(b"NOOP\r\n"), ["250 2.0.0 OK"], "{message:?}: the session goes on");
    }
}

#[test]
fn bare_newlines_may_be_normalized() {
    let mut driver = Driver::new(ServerConfig { bare_newline: BareNewline::Normalize, ..plain() });
    for (input, _) in [BANNER, EHLO, MAIL, RCPT, DATA] {
        driver.say(input.as_bytes());
    }
    let seen = driver.say(b"a\nb\n.\n\r\n.\r\n");
    assert_eq!(seen, ["[body]", "[end 11]", "250 2.0.0 Message accepted"]);
    assert_eq!(driver.body, b"a\r\nb\r\n.\r\n\r\n");
}

#[test]
fn the_drivers_reply_to_the_message_is_the_clients() {
    let mut session = Session::new(plain());
    session.feed(b"EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
    let mut sent = Vec::new();
    let mut asked = 0;
    while asked < 4 {
        match session.poll() {
            Output::NeedInput => session.feed(b"a\r\n.\r\n"),
            Output::Send(octets) => sent.extend_from_slice(&octets),
            Output::Mail(_) | Output::Rcpt(_) | Output::Data => {
                assert_eq!(session.poll(), Output::AwaitingDriver);
                asked += 1;
                session.answer(Answer::Accept).unwrap();
                assert_eq!(session.answer(Answer::Accept), Err(NotAsked));
            }
            Output::EndOfData(_) => {
                asked += 1;
                session.answer(Answer::Reply(Reply::with_status(452, (4, 3, 1), "Disk low"))).unwrap();
            }
            Output::Greeting(_) | Output::Body(_) => {}
            other => panic!("{other:?}"),
        }
    }
    let Output::Send(last) = session.poll() else { panic!("a reply must follow") };
    assert_eq!(last, "452 4.3.1 Disk low\r\n");
    assert_eq!(session.poll(), Output::NeedInput);
}
