//! Sessions out of rows as real logs have them: interleaved, rotated, cut, copied, and hostile.

use proptest::prelude::*;

use super::*;
use crate::protocol_log::session::{Answer, Transaction};
use crate::protocol_log::{Event, Record};

/// Feeds a file in blocks of a size and gives what is told, in order, with the reader.
fn read(file: &[u8], size: usize) -> (Vec<Session>, Sessions) {
    let (mut sessions, mut told) = (Sessions::default(), Vec::new());
    let mut on = |session: Box<Session>| {
        told.push(Session::clone(&session));
        Some(session)
    };
    file.chunks(size).for_each(|block| sessions.feed(block, &mut on));
    sessions.finish(&mut on);
    (told, sessions)
}

/// Rows of a session with numbers and times; each is `SIGN data|context`.
fn rows(session: &str, from: u64, rows: &[&str]) -> Vec<String> {
    let row = |(number, row): (u64, &&str)| {
        let (event, rest) = row.split_at(1);
        let (data, context) = rest.trim_start().split_once('|').unwrap_or((rest.trim_start(), ""));
        let record = Record {
            at: format!("2026-11-24T13:05:{:02}.042Z", number % 60).parse().unwrap(),
            connector_id: "Outbound".into(),
            session_id: session.into(),
            sequence_number: number,
            local_endpoint: "10.0.0.5:4711".into(),
            remote_endpoint: "192.0.2.1:25".into(),
            event: Event::of_sign(event),
            data: data.into(),
            context: context.into(),
        };
        record.to_line()
    };
    (from..).zip(rows).map(row).collect()
}

const OPENING: [&str; 9] = [
    "+",
    "< 220 mx.example ESMTP",
    "> EHLO mail.contoso.com",
    "< 250  mx.example Hello [203.0.113.7] SIZE 1 STARTTLS PIPELINING",
    "> STARTTLS",
    "< 220 2.0.0 SMTP server ready",
    "* |TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded using bulk encryption algorithm X, MAC hash",
    "> EHLO mail.contoso.com",
    "< 250  mx.example Hello [203.0.113.7] SIZE 1 PIPELINING",
];

fn with_opening(rest: &[&str]) -> String {
    rows("08DE", 0, &[&OPENING, rest].concat()).concat()
}

fn answer(session: &Session, answer: &Answer) -> String {
    match answer {
        Answer::NotShown => "?".to_owned(),
        Answer::Positive => "+".to_owned(),
        Answer::Negative(reply) => format!("{}@{}", session.text(reply.text), reply.line.number),
    }
}

/// A transaction in a line: sender and answer, recipients and answers, the answer to the message.
fn transaction(session: &Session, transaction: &Transaction) -> String {
    let answer = |of: &Answer| answer(session, of);
    let recipients = session.recipients(transaction).iter();
    let recipients = recipients.map(|to| format!("{} {}", session.text(to.path), answer(&to.answer)));
    let sender = transaction.mail_from.map_or("unknown", |path| session.text(path));
    let stray = transaction.stray.as_ref().map_or_else(String::new, |reply| format!(" stray {}", reply.code));
    let recipients = recipients.collect::<Vec<_>>().join(", ");
    format!("<{sender}> {} [{recipients}] {}{stray}", answer(&transaction.mail), answer(&transaction.end))
}

fn transactions(file: &str) -> Vec<String> {
    all_transactions(&read(file.as_bytes(), file.len().max(1)).0)
}

fn all_transactions(told: &[Session]) -> Vec<String> {
    let of = |session: &Session| session.transactions.iter().map(|one| transaction(session, one)).collect::<Vec<_>>();
    told.iter().flat_map(of).collect()
}

/// How a session ended.
fn ended(session: &Session) -> Option<&str> {
    session.ended.map(|(how, _)| session.text(how))
}

#[test]
fn answers_find_their_commands() {
    let check = |rest: &[&str], expected: &[&str]| assert_eq!(transactions(&with_opening(rest)), expected, "{rest:?}");
    check(
        &[
            "> MAIL FROM:<a@contoso.com> SIZE=1",
            "< 250 2.1.0 Sender OK",
            "> RCPT TO:<b@x.example>",
            "< 250 2.1.5 OK",
            "> DATA",
            "< 354 go on",
            "< 250 2.6.0 queued",
        ],
        &["<a@contoso.com> + [b@x.example +] +"],
    );
    check(
        &[
            "> MAIL FROM:<>",
            "> RCPT TO:<b@x.example>",
            "> RCPT TO:<\"c>d\"@y.example>",
            "> BDAT 12 LAST",
            "< 250 ok",
            "< 250 ok",
            "< 550 5.7.64 no",
            "< 250 2.6.0 queued",
        ],
        &["<> + [b@x.example +, \"c>d\"@y.example 550 5.7.64 no@16] +"],
    );
    check(
        &[
            "> MAIL FROM:<a@b>",
            "> RCPT TO:<b@x.example>",
            "> DATA",
            "< 250 ok",
            "< 550 5.7.64 no",
            "< 503 5.5.2 no recipients",
            "> RSET",
            "< 250 ok",
            "> mail from:<c@d>",
            "< 530 5.7.0 no",
            "> QUIT",
            "< 221 bye",
            "- |Local",
        ],
        &["<a@b> + [b@x.example 550 5.7.64 no@14] 503 5.5.2 no recipients@15", "<c@d> 530 5.7.0 no@19 [] ?"],
    );
    // Chunks; a refusal in several rows; the end of the message refused.
    check(
        &[
            "> MAIL FROM:<a@b>",
            "< 250 ok",
            "> RCPT TO:<b@x.example>",
            "< 250 ok",
            "> BDAT 5",
            "< 250 ok",
            "> BDAT 5 LAST",
            "< 550-5.7.26 first",
            "< 550 5.7.26 second",
        ],
        &["<a@b> + [b@x.example +] 550-5.7.26 first 550 5.7.26 second@17"],
    );
    // The peer hangs up by itself, and no answer came.
    check(&["> MAIL FROM:<a@b>", "- |Remote(SocketError)"], &["<a@b> ? [] ?"]);
}

#[test]
fn the_beginning_in_an_earlier_file_is_unknown() {
    let check = |rest: &[&str], expected: &[&str]| {
        let file = rows("08DE", 17, rest).concat();
        let (told, _) = read(file.as_bytes(), 7);
        assert!(
            told.iter().all(|session| !session.begins && !session.opening_is_whole && !session.is_whole()),
            "{rest:?}"
        );
        assert_eq!(all_transactions(&told), expected, "{rest:?}");
    };
    check(&["< 550 5.7.64 TenantAttribution", "> RSET", "< 250 ok", "- |Local"], &["<unknown> ? [] ? stray 550"]);
    check(
        &["> RCPT TO:<b@x.example>", "< 250 2.1.0 Sender OK", "< 550 5.7.64 no"],
        &["<unknown> ? [b@x.example 550 5.7.64 no@3] ?"],
    );
    check(&["< 421 4.4.2 timed out", "- |Remote"], &[]);
}

#[test]
fn what_a_session_shows_of_itself() {
    let file = with_opening(&["> QUIT", "< 221 bye", "- |Local"]);
    let (told, sessions) = read(file.as_bytes(), 50);
    let [session] = &told[..] else { panic!("{told:?}") };
    assert!(session.is_whole());
    assert_eq!(
        (session.kind, ended(session), session.helo.map(|name| session.text(name))),
        (Some(LogKind::Send), Some("Local"), Some("mail.contoso.com"))
    );
    assert_eq!(
        [session.connector_id, session.local_endpoint, session.remote_endpoint].map(|text| session.text(text)),
        ["Outbound", "10.0.0.5:4711", "192.0.2.1:25"]
    );
    assert_eq!(session.banner.map(|banner| session.text(banner.text)), Some("220 mx.example ESMTP"));
    let greetings: Vec<_> =
        session.greetings.iter().map(|it| (it.before_tls, it.offers_starttls, it.reply.line.number)).collect();
    assert_eq!(greetings, [(true, true, 4), (false, false, 9)]);
    assert!(session.tls.asked && session.tls.accepted && session.tls.succeeded && session.tls.failed.is_none());
    assert_eq!((sessions.rows(), sessions.faults()), (12, (&[][..], 0)));
    let (first, last) = sessions.span().unwrap();
    assert_eq!(
        (first.to_string(), last.to_string()),
        ("2026-11-24T13:05:00.042Z".to_owned(), "2026-11-24T13:05:11.042Z".to_owned())
    );
}

#[test]
fn an_opening_with_a_gap_is_not_whole() {
    let check = |change: fn(&mut Vec<String>), expected: bool| {
        let mut lines =
            rows("08DE", 0, &[&OPENING[..], &["> MAIL FROM:<a@b>", "< 250 ok", "> RSET", "- |Local"]].concat());
        change(&mut lines);
        let (told, _) = read(lines.concat().as_bytes(), 1000);
        assert_eq!(told.iter().map(|session| session.opening_is_whole).collect::<Vec<_>>(), [expected], "{lines:?}");
    };
    check(|_| {}, true);
    check(|lines| drop(lines.remove(4)), false);
    check(|lines| drop(lines.remove(0)), false);
    check(|lines| lines.insert(3, lines[3].clone()), true);
    // After the opening a gap tells nothing about it.
    check(|lines| drop(lines.remove(10)), true);
    // The log itself says that it lost rows.
    check(
        |lines| {
            lines.insert(5, "2026-11-24T13:05:04.042Z,,,0,,,*,7,rows were lost from a to b: disk full\r\n".to_owned())
        },
        false,
    );
    check(
        |lines| {
            lines.insert(12, "2026-11-24T13:05:04.042Z,,,0,,,*,7,rows were lost from a to b: disk full\r\n".to_owned())
        },
        true,
    );
}

#[test]
fn certificates_of_all_forms() {
    let check = |rest: &[&str], own: Option<(&str, u64)>, peer: Option<&str>| {
        let file = rows("08DE", 5, rest).concat();
        let (told, _) = read(file.as_bytes(), 33);
        let shown = |shown: &Option<crate::protocol_log::ShownCertificate>| {
            shown
                .as_ref()
                .map(|shown| (shown.record.subject.clone(), shown.record.thumbprint.clone(), shown.line.number))
        };
        let [session] = &told[..] else { panic!("{rest:?}: {told:?}") };
        let found = shown(&session.own_certificate);
        assert_eq!(found.as_ref().map(|(subject, _, line)| (subject.as_str(), *line)), own, "{rest:?}");
        let found = shown(&session.peer_certificate);
        assert_eq!(found.as_ref().map(|(_, thumbprint, _)| thumbprint.as_str()), peer, "{rest:?}");
    };
    let (subject, thumbprint) = ("* CN=a, O=b|Certificate subject", "* AB12|Certificate thumbprint");
    check(
        &["* |Sending certificate", subject, thumbprint, "* |Received certificate", "* CD|Certificate thumbprint"],
        Some(("CN=a, O=b", 2)),
        Some("CD"),
    );
    check(&[thumbprint, subject], Some(("CN=a, O=b", 2)), None);
    check(&["* |Sending certificate"], Some(("", 1)), None);
    check(&["* |TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded", thumbprint], None, Some("AB12"));
    check(&["* |Sending certificate", subject, subject, "> EHLO x"], Some(("CN=a, O=b", 3)), None);
    check(
        &["*  CN=a CN=b 0A AB12AB12AB12AB12AB12AB12AB12AB12AB12AB12 a.example|Sending certificate Certificate subject"],
        Some(("CN=a", 1)),
        None,
    );
}

#[test]
fn sessions_end_in_more_ways_than_one() {
    let connect = |id: &str| rows(id, 0, &["+", "< 220 mx"]).concat();
    let check = |file: &str, expected: &[(&str, Option<&str>)]| {
        let (told, _) = read(file.as_bytes(), 100);
        let shown: Vec<_> = told.iter().map(|session| (session.text(session.session_id), ended(session))).collect();
        assert_eq!(shown, expected, "{file}");
    };
    // The same id again; the end of the file, the oldest first.
    check(&[connect("A"), connect("B"), connect("A")].concat(), &[("A", None), ("B", None), ("A", None)]);
    check(
        &rows(
            "A",
            0,
            &["* |attempting to connect", "* |Failed to connect. Error Message: no", "* |attempting to connect"],
        )
        .concat(),
        &[("A", None), ("A", None)],
    );
    check(&[connect("A"), rows("A", 2, &["- |Remote"]).concat()].concat(), &[("A", Some("Remote"))]);
}

#[test]
fn a_long_session_is_told_in_parts() {
    let message = ["> MAIL FROM:<a@b>", "> RCPT TO:<c@d>", "> BDAT 1 LAST", "< 250 ok", "< 250 ok", "< 250 ok"];
    let all: Vec<&str> = OPENING.into_iter().chain(message.into_iter().cycle().take(250 * message.len())).collect();
    let (told, _) = read(rows("08DE", 0, &all).concat().as_bytes(), 4096);
    let counts: Vec<_> = told.iter().map(|session| (session.transactions.len(), session.is_continued)).collect();
    assert_eq!(counts, [(100, false), (100, true), (50, true)]);
    assert!(told.iter().all(|session| session.tls.succeeded && session.opening_is_whole));
    assert!(told.iter().flat_map(|session| &session.transactions).all(|one| one.end == Answer::Positive));
}

#[test]
fn copies_are_understood() {
    let check = |file: &str, expected: &[&str]| assert_eq!(transactions(file), expected, "{file}");
    // Quoted mail, an unknown beginning, a comma that lost its quotes, columns left out, another order of columns.
    check(
        "> Hello, here is, the, log, we, have, it:\n> \n> 2026-11-24T13:05:09.042Z,Out,S,1,L,R,>,MAIL FROM:<a@b>,\n> 2026-11-24T13:05:09.042Z,Out,S,2,L,R,<,550 5.7.64 no, never,\n",
        &["<a@b> 550 5.7.64 no, never@4 [] ?"],
    );
    check(
        "2026-11-24T13:05:09.042Z,Out,S,1,L,R,>,MAIL FROM:<a@b>\n2026-11-24T13:05:09.042Z,Out,S,2,L,R,<,550 no\n",
        &["<a@b> 550 no@2 [] ?"],
    );
    check(
        "#Fields: event,data,session-id,date-time\n>,MAIL FROM:<a@b>,S,2026-11-24T13:05:09.042Z\n<,250 ok,S,2026-11-24T13:05:09.042Z\n",
        &["<a@b> + [] ?"],
    );
    // What was cut off is not taken for whole.
    check(
        "2026-11-24T13:05:09.042Z,Out,S,1,L,R,>,MAIL FROM:<a@b>,\n2026-11-24T13:05:09.042Z,Out,S,2,L,R,<,550 no",
        &["<a@b> ? [] ?"],
    );
}

#[test]
fn receive_logs_are_the_other_way_round() {
    let file = "#Log-type: SMTP Receive Protocol Log\n\
                2026-11-24T13:05:09.042Z,HUB\\25,S,0,192.0.2.1:25,203.0.113.7:4711,+,,\n\
                2026-11-24T13:05:09.042Z,HUB\\25,S,1,192.0.2.1:25,203.0.113.7:4711,>,220 hub,\n\
                2026-11-24T13:05:09.042Z,HUB\\25,S,2,192.0.2.1:25,203.0.113.7:4711,<,EHLO edge,\n\
                2026-11-24T13:05:09.042Z,HUB\\25,S,3,192.0.2.1:25,203.0.113.7:4711,>,250  hub STARTTLS,\n\
                2026-11-24T13:05:09.042Z,HUB\\25,S,4,192.0.2.1:25,203.0.113.7:4711,*,,Client certificate chain validation status: 'EmptyCertificate'\n\
                2026-11-24T13:05:09.042Z,HUB\\25,S,5,192.0.2.1:25,203.0.113.7:4711,<,MAIL FROM:<a@b>,\n\
                2026-11-24T13:05:09.042Z,HUB\\25,S,6,192.0.2.1:25,203.0.113.7:4711,>,250 ok,\n";
    let (told, _) = read(file.as_bytes(), 10);
    let [session] = &told[..] else { panic!("{told:?}") };
    assert_eq!((session.kind, session.helo.map(|name| session.text(name))), (Some(LogKind::Receive), Some("edge")));
    assert_eq!(session.no_client_certificate.as_ref().map(|line| line.number), Some(6));
    assert_eq!(all_transactions(&told), ["<a@b> + [] ?"]);
}

#[test]
fn faults_are_told_and_passed_over() {
    let good = "2026-11-24T13:05:09.042Z,Out,S,1,L,R,>,MAIL FROM:<a@b>,\n";
    let long = "x".repeat(MAX_LINE + 1);
    let file = [
        good,
        &long,
        "\n",
        "2026-11-24T13:05:09.042Z,Out,S,1,L,R,<,\"250 ok,\n",
        "\0\0\0\0\n",
        "so long,\n\n",
        good,
        "2026-11",
    ]
    .concat();
    for size in [1_000, 1 << 20] {
        let (_, sessions) = read(file.as_bytes(), size);
        let expected = [
            (2, LineFault::TooLong),
            (3, LineFault::OpenQuote),
            (4, LineFault::NoRow),
            (5, LineFault::NoRow),
            (8, LineFault::CutOff),
        ];
        assert_eq!((sessions.rows(), sessions.faults()), (2, (&expected[..], 0)), "blocks of {size}");
    }
    let (_, sessions) = read([good.to_owned(), "no row\n".repeat(100)].concat().as_bytes(), 1_000);
    assert_eq!((sessions.faults().0.len(), sessions.faults().1), (MAX_FAULTS, 100 - MAX_FAULTS as u64));
}

#[test]
fn what_is_open_is_bounded() {
    // Many sessions that never end.
    let file: String =
        (0..MAX_OPEN + 10).map(|id| format!("2026-11-24T13:05:09.042Z,Out,{id:016X},0,L,R,+,,\n")).collect();
    let (mut sessions, mut told) = (Sessions::default(), 0);
    sessions.feed(file.as_bytes(), &mut |_| {
        told += 1;
        None
    });
    assert_eq!((told, sessions.reading.index.len()), (10, MAX_OPEN));
    // Sessions of long texts, in which no answer ever comes.
    let mut sessions = Sessions::default();
    for at in 0..40_000 {
        let row = format!("2026-11-24T13:05:09.042Z,Out,{:X},0,L,R,>,MAIL FROM:<{}>,\n", at % 500, "é".repeat(2_000));
        sessions.feed(row.as_bytes(), &mut Some);
        assert!(sessions.reading.octets <= MAX_OPEN_OCTETS, "{}", sessions.reading.octets);
    }
    assert!(sessions.reading.by_age.len() <= 2 * MAX_OPEN + 1);
}

fn any_line() -> impl Strategy<Value = String> {
    let event = prop_oneof![Just("+"), Just("-"), Just("<"), Just(">"), Just("*"), Just("?"), Just("")];
    let data = prop_oneof![
        Just("MAIL FROM:<a@b>".to_owned()),
        Just("RCPT TO:<c@d>".to_owned()),
        Just("DATA".to_owned()),
        Just("EHLO x".to_owned()),
        "(220|250|354|421|550)[ -]([0-9.]{5} )?[a-z\"é]{0,5}",
        "[\"a,<>: ]{0,12}",
    ];
    let context = prop_oneof![Just(""), Just("Sending certificate"), Just("Certificate subject"), Just("Local")];
    ("[AB]", 0..9_u8, event, data, context).prop_map(|(id, number, event, data, context)| {
        format!("2026-11-24T13:05:09.042Z,C,{id},{number},L,R,{event},{data},{context}\n")
    })
}

proptest! {
    #[test]
    fn blocks_do_not_matter(lines in prop::collection::vec(any_line(), 0..40), size in 1..80_usize) {
        let file = lines.concat();
        let (whole, _) = read(file.as_bytes(), file.len().max(1));
        let (cut, _) = read(file.as_bytes(), size);
        prop_assert_eq!(whole, cut);
    }

    #[test]
    fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..400), size in 1..80_usize) {
        let (_, sessions) = read(&octets, size);
        let lines = octets.split(|octet| *octet == b'\n').count();
        prop_assert!(sessions.rows() <= lines as u64);
    }

    #[test]
    fn fields_are_those_of_the_other_reader(connector in "[a-z\", ]{0,8}", data in "[a-z\", ]{0,12}", context in "[a-z\", ]{0,12}") {
        let record = Record { connector_id: connector.clone().into(), data: data.clone().into(), context: context.clone().into(), ..empty() };
        let line = record.to_line();
        let fields = Fields::split(line.trim_end_matches("\r\n").as_bytes(), &Order::Usual, true);
        let fields = fields.map(|fields| (fields.connector_id.to_vec(), fields.data.into_owned(), fields.context.into_owned()));
        let doubled = if connector.contains([',', '"']) { connector.replace('"', "\"\"") } else { connector };
        prop_assert_eq!(fields, Ok((doubled.into_bytes(), data.into_bytes(), context.into_bytes())));
    }
}

fn empty() -> Record<'static> {
    Record {
        at: "2026-11-24T13:05:09.042Z".parse().unwrap(),
        connector_id: "".into(),
        session_id: "S".into(),
        sequence_number: 0,
        local_endpoint: "".into(),
        remote_endpoint: "".into(),
        event: Event::Information,
        data: "".into(),
        context: "".into(),
    }
}
