//! Rows that are known again must be read as if they were not.

use proptest::prelude::*;

use super::super::{Session, Sessions};
use super::*;

/// What the lines tell, and all that is kept of the reading. `knowing`: rows may be known again by those before them.
fn read(lines: &[String], knowing: bool) -> (Vec<Session>, String) {
    let (mut sessions, mut told) = (Sessions::default(), Vec::new());
    let mut on = |session: Box<Session>| {
        told.push(Session::clone(&session));
        Some(session)
    };
    for line in lines {
        if !knowing {
            sessions.reading.beginnings = Beginnings::default();
        }
        sessions.feed(line.as_bytes(), &mut on);
    }
    sessions.finish(&mut on);
    let counts = format!("{} {:?} {:?} {:?}", sessions.rows(), sessions.span(), sessions.faults(), sessions.kind());
    (told, counts)
}

/// How many rows of these lines are known again.
fn known_again(lines: &[String]) -> usize {
    let mut sessions = Sessions::default();
    let is_known = |line: &&String| {
        let reading = &mut sessions.reading;
        let row = line.trim_end_matches(['\r', '\n']).as_bytes();
        let is_known = reading.known_row(1, row, &mut Some);
        if !is_known {
            sessions.feed(line.as_bytes(), &mut Some);
        }
        is_known
    };
    lines.iter().filter(is_known).count()
}

fn row(rest: &str) -> String {
    format!("2026-11-24T13:05:09.042Z,Outbound,08DE00000000000A,1,10.0.0.5:4711,192.0.2.1:25,{rest}\r\n")
}

#[test]
fn knows_rows_again() {
    let check = |first: &str, second: String, expected: usize| {
        let lines = [row(first), second];
        assert_eq!(known_again(&lines), expected, "{lines:?}");
        assert_eq!(read(&lines, true), read(&lines, false), "{lines:?}");
    };
    let of = |from: &str, to: &str| row("<,250 ok,").replacen(from, to, 1);
    check(">,EHLO a,", row("<,250 ok,"), 1);
    check(">,EHLO a,", row("*,\" CN=\"\"a\"\"\",Sending certificate"), 1);
    check(">,EHLO a,", row("-,,Local"), 1);
    check(">,EHLO a,", of(",1,", ",,"), 1);
    check(">,EHLO a,", of("09.042Z", "59.999Z"), 1);
    // Anything else is read field by field.
    check(">,EHLO a,", row("+,,"), 0);
    check(">,EHLO a,", row("\"<\",250 ok,"), 0);
    check(">,EHLO a,", row("<,\"250 ok,"), 0);
    check(">,EHLO a,", row("<"), 0);
    check(">,EHLO a,", of("13:05", "13:06"), 0);
    check(">,EHLO a,", of("042Z", "42Z"), 0);
    check(">,EHLO a,", of("Outbound", "Outbound2"), 0);
    check(">,EHLO a,", of("Outbound", "\"Outbound\""), 0);
    check(">,EHLO a,", of("000A", "000B"), 0);
    check(">,EHLO a,", of(":4711", ":4712"), 0);
    check(">,EHLO a,", of(",1,", ",x,"), 0);
    // Before a row tells whose log it is.
    check("+,,", row("*,,a"), 0);
}

/// Rows out of parts that are mostly the same, and sometimes written in another way, or something else.
fn any_row() -> impl Strategy<Value = String> {
    let one_of = prop::sample::select::<&'static str>;
    let time = one_of(vec![
        "2026-11-24T13:05:09.042Z",
        "2026-11-24T13:05:10.000Z",
        "2026-11-24T13:06:09.042Z",
        "2026-11-24T13:05:9.0042Z",
        "Time",
    ]);
    let connector = one_of(vec!["Out", "Out", "Out", "\"Out\"", "\"a,b\"", "\"a\"b", ""]);
    let id = one_of(vec![
        "08DE00000000000A",
        "08DE00000000000A",
        "08DE00000000000B",
        "\"08DE00000000000A\"",
        "\"08DE0000,000000A\"",
        "08DE0000,000000A",
        "short",
    ]);
    let number = one_of(vec!["0", "1", "2", "2", "", "x"]);
    let local = one_of(vec!["10.0.0.5:1", "10.0.0.5:1", "", "\"10.0.0.5:1\""]);
    let event = one_of(vec!["<", ">", "<", ">", "*", "*", "+", "-", "\"<\"", "?", ""]);
    let rest = one_of(vec![
        ",250 2.1.0 ok,",
        ",550 5.7.64 no,",
        ",\"250 2.6.0 a, b\",",
        ",EHLO a,",
        ",MAIL FROM:<a@b.example>,",
        ",RCPT TO:<c@d.example>,",
        ",BDAT 1 LAST,",
        ",\" CN=\"\"a\"\" CN=b 0A AB12AB12AB12AB12AB12AB12AB12AB12AB12AB12 a.example\",Sending certificate Certificate subject",
        ",\" CN=a CN=b 0B AB12AB12AB12AB12AB12AB12AB12AB12AB12AB12 b.example\",Sending certificate Certificate subject",
        ",,Sending certificate",
        ",CN=a,Certificate subject",
        ",,\"TLS protocol X negotiation succeeded, a\"",
        ",,Local",
        ",a,b,c",
        ",\"open",
        ",",
        "",
    ]);
    let end = one_of(vec!["\r\n", "\r\n", "\n"]);
    (time, connector, id, number, local, event, rest, end).prop_map(
        |(time, connector, id, number, local, event, rest, end)| {
            format!("{time},{connector},{id},{number},{local},192.0.2.1:25,{event}{rest}{end}")
        },
    )
}

proptest! {
    #[test]
    fn what_is_known_again_is_read_the_same(rows in prop::collection::vec(any_row(), 0..60), header in prop::option::of(0..60_usize)) {
        let mut rows = rows;
        if let Some(at) = header.filter(|at| *at <= rows.len()) {
            rows.insert(at, "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,data,event,context\r\n".to_owned());
        }
        prop_assert_eq!(read(&rows, true), read(&rows, false));
    }
}
