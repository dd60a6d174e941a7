//! Banner, EHLO, HELO, STARTTLS.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::reply::ReplyParser;

#[test]
fn greeting() {
    check(StartTls::Never, &[BANNER, PLAIN, ("!quit", &["QUIT"]), ("221 2.0.0 Bye\r\n", &["[closed 221 2.0.0 Bye]"])]);
    check(
        StartTls::Never,
        &[
            ("220-mx\r\n220", &[]),
            (" ESMTP\r\n", &["EHLO relay.example"]),
            ("250-STARTTLS\r\n250 STARTTLS\r\n", &["[ready STARTTLS]"]),
        ],
    );
    check(
        StartTls::Opportunistic,
        &[BANNER, ("502 5.5.1 What?\r\n", &["HELO relay.example"]), ("250 mx\r\n", &["[ready ]"])],
    );
    check(
        StartTls::Never,
        &[
            BANNER,
            ("500 What?\r\n", &["HELO relay.example"]),
            ("550 No\r\n", &["[failed: the peer refused our greeting: 550 No]"]),
        ],
    );
    check(
        StartTls::Never,
        &[BANNER, ("450 4.7.1 Later\r\n", &["[failed: the peer refused our greeting: 450 4.7.1 Later]"])],
    );
    check(StartTls::Never, &[("554 5.7.1 No\r\n", &["[failed: the peer refused the connection: 554 5.7.1 No]"])]);
    check(StartTls::Never, &[("421 Busy\r\n", &["[failed: the peer refused the connection: 421 Busy]"])]);
    check(StartTls::Never, &[("SSH-2.0-x\r\n", &["[failed: the peer sent no SMTP reply but \"SSH-2.0-x\"]"])]);
}

#[test]
fn starttls() {
    let offered = ("250-mx\r\n250-PIPELINING\r\n250 STARTTLS\r\n", &["STARTTLS"][..]);
    let begins = ("220 2.0.0 Go\r\n", &["[handshake]", "EHLO relay.example"][..]);
    for use_of_tls in [StartTls::Opportunistic, StartTls::Required] {
        check(use_of_tls, &[BANNER, offered, begins, ("250 mx\r\n", &["[ready ]"])]);
        check(use_of_tls, &[BANNER, offered, begins, ("250-mx\r\n250 STARTTLS\r\n", &["[ready STARTTLS]"])]);
    }
    let busy = "454 4.7.0 TLS not available";
    check(StartTls::Opportunistic, &[BANNER, offered, ("454 4.7.0 No\r\n", &["[ready PIPELINING, STARTTLS]"])]);
    let refused = format!("[failed: the peer refused STARTTLS, which this route requires: {busy}]");
    check(StartTls::Required, &[BANNER, offered, (&format!("{busy}\r\n"), &[&refused])]);
    let missing = "[failed: the peer does not offer STARTTLS, which this route requires]";
    check(StartTls::Required, &[BANNER, ("250 mx\r\n", &[missing])]);
    check(StartTls::Required, &[BANNER, ("500 what\r\n", &["HELO relay.example"]), ("250 mx\r\n", &[missing])]);
    check(StartTls::Opportunistic, &[BANNER, ("250 mx\r\n", &["[ready ]"])]);
}

#[test]
fn plaintext_behind_the_reply_to_starttls_ends_the_session() {
    let offered = ("250-mx\r\n250 STARTTLS\r\n", &["STARTTLS"][..]);
    let failed = &["[failed: plaintext came behind the peer's reply to STARTTLS]"][..];
    check(StartTls::Required, &[BANNER, offered, ("220 Go\r\n250-mx\r\n250 AUTH PLAIN\r\n", failed), ("x", failed)]);
    check(StartTls::Opportunistic, &[BANNER, offered, ("220 Go\r\n2", failed)]);

    let mut driver = Driver::new(StartTls::Required);
    driver.step(BANNER.0);
    driver.session.feed(b"250-mx\r\n250 STARTTLS\r\n");
    assert!(matches!(driver.session.poll(), Output::Send(_)));
    driver.session.feed(b"220 Go\r\n");
    assert_eq!(driver.session.poll(), Output::StartTls);
    assert_eq!(driver.session.poll(), Output::AwaitingDriver);
    driver.session.feed(b"250 evil\r\n");
    driver.session.tls_established().unwrap();
    assert_eq!(driver.session.poll(), Output::Failed(ClientError::ResponseInjection));
    assert!(!driver.session.is_tls());
    assert_eq!(driver.session.tls_established(), Err(StartError::NotReady));
}

#[test]
fn capabilities() {
    let read = |wire: &str| {
        let mut parser = ReplyParser::new();
        parser.feed(wire.as_bytes());
        Capabilities::from_ehlo(&parser.next_reply().unwrap().unwrap())
    };
    let all = read(
        "250-mx at your service PIPELINING\r\n250-size 35882577\r\n250-8bitmime\r\n250-StartTLS\r\n\
         250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250-SMTPUTF8\r\n250-X-EXPS NTLM\r\n250 CHUNKING\r\n",
    );
    assert_eq!(all.lines.len(), 8);
    assert_eq!(all.lines[6], "X-EXPS NTLM");
    assert!(!all.pipelining, "the first line is no extension");
    assert!(all.eight_bit_mime && all.starttls && all.enhanced_status_codes && all.dsn && all.smtputf8 && all.chunking);
    assert_eq!(all.size_limit(), Some(35_882_577));
    let sizes = [
        ("SIZE", Some(None)),
        ("SIZE 0", Some(None)),
        ("SIZE 9", Some(Some(9))),
        ("SIZE x", Some(None)),
        ("SIZES 1", None),
    ];
    for (line, size) in sizes {
        assert_eq!(read(&format!("250-mx\r\n250 {line}\r\n")).size, size, "{line}");
    }
}
