//! Peers that go away, talk out of turn or never spoke SMTP; messages that cannot be sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const START: (&str, &[&str]) = ("!start <a@b> <c@d> <e@d>", &["MAIL FROM:<a@b>", "RCPT TO:<c@d>", "RCPT TO:<e@d>"]);
const ACCEPTED: (&str, &[&str]) = ("250 ok\r\n250 ok\r\n250 ok\r\n", &["DATA"]);
const GO: (&str, &[&str]) = ("354 go\r\n", &["[body]"]);

#[test]
fn going_down_anywhere() {
    let bye = "421 4.3.2 Going down\r\n";
    let closed = "[closed 421 4.3.2 Going down]";
    let none = ["[not delivered 0: 421 4.3.2 Going down]", "[not delivered 1: 421 4.3.2 Going down]", closed];
    let refused = &["[not delivered 0: 550 5.1.1 no]", "[not delivered 1: 421 4.3.2 Going down]", closed][..];
    check(StartTls::Never, &[BANNER, PIPELINING, (bye, &[closed]), (bye, &[closed])]);
    check(StartTls::Never, &[BANNER, PIPELINING, ("!reset", &["RSET"]), (bye, &[closed])]);
    check(StartTls::Never, &[BANNER, PIPELINING, START, (bye, &none)]);
    check(
        StartTls::Never,
        &[BANNER, PIPELINING, START, ("250 ok\r\n", &[]), ("550 5.1.1 no\r\n", &[]), (bye, refused)],
    );
    check(StartTls::Never, &[BANNER, PIPELINING, START, ACCEPTED, (bye, &none)]);
    check(StartTls::Never, &[BANNER, PIPELINING, START, ACCEPTED, GO, (bye, &none)]);
    check(StartTls::Never, &[BANNER, PIPELINING, START, ACCEPTED, GO, ("!body a", &["a", "."]), (bye, &none)]);
}

#[test]
fn a_refusal_before_the_dot_is_the_last_word() {
    let steps: &[(&str, &[&str])] = &[
        BANNER,
        PIPELINING,
        START,
        ACCEPTED,
        GO,
        (
            "552 5.3.4 Enough\r\n",
            &[
                "[not delivered 0: 552 5.3.4 Enough]",
                "[not delivered 1: 552 5.3.4 Enough]",
                "[closed 552 5.3.4 Enough]",
            ],
        ),
    ];
    check(StartTls::Never, steps);
}

#[test]
fn acceptance_before_the_dot_is_none() {
    let failed = "[failed: the peer sent an unexpected reply while the message was being sent: 250 ok]";
    check(StartTls::Never, &[BANNER, PIPELINING, START, ACCEPTED, GO, ("250 ok\r\n", &[failed])]);

    // Fed, but not polled before the end of the message.
    let mut driver = Driver::new(StartTls::Never);
    for (action, _) in [BANNER, PIPELINING, START, ACCEPTED, GO] {
        driver.step(action);
    }
    driver.session.body(b"a").unwrap();
    driver.session.feed(b"250 ok\r\n");
    assert_eq!(driver.session.end_of_body(), Err(StartError::NotReady));
    assert_eq!(driver.run(), [failed]);

    let mut driver = Driver::new(StartTls::Never);
    for (action, _) in [BANNER, PIPELINING, START, ACCEPTED, GO] {
        driver.step(action);
    }
    driver.session.feed(b"250 o");
    driver.session.end_of_body().unwrap();
    assert_eq!(driver.run(), ["[failed: the peer sent more than one reply while the message was being sent]"]);
}

#[test]
fn replies_out_of_step() {
    let unexpected =
        |waiting: &str, reply: &str| format!("[failed: the peer sent an unexpected reply {waiting}: {reply}]");
    let more = |waiting: &str| format!("[failed: the peer sent more than one reply {waiting}]");
    let one = |before: &[(&str, &[&str])], input: &str, wanted: String| {
        let wanted: &[&str] = &[&wanted];
        check(StartTls::Never, &[before, &[(input, wanted)]].concat());
    };
    one(&[], "220 a\r\n220 b\r\n", more("instead of its banner"));
    one(&[BANNER, PIPELINING], "250 x\r\n", unexpected("between transactions", "250 x"));
    one(&[BANNER, PIPELINING, START], "354 x\r\n", unexpected("in answer to MAIL", "354 x"));
    one(&[BANNER, PIPELINING, START, ("250 ok\r\n", &[])], "354 x\r\n", unexpected("in answer to RCPT", "354 x"));
    one(&[BANNER, PIPELINING, START], "250 ok\r\n250 ok\r\n250 ok\r\n354 x\r\n", more("in answer to RCPT"));
    one(&[BANNER, PIPELINING, START, ACCEPTED], "250 x\r\n", unexpected("in answer to DATA", "250 x"));
    one(
        &[BANNER, PIPELINING, START, ACCEPTED, GO, ("!body a", &["a", "."])],
        "354 x\r\n",
        unexpected("in answer to the end of data", "354 x"),
    );
    one(&[BANNER, PIPELINING, ("!reset", &["RSET"])], "550 x\r\n", unexpected("in answer to RSET", "550 x"));
}

#[test]
fn an_extra_reply_behind_the_last_spoils_the_session() {
    let mut driver = Driver::new(StartTls::Never);
    for (action, _) in [BANNER, PIPELINING, START, ACCEPTED, GO, ("!body a", &[][..])] {
        driver.step(action);
    }
    driver.session.feed(b"250 ok\r\n250 extra\r\n");
    assert!(matches!(driver.session.poll(), Output::Done(_)));
    assert_eq!(driver.step("!start <a@b> <c@d>"), ["[the session is not ready for this]"]);
    assert_eq!(driver.run(), ["[failed: the peer sent an unexpected reply between transactions: 250 extra]"]);
}

#[test]
fn connection_lost() {
    let lost = |before: &[(&str, &[&str])], waiting: &str| {
        let failed = format!("[failed: the peer closed the connection {waiting}]");
        let wanted: &[&str] = &[&failed];
        check(StartTls::Never, &[before, &[("!eof", wanted)]].concat());
    };
    lost(&[], "instead of its banner");
    lost(&[("220 half", &[])], "instead of its banner");
    lost(&[BANNER, PIPELINING], "between transactions");
    lost(&[BANNER, PIPELINING, START, ("250 ok\r\n", &[])], "in answer to RCPT");
    lost(&[BANNER, PIPELINING, START, ACCEPTED, GO], "while the message was being sent");
    lost(&[BANNER, PIPELINING, START, ACCEPTED, GO, ("!body a", &["a", "."])], "in answer to the end of data");
    lost(&[BANNER, PIPELINING, ("!quit", &["QUIT"])], "in answer to QUIT");
}

#[test]
fn what_was_said_before_the_end_of_the_stream_counts() {
    let mut driver = Driver::new(StartTls::Never);
    driver.session.feed(b"554 5.7.1 No\r\n");
    driver.session.end_of_stream();
    assert_eq!(driver.run(), ["[failed: the peer refused the connection: 554 5.7.1 No]"]);
}

#[test]
fn a_message_with_bare_line_ends_never_ends() {
    let cases = [
        ("a\nb", "bare LF at octet 1"),
        ("a\rb", "bare CR at octet 1"),
        ("a\r", "bare CR at octet 1"),
        ("a\0", "NUL at octet 1"),
    ];
    for (text, fault) in cases {
        let failed = format!("[failed: the message cannot be sent: the message has a {fault}]");
        let action = format!("!body {text}");
        let seen: &[&str] = &[&failed];
        check(StartTls::Never, &[BANNER, PIPELINING, START, ACCEPTED, GO, (&action, seen)]);
    }
}
