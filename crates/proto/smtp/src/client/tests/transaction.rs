//! Messages handed over, in part or not at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn one_by_one_without_pipelining() {
    check(
        StartTls::Never,
        &[
            BANNER,
            PLAIN,
            ("!message 5 8BITMIME", &[]),
            ("!start <a@b> <c@d> <e@d>", &["MAIL FROM:<a@b>"]),
            ("250 ok\r\n", &["RCPT TO:<c@d>"]),
            ("250 ok\r\n", &["RCPT TO:<e@d>"]),
            ("550-5.1.1 Not\r\n550 5.1.1 here\r\n", &["DATA"]),
            ("354 go\r\n", &["[body]"]),
            ("!body .a\r\n", &["..a", "."]),
            (
                "250 2.0.0 queued as 1\r\n",
                &["[delivered 0: 250 2.0.0 queued as 1]", "[not delivered 1: 550 5.1.1 Not here]"],
            ),
            ("!start <> <c@d>", &["MAIL FROM:<>"]),
            ("250 ok\r\n", &["RCPT TO:<c@d>"]),
        ],
    );
}

#[test]
fn pipelined() {
    check(
        StartTls::Never,
        &[
            BANNER,
            PIPELINING,
            ("!message 5 8BITMIME", &[]),
            (
                "!start <a@b> <c@d> <e@d> <f@d>",
                &["MAIL FROM:<a@b> SIZE=5 BODY=8BITMIME", "RCPT TO:<c@d>", "RCPT TO:<e@d>", "RCPT TO:<f@d>"],
            ),
            ("250 2.1.0 ok\r\n550 5.7.64 TenantAttribution; Relay Access Denied\r\n25", &[]),
            ("0 2.1.5 ok\r\n", &[]),
            ("451 4.7.500 Server busy\r\n", &["DATA"]),
            ("354 go\r\n", &["[body]"]),
            ("!body a", &["a", "."]),
            (
                "250 2.0.0 ok\r\n",
                &[
                    "[not delivered 0: 550 5.7.64 TenantAttribution; Relay Access Denied]",
                    "[delivered 1: 250 2.0.0 ok]",
                    "[not delivered 2: 451 4.7.500 Server busy]",
                ],
            ),
        ],
    );
}

#[test]
fn groups_have_a_limit() {
    let recipients = vec!["<c@d>"; 150].join(" ");
    let mut driver = Driver::new(StartTls::Never);
    driver.step(BANNER.0);
    driver.step(PIPELINING.0);
    let first = driver.step(&format!("!start <a@b> {recipients}"));
    assert_eq!(first.len(), 100, "MAIL and 99 recipients");
    assert_eq!(driver.step(&"250 ok\r\n".repeat(99)), Vec::<String>::new());
    assert_eq!(driver.step("250 ok\r\n").len(), 51);
    assert_eq!(driver.step(&"250 ok\r\n".repeat(51)), ["DATA"]);
}

#[test]
fn no_recipient_accepted_no_data() {
    check(
        StartTls::Never,
        &[
            BANNER,
            PIPELINING,
            ("!start <a@b> <c@d> <e@d>", &["MAIL FROM:<a@b>", "RCPT TO:<c@d>", "RCPT TO:<e@d>"]),
            (
                "250 ok\r\n550 5.1.1 a\r\n451 4.2.0 b\r\n",
                &["[not delivered 0: 550 5.1.1 a]", "[not delivered 1: 451 4.2.0 b]"],
            ),
            // The peer still holds that transaction.
            ("!start <a@b> <f@d>", &["RSET", "MAIL FROM:<a@b>", "RCPT TO:<f@d>"]),
            ("250 ok\r\n250 ok\r\n250 ok\r\n", &["DATA"]),
            ("554 5.5.1 No\r\n", &["[not delivered 0: 554 5.5.1 No]"]),
            ("!start <a@b> <f@d>", &["RSET", "MAIL FROM:<a@b>", "RCPT TO:<f@d>"]),
        ],
    );
}

#[test]
fn mail_refused() {
    check(
        StartTls::Never,
        &[
            BANNER,
            PIPELINING,
            ("!start <a@b> <c@d>", &["MAIL FROM:<a@b>", "RCPT TO:<c@d>"]),
            ("552 5.3.4 Too big\r\n503 5.5.1 MAIL first\r\n", &["[not delivered 0: 552 5.3.4 Too big]"]),
            ("!start <a@b> <c@d>", &["MAIL FROM:<a@b>", "RCPT TO:<c@d>"]),
        ],
    );
    check(
        StartTls::Never,
        &[
            BANNER,
            PLAIN,
            ("!start <a@b> <c@d>", &["MAIL FROM:<a@b>"]),
            ("451 4.3.0 Later\r\n", &["[not delivered 0: 451 4.3.0 Later]"]),
        ],
    );
}

#[test]
fn message_refused() {
    check(
        StartTls::Never,
        &[
            BANNER,
            PIPELINING,
            ("!start <a@b> <c@d> <e@d>", &["MAIL FROM:<a@b>", "RCPT TO:<c@d>", "RCPT TO:<e@d>"]),
            ("250 ok\r\n250 ok\r\n550 5.1.1 no\r\n", &["DATA"]),
            ("354 go\r\n", &["[body]"]),
            ("!body x\r\n", &["x", "."]),
            (
                "550-5.7.1 Spam\r\n550 5.7.1 we say\r\n",
                &["[not delivered 0: 550 5.7.1 Spam we say]", "[not delivered 1: 550 5.1.1 no]"],
            ),
            ("!reset", &["RSET"]),
            ("250 ok\r\n", &["[ready PIPELINING, 8BITMIME, SIZE 1000]"]),
            ("!start <a@b> <c@d>", &["MAIL FROM:<a@b>", "RCPT TO:<c@d>"]),
        ],
    );
}

#[test]
fn what_cannot_start() {
    let mut driver = Driver::new(StartTls::Never);
    assert_eq!(driver.step("!start <a@b> <c@d>"), ["[the session is not ready for this]"]);
    driver.step(BANNER.0);
    driver.step(PLAIN.0);
    assert_eq!(driver.step("!start <a@b>"), ["[the transaction has no recipients]"]);
    let utf8 = "[an address needs SMTPUTF8, which the peer does not offer]";
    assert_eq!(driver.step("!start <\u{e9}@b> <c@d>"), [utf8]);
    assert_eq!(driver.step("!start <a@b> <\u{e9}@d>"), [utf8]);
    assert_eq!(driver.session.body(b"x"), Err(StartError::NotReady));
    assert_eq!(driver.session.end_of_body(), Err(StartError::NotReady));
    assert_eq!(driver.step("!start <a@b> <c@d>"), ["MAIL FROM:<a@b>"]);
    assert_eq!(driver.session.quit(), Err(StartError::NotReady));
}

#[test]
fn smtputf8_where_offered_and_needed() {
    let steps: &[(&str, &[&str])] = &[
        BANNER,
        ("250-mx\r\n250 SMTPUTF8\r\n", &["[ready SMTPUTF8]"]),
        ("!start <a@b> <\u{e9}@d>", &["MAIL FROM:<a@b> SMTPUTF8"]),
        ("250 ok\r\n", &["RCPT TO:<\u{e9}@d>"]),
    ];
    check(StartTls::Never, steps);
}
