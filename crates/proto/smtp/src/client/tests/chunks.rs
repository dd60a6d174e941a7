//! Binary mail, which goes by BDAT.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const CHUNKING: (&str, &[&str]) = ("250-mx\r\n250-CHUNKING\r\n250 BINARYMIME\r\n", &["[ready CHUNKING, BINARYMIME]"]);
const PIPELINED: (&str, &[&str]) =
    ("250-mx\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250 PIPELINING\r\n", &["[ready CHUNKING, BINARYMIME, PIPELINING]"]);
const BINARY: (&str, &[&str]) = ("!message x BINARYMIME", &[]);
const START: (&str, &[&str]) = ("!start <a@b> <c@d>", &["MAIL FROM:<a@b> BODY=BINARYMIME"]);
const MAIL: (&str, &[&str]) = ("250 ok\r\n", &["RCPT TO:<c@d>"]);
const RCPT: (&str, &[&str]) = ("250 ok\r\n", &["[body]"]);

#[test]
fn only_to_a_peer_that_takes_it() {
    let refused = &["[the message is binary, and the peer does not offer CHUNKING and BINARYMIME]"];
    for ehlo in ["250 mx\r\n", "250-mx\r\n250 CHUNKING\r\n", "250-mx\r\n250 BINARYMIME\r\n"] {
        let mut driver = Driver::new(StartTls::Never);
        driver.step(BANNER.0);
        driver.step(ehlo);
        driver.step(BINARY.0);
        assert_eq!(driver.step(START.0), refused, "{ehlo}");
    }
}

#[test]
fn one_chunk_after_the_other() {
    check(
        StartTls::Never,
        &[
            BANNER,
            CHUNKING,
            BINARY,
            START,
            MAIL,
            RCPT,
            ("!piece .\r\n", &["BDAT 3", "."]),
            ("250 3 octets\r\n", &["[body]"]),
            ("!piece a\0b\n\r\n", &["BDAT 6", "a\0b\n"]),
            ("25", &[]),
            ("0 6 octets\r\n", &["[body]"]),
            ("!end", &["BDAT 0 LAST"]),
            ("250 2.0.0 taken\r\n", &["[delivered 0: 250 2.0.0 taken]"]),
            // The next goes as it is.
            ("!message x 8BITMIME", &[]),
            ("!start <a@b> <c@d>", &["MAIL FROM:<a@b>"]),
            MAIL,
            ("250 ok\r\n", &["DATA"]),
        ],
    );
}

#[test]
fn refused_chunks() {
    let begin = [BANNER, PIPELINED, BINARY];
    let mail: (&str, &[&str]) = ("!start <a@b> <c@d>", &["MAIL FROM:<a@b> BODY=BINARYMIME", "RCPT TO:<c@d>"]);
    let accepted: (&str, &[&str]) = ("250 ok\r\n250 ok\r\n", &["[body]"]);
    let piece: (&str, &[&str]) = ("!piece a\r\n", &["BDAT 3", "a", "[body]"]);
    let again: (&str, &[&str]) = ("!start <a@b> <c@d>", &["RSET", "MAIL FROM:<a@b> BODY=BINARYMIME", "RCPT TO:<c@d>"]);
    let play = |steps: &[(&str, &[&str])]| check(StartTls::Never, &[&begin[..], &[mail, accepted], steps].concat());
    let full = "[not delivered 0: 552 5.3.4 Too big]";
    // The first refusal says why.
    play(&[piece, piece, ("250 ok\r\n552 5.3.4 Too big\r\n", &[full]), again]);
    play(&[piece, piece, ("552 5.3.4 Too big\r\n503 5.5.1 Failed\r\n", &[full]), again]);
    play(&[piece, piece, ("!end", &[]), ("552 5.3.4 Too big\r\n", &[]), ("503 no\r\n", &[full]), again]);
    play(&[("!end", &["BDAT 0 LAST"]), ("552 5.3.4 Too big\r\n", &[full]), mail]);
    let late = "[failed: the peer sent more than one reply in answer to a chunk]";
    play(&[piece, ("!end", &[]), ("250 ok\r\n250 taken\r\n", &[late])]);
    let closed = &["[not delivered 0: 421 4.3.2 bye]", "[closed 421 4.3.2 bye]"];
    play(&[piece, piece, ("421 4.3.2 bye\r\n", closed)]);
    play(&[piece, ("!eof", &["[failed: the peer closed the connection in answer to a chunk]"])]);
}

#[test]
fn chunks_wait_for_replies_in_the_end() {
    let mut driver = Driver::new(StartTls::Never);
    for step in [BANNER, PIPELINED, BINARY].map(|step| step.0).iter().chain(&["!start <a@b> <c@d>"]) {
        driver.step(step);
    }
    driver.step("250 ok\r\n250 ok\r\n");
    let sent = (0..200).take_while(|_| driver.step("!piece a\r\n").last().is_some_and(|line| line == "[body]")).count();
    assert_eq!(sent, 99, "the hundredth waits for a reply");
    assert_eq!(driver.session.body(b"x"), Err(StartError::NotReady));
    assert_eq!(driver.step("250 ok\r\n"), ["[body]"]);
}
