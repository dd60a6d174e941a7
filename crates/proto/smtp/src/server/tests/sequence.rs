//! Commands out of sequence, of unknown kind, with parameters that we do not support.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn before_ehlo() {
    check(
        plain(),
        &[
            BANNER,
            ("MAIL FROM:<a@b>\r\n", &["503 5.5.1 Say EHLO first"]),
            ("RCPT TO:<a@b>\r\n", &["503 5.5.1 Say EHLO first"]),
            ("DATA\r\n", &["503 5.5.1 Say EHLO first"]),
            ("STARTTLS\r\n", &["503 5.5.1 Say EHLO first"]),
            ("NOOP\r\n", &["250 2.0.0 OK"]),
            ("RSET\r\n", &["250 2.0.0 Reset"]),
            ("EHLO\r\n", &["501 5.5.4 HELO and EHLO need the client's name: one word of at most 255 octets"]),
            EHLO,
        ],
    );
}

#[test]
fn what_ends_a_transaction() {
    let reset = ("RCPT TO:<c@d>\r\n", &["503 5.5.1 Say MAIL first"][..]);
    check(
        plain(),
        &[
            BANNER,
            EHLO,
            MAIL,
            RCPT,
            ("RSET\r\n", &["[reset Rset]", "250 2.0.0 Reset"]),
            reset,
            MAIL,
            (
                "EHLO c\r\n",
                &[
                    "[reset Greeting]",
                    "[ehlo c]",
                    "250-mx.example.net",
                    "250-PIPELINING",
                    "250-SIZE 1000",
                    "250-DSN",
                    "250-SMTPUTF8",
                    "250-8BITMIME",
                    "250 ENHANCEDSTATUSCODES",
                ],
            ),
            reset,
            MAIL,
            ("HELO d\r\n", &["[reset Greeting]", "[helo d]", "250 mx.example.net"]),
            reset,
            MAIL,
            ("STARTTLS\r\n", &["502 5.5.1 STARTTLS is not offered"]),
            RCPT,
            ("MAIL FROM:<x@y>\r\n", &["503 5.5.1 A transaction is open; say RCPT, DATA or RSET"]),
            DATA,
            (".\r\n", &["[end 0]", "250 2.0.0 Message accepted"]),
            reset,
        ],
    );
}

#[test]
fn data_needs_a_recipient() {
    check(
        plain(),
        &[
            BANNER,
            EHLO,
            ("DATA\r\n", &["503 5.5.1 Say MAIL first"]),
            MAIL,
            ("DATA\r\n", &["503 5.5.1 Say RCPT first"]),
            ("RCPT TO:<a@b> X=1\r\n", &["555 5.5.4 Parameter X is not supported"]),
            ("DATA\r\n", &["554 5.5.1 No recipient was accepted"]),
            RCPT,
            DATA,
        ],
    );
}

#[test]
fn commands_of_every_other_kind() {
    check(
        plain(),
        &[
            BANNER,
            EHLO,
            (
                "VRFY jan\r\n",
                &["252 2.1.5 Cannot verify, but will take mail for this recipient if it is ours to relay"],
            ),
            ("VRFY\r\n", &["501 5.5.4 Name what to look up"]),
            ("EXPN staff\r\n", &["502 5.5.1 EXPN is not implemented"]),
            ("HELP\r\n", &["214 2.0.0 Commands: EHLO HELO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT"]),
            ("NOOP with words\r\n", &["250 2.0.0 OK"]),
            ("AUTH PLAIN x\r\n", &["500 5.5.1 Command not recognised"]),
            ("\r\n", &["500 5.5.2 the command line is empty"]),
            ("DATA now\r\n", &["501 5.5.4 write DATA alone"]),
            ("NOOP\0\r\n", &["500 5.5.2 the command line has a control character at octet 4"]),
            ("NOOP \u{e9}\r\n", &["250 2.0.0 OK"]),
        ],
    );
}

#[test]
fn parameters() {
    let mail = |params: &'static str, wanted: &'static str| {
        let mut driver = Driver::new(plain());
        driver.say(b"");
        driver.say(b"EHLO c\r\n");
        let seen = driver.say(format!("MAIL FROM:<a@b> {params}\r\n").as_bytes());
        assert_eq!(seen.last().map(String::as_str), Some(wanted), "{params}");
    };
    mail("SIZE=1000", "250 2.1.0 Sender OK");
    mail("SIZE=1001", "552 5.3.4 Message of 1001 octets exceeds the limit of 1000");
    mail("SIZE=99999999999999999999", "552 5.3.4 Message of 18446744073709551615 octets exceeds the limit of 1000");
    mail("SIZE=999999999999999999999", "501 5.5.4 SIZE needs a number of octets");
    mail("SIZE=-1", "501 5.5.4 SIZE needs a number of octets");
    mail("SIZE", "501 5.5.4 SIZE needs a number of octets");
    mail("BODY=7bit", "250 2.1.0 Sender OK");
    mail("BODY=8BITMIME SIZE=3", "250 2.1.0 Sender OK");
    mail("BODY=BINARYMIME", "555 5.5.4 BODY=BINARYMIME is not supported");
    mail("BODY=9BIT", "501 5.5.4 BODY must be 7BIT or 8BITMIME");
    mail("SMTPUTF8", "250 2.1.0 Sender OK");
    mail("SMTPUTF8=1", "501 5.5.4 SMTPUTF8 takes no value");
    mail("RET=HDRS ENVID=QQ+2B1", "250 2.1.0 Sender OK");
    mail("ret=full", "250 2.1.0 Sender OK");
    mail("RET=ALL", "501 5.5.4 RET must be FULL or HDRS");
    mail("RET", "501 5.5.4 RET must be FULL or HDRS");
    mail("ENVID=a+b", "501 5.5.4 ENVID must be xtext of at most 100 octets");
    mail("ENVID", "501 5.5.4 ENVID must be xtext of at most 100 octets");
    mail("RET=HDRS RET=FULL", "501 5.5.4 a parameter is malformed or given twice");
    mail("NOTIFY=NEVER", "555 5.5.4 Parameter NOTIFY is not supported");
    mail("AUTH=<>", "555 5.5.4 Parameter AUTH is not supported");
}

#[test]
fn addresses_beyond_ascii() {
    check(
        plain(),
        &[
            BANNER,
            EHLO,
            (
                "MAIL FROM:<ji\u{159}i@b>\r\n",
                &["553 5.6.7 The sender's address is not ASCII and SMTPUTF8 is not in use"],
            ),
            MAIL,
            (
                "RCPT TO:<ji\u{159}i@b>\r\n",
                &["553 5.6.7 The recipient's address is not ASCII and SMTPUTF8 is not in use"],
            ),
        ],
    );
}

#[test]
fn parameters_of_recipients() {
    let rcpt = |params: &'static str, wanted: &'static str| {
        let mut driver = Driver::new(plain());
        for (input, _) in [BANNER, EHLO, MAIL] {
            driver.say(input.as_bytes());
        }
        let seen = driver.say(format!("RCPT TO:<c@d> {params}\r\n").as_bytes());
        assert_eq!(seen.last().map(String::as_str), Some(wanted), "{params}");
    };
    rcpt("NOTIFY=NEVER", "250 2.1.5 Recipient OK");
    rcpt("NOTIFY=SUCCESS,delay ORCPT=rfc822;c+2Bx@d", "250 2.1.5 Recipient OK");
    let notify = "501 5.5.4 NOTIFY must be NEVER, or some of SUCCESS,FAILURE,DELAY";
    rcpt("NOTIFY=NEVER,DELAY", notify);
    rcpt("NOTIFY=SUCCESS,SUCCESS", notify);
    rcpt("NOTIFY", notify);
    let orcpt = "501 5.5.4 ORCPT must be a type, a semicolon and xtext, at most 500 octets";
    rcpt("ORCPT=c@d", orcpt);
    rcpt("ORCPT=rfc822;c+2", orcpt);
    rcpt("ORCPT=utf-8;\u{e9}@d", orcpt);
    rcpt("ORCPT", orcpt);
    rcpt("RET=HDRS", "555 5.5.4 Parameter RET is not supported");
}

#[test]
fn smtputf8_holds_for_one_transaction() {
    check(
        plain(),
        &[
            BANNER,
            EHLO,
            (
                "MAIL FROM:<\u{e9}@b> SMTPUTF8 RET=HDRS ENVID=1\r\n",
                &["[mail <\u{e9}@b> SMTPUTF8 RET=HDRS ENVID=1]", "250 2.1.0 Sender OK"],
            ),
            (
                "RCPT TO:<\u{e9}@d> NOTIFY=NEVER ORCPT=utf-8;\u{e9}@d\r\n",
                &["[rcpt <\u{e9}@d> NOTIFY=NEVER ORCPT=utf-8;\u{e9}@d]", "250 2.1.5 Recipient OK"],
            ),
            ("RSET\r\n", &["[reset Rset]", "250 2.0.0 Reset"]),
            MAIL,
            ("RCPT TO:<\u{e9}@d>\r\n", &["553 5.6.7 The recipient's address is not ASCII and SMTPUTF8 is not in use"]),
        ],
    );
}

#[test]
fn help_names_what_there_is() {
    let config = ServerConfig { starttls: true, chunking: true, ..plain() };
    let mut driver = Driver::new(config);
    driver.say(b"EHLO c\r\n");
    let all = "214 2.0.0 Commands: EHLO HELO STARTTLS MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT";
    assert_eq!(driver.say(b"HELP\r\n"), [all]);
    driver.say(b"STARTTLS\r\n");
    assert_eq!(driver.say(b"HELP me\r\n"), [all.replace(" STARTTLS", "")]);
}

#[test]
fn commands_are_told_where_the_driver_keeps_a_record() {
    let config = ServerConfig { tell_commands: true, chunking: true, ..plain() };
    check(
        config,
        &[
            BANNER,
            (
                "WHAT\r\nHELO c\r\n",
                &["< WHAT", "< HELO c", "[helo c]", "500 5.5.1 Command not recognised", "250 mx.example.net"],
            ),
            ("MAIL FROM:<a@b>\r\n", &["< MAIL FROM:<a@b>", "[mail <a@b>]", "250 2.1.0 Sender OK"]),
            ("RCPT TO:<c@d>\r\n", &["< RCPT TO:<c@d>", "[rcpt <c@d>]", "250 2.1.5 Recipient OK"]),
            ("DATA\r\n", &["< DATA", "[data]", "354 Send the message, end with CRLF.CRLF"]),
            // No command, but the message.
            ("QUIT\r\n.\r\n", &["[body]", "[end 6]", "250 2.0.0 Message accepted"]),
            ("MAIL FROM:<a@b>\r\n", &["< MAIL FROM:<a@b>", "[mail <a@b>]", "250 2.1.0 Sender OK"]),
            ("RCPT TO:<c@d>\r\n", &["< RCPT TO:<c@d>", "[rcpt <c@d>]", "250 2.1.5 Recipient OK"]),
            (
                "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
                &[
                    "< BDAT 6 LAST",
                    "[data]",
                    "[body]",
                    "[end 6]",
                    "250 2.0.0 Message accepted",
                    "< NOOP",
                    "250 2.0.0 OK",
                ],
            ),
        ],
    );
}
