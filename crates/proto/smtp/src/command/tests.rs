//! Command lines, good and bad.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::limits::MAX_COMMAND_LINE;
use crate::path::PathError;

#[test]
fn commands_and_their_canonical_form() {
    let cases = [
        ("EHLO mail.example.org", "EHLO mail.example.org"),
        ("ehlo  [192.0.2.1]  ", "EHLO [192.0.2.1]"),
        ("HELO my_pc", "HELO my_pc"),
        ("starttls", "STARTTLS"),
        ("MAIL FROM:<>", "MAIL FROM:<>"),
        ("mail from: <a@b>", "MAIL FROM:<a@b>"),
        ("MAIL FROM:a@b SIZE=10", "MAIL FROM:<a@b> SIZE=10"),
        ("MAIL FROM:<a@b> size=1 Body=8bitmime X-Odd=a=b,+C3", "MAIL FROM:<a@b> SIZE=1 BODY=8bitmime X-ODD=a=b,+C3"),
        ("MAIL FROM:<@r:a@b>   SMTPUTF8", "MAIL FROM:<a@b> SMTPUTF8"),
        ("MAIL FROM:<\"a> SIZE=9 b\"@c> RET=HDRS", "MAIL FROM:<\"a> SIZE=9 b\"@c> RET=HDRS"),
        ("RCPT TO:<postmaster>", "RCPT TO:<postmaster>"),
        ("RCPT TO:<a@b> NOTIFY=NEVER ORCPT=rfc822;a@b", "RCPT TO:<a@b> NOTIFY=NEVER ORCPT=rfc822;a@b"),
        ("RCPT TO:\"a b\"@c", "RCPT TO:<\"a b\"@c>"),
        ("DATA ", "DATA"),
        ("BDAT 0 last", "BDAT 0 LAST"),
        ("BDAT 86 ", "BDAT 86"),
        ("RSET", "RSET"),
        ("NOOP  some  words ", "NOOP some  words"),
        ("QUIT", "QUIT"),
        ("VRFY jan", "VRFY jan"),
        ("EXPN", "EXPN"),
        ("HELP mail", "HELP mail"),
        ("AUTH LOGIN", "AUTH LOGIN"),
        ("get / HTTP/1.1", "GET / HTTP/1.1"),
        ("Subject: hello", "SUBJECT: hello"),
    ];
    for (line, canonical) in cases {
        let command = Command::parse(line.as_bytes()).unwrap_or_else(|error| panic!("{line:?}: {error}"));
        assert_eq!(command.to_string(), canonical, "{line:?}");
        assert_eq!(Command::parse(canonical.as_bytes()), Ok(command), "{canonical:?} read again");
    }
}

#[test]
fn broken_commands_and_their_replies() {
    let long = [b"NOOP ".to_vec(), vec![b'a'; MAX_COMMAND_LINE]].concat();
    let cases: &[(&[u8], &str)] = &[
        (b"", "500 5.5.2"),
        (b"   ", "500 5.5.2"),
        (b"NOOP\0", "500 5.5.2"),
        (b"NOOP\x1b[2J", "500 5.5.2"),
        (b"EHLO a\nMAIL FROM:<>", "500 5.5.2"),
        (b"EHLO a\rb", "500 5.5.2"),
        (b"NOOP \xff", "500 5.5.2"),
        (b"NOOP \xc2\x85", "500 5.5.2"),
        (&long, "500 5.5.2"),
        (b"EHLO", "501 5.5.4"),
        (b"EHLO a b", "501 5.5.4"),
        (b"DATA now", "501 5.5.4"),
        (b"QUIT now", "501 5.5.4"),
        (b"\xc3\xa9", "501 5.5.4"),
        (b"MAIL", "501 5.5.4"),
        (b"MAIL TO:<a@b>", "501 5.5.4"),
        (b"MAIL FROM <a@b>", "501 5.5.4"),
        (b"MAIL FROM:<a@b>SIZE=1", "501 5.5.4"),
        (b"MAIL FROM:<a@b> SIZE=1 size=2", "501 5.5.4"),
        (b"MAIL FROM:<a@b> =1", "501 5.5.4"),
        (b"MAIL FROM:<a@b> SIZE=", "501 5.5.4"),
        (b"MAIL FROM:", "501 5.1.7"),
        (b"MAIL FROM:<a>", "501 5.1.7"),
        (b"MAIL FROM:<a@b", "501 5.1.7"),
        (b"RCPT TO:<>", "501 5.1.3"),
        (b"RCPT TO:<a@b c>", "501 5.1.3"),
        (b"RCPT TO:<\"a@b>", "501 5.1.3"),
        (b"BDAT", "501 5.5.4"),
        (b"BDAT -1", "501 5.5.4"),
        (b"BDAT +1", "501 5.5.4"),
        (b"BDAT 99999999999999999999", "501 5.5.4"),
        (b"BDAT 1 LAST 2", "501 5.5.4"),
    ];
    for (line, reply) in cases {
        let seen = String::from_utf8_lossy(line);
        let error = Command::parse(line).expect_err(&seen);
        let got = error.reply().to_string();
        assert!(got.starts_with(reply), "{seen:?} got {got:?}, not {reply}");
    }
}

#[test]
fn errors_name_the_place() {
    assert_eq!(Command::parse(b"NOOP a\0"), Err(CommandError::ControlCharacter { at: 6 }));
    assert_eq!(Command::parse(b"NOOP a\xff"), Err(CommandError::NotUtf8 { at: 6 }));
    assert_eq!(Command::parse(b"RCPT TO:<a@b..c>"), Err(CommandError::ForwardPath(PathError::Domain)));
}

#[test]
fn checked_values_hold_no_line_end() {
    assert_eq!(HeloName::new("a\r\nMAIL"), None);
    assert_eq!(HeloName::new(""), None);
    assert_eq!(HeloName::new(&"a".repeat(256)), None);
    assert_eq!(Argument::new("a\nb"), None);
    assert_eq!(Verb::new("DATA"), None);
    assert_eq!(Verb::new("X Y"), None);
    assert_eq!(crate::Parameter::new("X", Some("a b")), None);
    assert_eq!(crate::Parameter::new("X", Some("a\r\nb")), None);
    assert_eq!(crate::Parameter::new("-X", None), None);
}

proptest! {
    /// Any line whatever gives a command or an error; a command written is one line, and reads as itself.
    #[test]
    fn total_and_written_as_read(line in prop::collection::vec(any::<u8>(), 0..80)) {
        round_trip(&line)?;
    }

    #[test]
    fn commands_like_real_ones(
        verb in "(?i)(MAIL FROM:|RCPT TO:|EHLO |HELO |NOOP |VRFY |BDAT |X[A-Z]* )",
        rest in r#"[<>@a-c."\\ =:,\[\]é1-3-]{0,30}"#,
    ) {
        round_trip(format!("{verb}{rest}").as_bytes())?;
    }
}

fn round_trip(line: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(command) = Command::parse(line) {
        let mut written = Vec::new();
        command.write(&mut written);
        let body = written.strip_suffix(b"\r\n").unwrap();
        prop_assert!(!body.iter().any(u8::is_ascii_control));
        prop_assert_eq!(Command::parse(body), Ok(command));
    }
    Ok(())
}
