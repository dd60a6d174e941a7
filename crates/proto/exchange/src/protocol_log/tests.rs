//! Rows written and read, the shapes that real files have, and whatever else a file may hold.

use std::borrow::Cow;

use jiff::Timestamp;
use proptest::prelude::*;
use proto_certificate::ParsedCertificate;

use super::csv;
use super::*;

const AT: &str = "2026-11-24T13:05:09.042Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn record<'a>(event: Event<'a>, data: &'a str, context: &'a str) -> Record<'a> {
    Record {
        at: at(AT),
        connector_id: "Outbound to hub".into(),
        session_id: "08DE2B5A3D9730A8".into(),
        sequence_number: 3,
        local_endpoint: "192.0.2.10:40216".into(),
        remote_endpoint: "[2001:db8::1]:25".into(),
        event,
        data: data.into(),
        context: context.into(),
    }
}

#[test]
fn rows_as_exchange_writes_them() {
    let check = |event: Event<'_>, data: &str, context: &str, expected: &str| {
        let head = format!("{AT},Outbound to hub,08DE2B5A3D9730A8,3,192.0.2.10:40216,[2001:db8::1]:25,");
        assert_eq!(record(event, data, context).to_line(), format!("{head}{expected}\r\n"));
    };
    check(Event::Connect, "", "", "+,,");
    check(Event::Disconnect, "", "Remote", "-,,Remote");
    check(Event::Send, "EHLO mail.contoso.com", "", ">,EHLO mail.contoso.com,");
    check(Event::Receive, "220 hub ready at Wed, 11 Jan", "", "<,\"220 hub ready at Wed, 11 Jan\",");
    check(Event::Information, "O=\"thawte, Inc.\"", "a, b", "*,\"O=\"\"thawte, Inc.\"\"\",\"a, b\"");
    check(Event::Receive, " CN=a b", "", "<, CN=a b,");
    // What would make two rows of one, or play on the reader's terminal.
    check(Event::Receive, "a\r\nb\x1b[31m\0\x7f", "", "<,a␍␊b␛[31m␀␡,");
    check(Event::Receive, "a\u{85}b\u{2028}c\u{202e}d\u{feff}", "", "<,a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd},");
    check(Event::Information, "příliš žluťoučký 组织", "", "*,příliš žluťoučký 组织,");
}

/// What a file gives: the number of its line, sign and data of each row, or what is wrong.
fn shown(file: &[u8]) -> Vec<String> {
    Reader::new(file)
        .map(|(line, row)| match row {
            Ok(row) => format!("{line} {} {}|{}", row.event, row.data, row.context),
            Err(error) => format!("{line} {error}"),
        })
        .collect()
}

#[test]
fn reads_what_files_hold() {
    let check = |file: &str, expected: &[&str]| assert_eq!(shown(file.as_bytes()), expected, "{file:?}");
    let row = |rest: &str| format!("{AT},C,S,1,L,R,{rest}");
    let fields = LogKind::Send.header("Postwarden", at(AT));
    check("", &[]);
    check(&fields, &[]);
    check(&format!("{fields}{}\r\n", row("<,250 ok,")), &["6 < 250 ok|"]);
    // Without a header, with a byte order mark, with LF, with empty lines, without the last line end.
    check(&format!("\u{feff}{}\n\n{}", row("+,,"), row("-,,Local")), &["1 + |", "3 - |Local"]);
    // Several files in one.
    check(&format!("{fields}{}\r\n\u{feff}{fields}{}\r\n", row("+,,"), row("-,,")), &["6 + |", "12 - |"]);
    // Columns in another order, unknown ones, and fewer fields than columns.
    check(
        &format!("#fields: Data, event,extra,date-time\nhello,>,x,{AT}\nhello,?,,{AT}\n"),
        &["2 > hello|", "3 ? hello|"],
    );
    check(&format!("{}\n", row("+")), &["1 + |"]);
    check(&format!("{}\n", row("*,\"a \"\"b\"\", c\"d,e")), &["1 * a \"b\", cd|e"]);
    // What is wrong with a row is told, and the next is read.
    check(&format!("{}\n{}\n", row("<,\"250 ok,"), row("-,,")), &["1 a quote is not closed", "2 - |"]);
    check(
        &format!("{}\nyesterday,C,S,1,L,R,+,,\n{AT},C,S,one,L,R,+,,\n{AT},C,S\n", row("<,CN=a, O=b,c,d")),
        &[
            "1 11 fields in 9 columns; a value with a comma lost its quotes",
            "2 date-time cannot be read: \"yesterday\"",
            "3 sequence-number cannot be read: \"one\"",
            "4 there is no event",
        ],
    );
    // Cut off: the last line has no end, and not all its columns or an open quote.
    let cut = "the file ends in the middle of this row";
    check(&format!("{}\n{AT},C,S,1,L,R,<,250", row("+,,")), &["1 + |", &format!("2 {cut}")]);
    check(&row("<,\"250 ok"), &[&format!("1 {cut}")]);
    check("2026-11", &[&format!("1 {cut}")]);
}

#[test]
fn octets_that_are_no_text_are_stood_for() {
    let mut file = format!("{AT},C,S,1,L,R,<,").into_bytes();
    file.extend(b"caf\xe9,\n");
    assert_eq!(shown(&file), ["1 < caf\u{fffd}|"]);
}

#[test]
fn headers_are_told() {
    let check = |kind: LogKind, log_type: &str| {
        let text = kind.header("Postwarden", at(AT));
        let mut reader = Reader::new(text.as_bytes());
        assert!(reader.next().is_none());
        let header = reader.header().clone();
        assert_eq!((header.kind(), header.log_type.as_str()), (Some(kind), log_type));
        assert_eq!(
            (header.software.as_str(), header.version.as_str(), header.date.as_str()),
            ("Postwarden", "15.0.0.0", AT)
        );
        assert_eq!((header.fields.len(), header.fields[7].as_str()), (9, "data"));
    };
    check(LogKind::Send, "SMTP Send Protocol Log");
    check(LogKind::Receive, "SMTP Receive Protocol Log");
}

#[test]
fn file_names() {
    let hour = at("2026-11-24T13:59:59.999Z");
    assert_eq!(LogFileName::new(LogKind::Send, hour, 12).to_string(), "SEND2026112413-12.LOG");
    let check = |name: &str, expected: bool| {
        let parsed = LogFileName::parse(LogKind::Receive, name);
        assert_eq!(parsed.map(|name| name.to_string()).as_deref(), expected.then_some(name), "{name}");
    };
    check("RECV2026112413-1.LOG", true);
    check("RECV2026112413-4294967295.LOG", true);
    for other in [
        "RECV2026112413-1.log",
        "SEND2026112413-1.LOG",
        "RECV2026112413-01.LOG",
        "RECV2026112413-+1.LOG",
        "RECV2026112424-1.LOG",
        "RECV2026022913-1.LOG",
        "RECV20261124-1.LOG",
        "RECV2026112413-1.LOG.gz",
        "RECV2026112413-4294967296.LOG",
        "RECVé026112413-1.LOG",
        "",
    ] {
        check(other, false);
    }
    let name = LogFileName::parse(LogKind::Receive, "RECV2026112413-1.LOG").unwrap();
    assert!(name.is_for(hour) && !name.is_for(at("2026-11-24T14:00:00Z")));
    assert_eq!(name.ends(), at("2026-11-24T14:00:00Z"));
    let key = |text: &str| LogFileName::parse(LogKind::Receive, text).unwrap().age_key();
    assert!(key("RECV2026112413-10.LOG") > key("RECV2026112413-9.LOG"));
    assert!(key("RECV2026112414-1.LOG") > key("RECV2026112413-10.LOG"));
}

#[test]
fn commands_are_rows_and_credentials_are_none() {
    let check = |said: &[&str], expected: &[&str]| {
        let mut commands = Commands::default();
        let rows: Vec<_> = said.iter().flat_map(|octets| commands.rows(octets.as_bytes())).collect();
        assert_eq!(rows, expected, "{said:?}");
    };
    check(&["EHLO a\r\n", "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"], &["EHLO a", "MAIL FROM:<a@b>", "RCPT TO:<c@d>"]);
    check(&["NOOP"], &["NOOP"]);
    let masked = "<authentication data>";
    check(&["AUTH PLAIN AGEAYg==\r\n", "QUIT\r\n"], &[&format!("AUTH {masked}"), "QUIT"]);
    check(
        &["auth LOGIN\r\ndXNlcg==\r\nc2VjcmV0\r\nMAIL FROM:<>\r\nfoo\r\n"],
        &[&format!("auth {masked}"), masked, masked, "MAIL FROM:<>", "foo"],
    );
    check(&["\tAUTH\tPLAIN secret\r\n"], &[&format!("AUTH {masked}")]);
    let long = "x".repeat(MAX_SAID + 10);
    check(&[&long], &[&format!("{}…", "x".repeat(MAX_SAID))]);
}

#[test]
fn replies_are_rows_however_they_come() {
    let check = |said: &str, expected: &[&str], left: Option<&str>| {
        for size in [1, 3, said.len().max(1)] {
            let mut replies = Replies::default();
            let rows: Vec<_> = said.as_bytes().chunks(size).flat_map(|octets| replies.rows(octets)).collect();
            assert_eq!(rows, expected, "{said:?} by {size}");
            assert_eq!(replies.finish().as_deref(), left, "{said:?} by {size}");
            assert_eq!(replies.finish(), None);
        }
    };
    check("220 hub ready\r\n", &["220 hub ready"], None);
    check("250-hub Hello\r\n250-SIZE 100\r\n250 8BITMIME\r\n", &["250  hub Hello SIZE 100 8BITMIME"], None);
    check("250 a\r\n250-b\r\n250 c\r\n354\r\n", &["250 a", "250  b c", "354"], None);
    check("550-5.7.1 a\n551 b\n", &["550  5.7.1 a", "551 b"], None);
    check("hello\r\n250 a", &["hello"], Some("250 a"));
    check("250-a\r\nwhat\r\n250-b\r\n25", &["250  a", "what"], Some("250  b 25"));
    check("", &[], None);
    let endless = "250-x\r\n".repeat(5_000) + "250 y\r\n";
    let mut replies = Replies::default();
    let rows = replies.rows(endless.as_bytes());
    assert!(rows.len() == 1 && rows[0].len() <= MAX_SAID + 10, "{}", rows[0].len());
    assert!(replies.rows(&vec![b'x'; 1 << 20]).is_empty());
    assert_eq!(replies.finish().unwrap().chars().count(), MAX_SAID + 1);
}

#[test]
fn a_certificate_is_one_row() {
    let mut params = rcgen::CertificateParams::new(vec!["mail.contoso.com".into(), "*.contoso.com".into()]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::OrganizationName, "Contoso, Ltd.");
    params.distinguished_name.push(rcgen::DnType::CommonName, "mail.contoso.com");
    params.serial_number = Some(vec![0x0a, 0xbc].into());
    params.not_before = rcgen::date_time_ymd(2026, 1, 2);
    params.not_after = rcgen::date_time_ymd(2027, 1, 2);
    let der = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().to_vec();
    let certificate = ParsedCertificate::parse(&der).unwrap();
    let (data, context) = certificate_row(WhoseCertificate::Own, &certificate);
    let name = "CN=mail.contoso.com, O=\"Contoso, Ltd.\"";
    let rest = "2026-01-02T00:00:00.000Z 2027-01-02T00:00:00.000Z mail.contoso.com;*.contoso.com";
    assert_eq!(data, format!(" {name} {name} 0ABC {} {rest}", certificate.sha1));
    let labels = "Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names";
    assert_eq!(context, format!("Sending certificate {labels}"));
    let (_, context) = certificate_row(WhoseCertificate::Peers, &certificate);
    assert_eq!(context, format!("Remote certificate {labels}"));
}

#[test]
fn handshakes() {
    let check = |version: &str, cipher: &str, group: &str, expected: &str| {
        let row = negotiation_row(TlsSide::Client, version, cipher, group);
        assert_eq!(row, format!("TLS protocol {expected}"));
    };
    check(
        "TLS1.2",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "secp256r1",
        "SP_PROT_TLS1_2_CLIENT negotiation succeeded using bulk encryption algorithm CALG_AES_128 with strength 128 bits, \
         MAC hash algorithm CALG_SHA_256 with strength 0 bits and key exchange algorithm CALG_ECDH_EPHEM with strength 256 bits",
    );
    check(
        "TLS1.3",
        "TLS_AES_256_GCM_SHA384",
        "X25519MLKEM768",
        "SP_PROT_TLS1_3_CLIENT negotiation succeeded using bulk encryption algorithm CALG_AES_256 with strength 256 bits, \
         MAC hash algorithm CALG_SHA_384 with strength 0 bits and key exchange algorithm X25519MLKEM768",
    );
    check(
        "TLS1.3",
        "TLS_CHACHA20_POLY1305_SHA256",
        "",
        "SP_PROT_TLS1_3_CLIENT negotiation succeeded using bulk encryption algorithm CHACHA20_POLY1305 with strength 256 bits, \
         MAC hash algorithm CALG_SHA_256 with strength 0 bits and key exchange algorithm unknown",
    );
    assert!(negotiation_row(TlsSide::Server, "TLS1.3", "", "").starts_with("TLS protocol SP_PROT_TLS1_3_SERVER "));
}

/// Texts with what matters to the format in them more often than chance would have it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a\", \r\n#é\u{feff}+*-]{0,12}"]
}

fn any_record() -> impl Strategy<Value = Record<'static>> {
    let times = -62_135_596_800_000..=253_402_207_199_999_i64;
    let sign = prop_oneof![Just("+"), Just("-"), Just(">"), Just("<"), Just("*"), Just("!")];
    (times, any::<u64>(), sign, [text(), text(), text(), text(), text(), text()]).prop_map(
        |(time, sequence_number, sign, [connector, session, local, remote, data, context])| Record {
            at: Timestamp::from_millisecond(time).unwrap(),
            connector_id: connector.into(),
            session_id: session.into(),
            sequence_number,
            local_endpoint: local.into(),
            remote_endpoint: remote.into(),
            event: Event::of_sign(sign),
            data: data.into(),
            context: context.into(),
        },
    )
}

/// The record as writing makes it.
fn harmless(record: &Record<'_>) -> Record<'static> {
    let made =
        |text: &Cow<'_, str>| -> Cow<'static, str> { text.chars().map(csv::harmless).collect::<String>().into() };
    Record {
        connector_id: made(&record.connector_id),
        session_id: made(&record.session_id),
        local_endpoint: made(&record.local_endpoint),
        remote_endpoint: made(&record.remote_endpoint),
        data: made(&record.data),
        context: made(&record.context),
        ..record.clone().into_owned()
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(records in prop::collection::vec(any_record(), 0..5)) {
        let mut file = LogKind::Receive.header("Postwarden", at(AT));
        records.iter().for_each(|record| file.push_str(&record.to_line()));
        let read: Vec<_> = Reader::new(file.as_bytes()).map(|(_, row)| row.unwrap()).collect();
        let expected: Vec<_> = records.iter().map(harmless).collect();
        prop_assert_eq!(&read, &expected);
        let again: String = read.iter().map(Record::to_line).collect();
        prop_assert!(file.ends_with(&again));
    }

    #[test]
    fn any_octets_are_read_to_their_end(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let lines = octets.split(|octet| *octet == b'\n').count();
        prop_assert!(Reader::new(&octets).count() <= lines);
    }

    #[test]
    fn any_text_with_marks_is_read_to_its_end(octets in "[#Fields:,\"\r\na+é\u{feff}]{0,80}") {
        prop_assert!(Reader::new(octets.as_bytes()).all(|(line, _)| line > 0));
    }

    #[test]
    fn replies_do_not_depend_on_how_they_are_cut(octets in "[25\r\n a-]{0,60}", size in 1..20_usize) {
        let mut whole = Replies::default();
        let mut cut = Replies::default();
        let expected = whole.rows(octets.as_bytes());
        let rows: Vec<_> = octets.as_bytes().chunks(size).flat_map(|part| cut.rows(part)).collect();
        prop_assert_eq!(rows, expected);
        prop_assert_eq!(cut.finish(), whole.finish());
    }
}

/// A line of quotes and commas as long as a whole file is read in one go, and so is a file of one line.
#[test]
fn long_lines_are_read_once() {
    for unit in ["\"\"", ",", "a", "\",", "é"] {
        let file = format!("{AT},C,S,1,L,R,<,\"{}", unit.repeat(4_000_000 / unit.len()));
        assert_eq!(Reader::new(file.as_bytes()).count(), 1, "{unit}");
    }
}
