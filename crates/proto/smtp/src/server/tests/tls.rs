//! STARTTLS: what is forgotten, and what an attacker on the path tries.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn offering() -> ServerConfig {
    ServerConfig { starttls: true, ..plain() }
}

const EHLO_PLAINTEXT: (&str, &[&str]) = (
    "EHLO c\r\n",
    &[
        "[ehlo c]",
        "250-mx.example.net",
        "250-PIPELINING",
        "250-SIZE 1000",
        "250-STARTTLS",
        "250-DSN",
        "250-SMTPUTF8",
        "250-8BITMIME",
        "250 ENHANCEDSTATUSCODES",
    ],
);

#[test]
fn all_is_forgotten_with_the_handshake() {
    check(
        offering(),
        &[
            BANNER,
            EHLO_PLAINTEXT,
            MAIL,
            RCPT,
            ("STARTTLS\r\n", &["[reset StartTls]", "220 2.0.0 Begin the TLS handshake", "[handshake]"]),
            ("MAIL FROM:<a@b>\r\n", &["503 5.5.1 Say EHLO first"]),
            EHLO,
            ("STARTTLS\r\n", &["503 5.5.1 TLS is already on"]),
            MAIL,
        ],
    );
}

#[test]
fn tls_from_the_first_octet() {
    let config = ServerConfig { tls: true, ..offering() };
    check(config, &[BANNER, EHLO, ("STARTTLS\r\n", &["503 5.5.1 TLS is already on"])]);
}

#[test]
fn plaintext_behind_starttls_ends_the_session() {
    let end: &[&str] = &["554 5.5.1 Plaintext behind STARTTLS, closing", "[closing PlaintextAfterStartTls]"];
    check(offering(), &[BANNER, EHLO_PLAINTEXT, ("STARTTLS\r\nMAIL FROM:<evil@x>\r\n", end)]);
    check(offering(), &[BANNER, EHLO_PLAINTEXT, ("STARTTLS\r\n\0", end), ("EHLO c\r\n", &end[1..])]);
}

#[test]
fn plaintext_fed_during_the_handshake_ends_the_session() {
    let mut session = Session::new(offering());
    session.feed(b"EHLO c\r\n");
    while session.poll() != Output::NeedInput {}
    session.feed(b"STARTTLS\r\n");
    assert!(matches!(session.poll(), Output::Send(_)));
    assert_eq!(session.poll(), Output::StartTls);
    assert_eq!(session.poll(), Output::AwaitingDriver);
    assert_eq!(session.answer(Answer::Accept), Err(NotAsked));
    session.feed(b"EHLO evil\r\n");
    session.tls_established().unwrap();
    assert!(matches!(session.poll(), Output::Send(_)));
    assert_eq!(session.poll(), Output::Closing(ClosingCause::PlaintextAfterStartTls));
    assert_eq!(session.tls_established(), Err(NotAsked));
}

#[test]
fn a_handshake_that_has_no_room_ends_the_session() {
    let mut driver = Driver::new(offering());
    driver.say(b"EHLO c\r\n");
    driver.session.set_tls_busy(true);
    let end = ["421 4.3.2 Too many TLS handshakes at the moment, try again later", "[closing TlsBusy]"];
    assert_eq!(driver.say(b"STARTTLS\r\n"), end);
}
