//! Files of both generations, whole and broken, and what is told of recipients.

use proptest::prelude::*;

use super::*;

const FIELDS_2019: &str = "#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,\
    event-id,internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,\
    related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,\
    original-client-ip,original-server-ip,custom-data,transport-traffic-type,log-id,schema-version";

/// Rows as `line event connector recipients status return-path`, errors as `line error`.
fn told(file: &str) -> Vec<String> {
    let (mut reader, mut told) = (TrackingReader::default(), Vec::new());
    let mut each = |entry: Entry<'_>| {
        told.push(match entry.row {
            Ok(row) => format!(
                "{} {:?} {} {} {} {}",
                entry.line, row.event, row.connector_id, row.recipients, row.recipient_status, row.return_path
            ),
            Err(error) => format!("{} {error}", entry.line),
        });
    };
    reader.feed(file.as_bytes(), &mut each);
    reader.finish(&mut each);
    told
}

#[test]
fn reads_files() {
    let check = |name: &str, file: &str, expected: &[&str]| assert_eq!(told(file), expected, "{name}");
    let fail = "2026-11-20T08:00:01.000Z,10.0.0.5,EX1,192.0.2.9,example.mail.protection.outlook.com,,Outbound to Office 365,SMTP,FAIL,\
        1,<a@contoso.com>,11111111-2222-3333-4444-555555555555,x@fabrikam.com,\"[{LED=550 5.7.64 TenantAttribution, denied};{MSG=}]\",\
        100,1,,<b@contoso.com>,\"Hello, world\",a@contoso.com,<>,2026-11-20T08:00:00.000Z;SRV=EX1,Originating,,,,S:A=B,Email,,15.01.2507.006";
    let expected = "Fail Outbound to Office 365 x@fabrikam.com [{LED=550 5.7.64 TenantAttribution, denied};{MSG=}] <>";
    check("2019", &format!("\u{feff}#Software: x\r\n{FIELDS_2019}\r\n{fail}\r\n"), &[&format!("3 {expected}")]);
    check("without header", fail, &[&format!("1 {expected}")]);
    check("text above", &format!("Here it is, as asked\n\n{FIELDS_2019}\n{fail}"), &[&format!("4 {expected}")]);
    check(
        "2010",
        "2016-04-05T00:00:02.052Z,,,,,\"MDB:1, Mailbox:2\",,STOREDRIVER,NOTIFYMAPI,,,,,,,,,,,,,,,,,S:I=0",
        &["1 Other(\"NOTIFYMAPI\")    "],
    );
    check(
        "cut off",
        &format!("{FIELDS_2019}\n{fail}\n2026-11-20T08:00:02.000Z,10.0.0.5,EX1,\"abc"),
        &[&format!("2 {expected}"), "3 a quote is not closed"],
    );
    check(
        "a quote was lost",
        &format!("{FIELDS_2019}\n2026-11-20T08:00:02.000Z,10.0.0.5,EX1,\"abc\n{fail}"),
        &["2 a quote is not closed", &format!("3 {expected}")],
    );
    check("text below", &format!("{fail}\n\nRegards"), &[&format!("1 {expected}"), "3 no row of a tracking log"]);
    check("too few fields", &format!("{FIELDS_2019}\n2026-11-20T08:00:02.000Z,a"), &["2 2 fields in 30 columns"]);
    check("no time", &fail.replace("T08:00:01.000Z,10", "T8,10"), &["1 no time: \"2026-11-20T8\""]);
    let lines = fail.replace("Hello, world", "Hello,\nworld");
    check("a subject of two lines", &format!("{lines}\n{fail}"), &[&format!("1 {expected}"), &format!("3 {expected}")]);
}

#[test]
fn takes_statuses_apart() {
    let check = |text: &str, last_error: &str, fqdn: Option<&str>, ip: Option<&str>| {
        let expected = RecipientStatus { last_error, fqdn, ip };
        assert_eq!(RecipientStatus::parse(text), expected, "{text}");
    };
    check("250 2.1.5 Recipient OK", "250 2.1.5 Recipient OK", None, None);
    check("", "", None, None);
    check(
        "[{LED=550 5.7.51 Tenant; x [CH3.prod.example 2026-01-29T19:07:30.476Z 08DD3FA5DBC8F401]};{MSG=};{FQDN=a.example};{IP=192.0.2.1};{LRT=1/29/2026 7:07:29 PM}]",
        "550 5.7.51 Tenant; x [CH3.prod.example 2026-01-29T19:07:30.476Z 08DD3FA5DBC8F401]",
        Some("a.example"),
        Some("192.0.2.1"),
    );
    check("[{LRT=};{LED=550 5.7.1 R.Auth; needed};{FQDN=};{IP=}]", "550 5.7.1 R.Auth; needed", None, None);
    check(
        "[{LED=451 4.4.397 Error. -> 421 4.4.2 Dropped};{MSG=};a.example.com};{IP=x};{LRT=8/20/2018 12:00:39 AM}]",
        "451 4.4.397 Error. -> 421 4.4.2 Dropped",
        None,
        Some("x"),
    );
    check(
        "[<LRI-2019/11/4 13:31:03>; <led-451 4.4.0 Primary: \"454 4.7.0 T.\" at 10.**:**>;<FQDN-M10.contoso.intra>;<IP=10.**.**>]",
        "451 4.4.0 Primary: \"454 4.7.0 T.\" at 10.**:**",
        Some("M10.contoso.intra"),
        Some("10.**.**"),
    );
    check(
        "[{LED=451 4.7.23 IB305 i{2b0c499b};{x};{MSG=};{FQDN=ext.example}]. OutboundProxyTargetIP: 192.0.2.7",
        "451 4.7.23 IB305 i{2b0c499b};{x",
        Some("ext.example"),
        None,
    );
    check("[{LED=550 5.7.64 cut off here", "550 5.7.64 cut off here", None, None);
}

#[test]
fn splits_statuses() {
    let check = |list: &str, expected: &[&str]| assert_eq!(split_statuses(list), expected, "{list}");
    check("", &[]);
    check("To;Cc", &["To", "Cc"]);
    check("[{LED=a;b};{IP=}];[{LED=[c]};{IP=}]", &["[{LED=a;b};{IP=}]", "[{LED=[c]};{IP=}]"]);
    check("[{LED=a};{IP=}];250 2.1.5 Recipient OK", &["[{LED=a};{IP=}]", "250 2.1.5 Recipient OK"]);
    check("{[{LED=a};{IP=}], [{LED=b};{IP=}]}", &["[{LED=a};{IP=}]", "[{LED=b};{IP=}]"]);
    check("[{LED=a", &["[{LED=a"]);
}

#[test]
fn finds_custom_data() {
    let check = |text: &str, key: &str, expected: Option<&str>| assert_eq!(custom_data(text, key), expected, "{text}");
    check("S:ToEntity=Internet;S:Proxy=a;b", "proxy", Some("a;b"));
    check("{[E2ELatency, 0.701], [ToEntity, Unknown]}", "ToEntity", Some("Unknown"));
    check("[A, b];[C, d]", "C", Some("d"));
    check("S:A=B", "C", None);
}

proptest! {
    #[test]
    fn is_total(file in "[2026\\-T:Z,\"#FieldsLED=\\[\\]{}<>;\n ]{0,300}", octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = told(&file);
        let _ = told(&String::from_utf8_lossy(&octets));
        for status in split_statuses(&file) {
            let _ = RecipientStatus::parse(status);
        }
        let _ = custom_data(&file, "LED");
    }

    #[test]
    fn as_many_statuses_as_were_joined(errors in proptest::collection::vec("[a-z0-9 ;.\\[\\]-]{0,30}", 1..5)) {
        let wrapped: Vec<String> = errors.iter().map(|error| format!("[{{LED={error}x}};{{MSG=}};{{IP=192.0.2.1}}]")).collect();
        let joined = wrapped.join(";");
        prop_assert_eq!(split_statuses(&joined), wrapped);
    }
}
