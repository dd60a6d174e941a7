//! Lines of Postfix, Exim and sendmail, and what each says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Vec<Delivery> {
    let mut reader = LogReader::default();
    (1..).zip(text.lines()).filter_map(|(number, line)| reader.line(number, line)).collect()
}

/// The only delivery of a log.
fn one(text: &str) -> Delivery {
    let mut deliveries = read(text);
    assert_eq!(deliveries.len(), 1, "{text}: {deliveries:#?}");
    deliveries.remove(0)
}

const HOP: &str = "contoso-com.mail.protection.outlook.com[198.51.100.7]:25";

/// A log of Postfix: the lines of the session, and the answer.
fn postfix(session: &str, status: &str) -> String {
    format!(
        "Mar  3 08:14:50 gw postfix/qmgr[7]: 4ABC: from=<anna@contoso.com>, size=900, nrcpt=1 (queue active)\n{session}\
         Mar  3 08:14:55 gw postfix/smtp[9]: 4ABC: to=<ugo@northwind.example>, relay={HOP}, delay=5, delays=0/0/0/5, {status}\n"
    )
}

#[test]
fn postfix_tells_answer_sender_and_hop() {
    let reply = "550 5.7.64 TenantAttribution; Relay Access Denied [DB5.eop-EUR01.prod.protection.outlook.com]";
    let check = |status: &str, expected: Result| assert_eq!(one(&postfix("", status)).result, expected, "{status}");
    check(
        &format!("dsn=5.7.64, status=bounced (host {HOP} said: {reply} (in reply to RCPT TO command))"),
        Result::Refused(reply.to_owned(), Some("RCPT TO")),
    );
    check(
        &format!(
            "dsn=5.7.64, status=bounced (host {HOP} said: 550 5.7.64 Relay Access Denied ATTR36 (in reply to end of DATA command))"
        ),
        Result::Refused("550 5.7.64 Relay Access Denied ATTR36".to_owned(), Some("end of data")),
    );
    check("dsn=2.6.0, status=sent (250 2.6.0 <1@contoso.com> Queued mail for delivery)", Result::Accepted);
    check(
        &format!("dsn=4.4.1, status=deferred (connect to {HOP}: Connection timed out)"),
        Result::Broken(format!("connect to {HOP}: Connection timed out")),
    );
    check(
        &format!("dsn=4.7.0, status=deferred (host {HOP} refused to talk to me: 421 4.7.0 busy)"),
        Result::Refused("421 4.7.0 busy".to_owned(), None),
    );
    let delivery = one(&postfix("", "dsn=2.6.0, status=sent (250 ok)"));
    assert_eq!(
        (delivery.sender.as_deref(), delivery.sender_line.map(|line| line.line)),
        (Some("anna@contoso.com"), Some(1))
    );
    assert_eq!(
        (delivery.recipient.as_deref(), delivery.transport.as_deref()),
        (Some("ugo@northwind.example"), Some("smtp"))
    );
    assert_eq!(delivery.relay.name.as_deref(), Some("contoso-com.mail.protection.outlook.com"));
    assert_eq!((delivery.relay.address, delivery.host.as_deref()), ("198.51.100.7".parse().ok(), Some("gw")));
    assert_eq!(delivery.stamp, Some(Stamp::NoYear(3, 3, jiff::civil::time(8, 14, 55, 0))));
}

#[test]
fn postfix_tells_of_a_client_certificate_by_its_signature_alone() {
    let summary =
        |words: &str, details: &str| format!("Mar  3 08:14:54 gw postfix/smtp[9]: {words} to {HOP}: {details}\n");
    let check = |session: &str, expected: (Tls, Option<bool>)| {
        let session = one(&postfix(session, "dsn=2.6.0, status=sent (250 ok)")).session;
        assert_eq!((session.tls, session.presented_certificate), expected);
    };
    let cipher = "with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)";
    let server = "key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256";
    let client = "client-signature ECDSA (P-256) client-digest SHA256";
    let established = "Trusted TLS connection established";
    check(&summary(established, &format!("TLSv1.3 {cipher} {server} {client}")), (Tls::On, Some(true)));
    check(&summary(established, &format!("TLSv1.3 {cipher} {server}")), (Tls::On, Some(false)));
    // A session taken up again, and old programs: without the server's signature nothing is told of ours.
    check(&summary(established, &format!("TLSv1.3 {cipher}")), (Tls::On, None));
    check(&summary("Verified TLS connection reused", &format!("TLSv1.3 {cipher} {server}")), (Tls::On, None));
    check(&summary(established, "TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)"), (Tls::On, None));
    check("", (Tls::Unknown, None));
    check(
        "Mar  3 08:14:54 gw postfix/smtp[9]: Host offered STARTTLS: [contoso-com.mail.protection.outlook.com]\n",
        (Tls::NotUsed, None),
    );
    // Another process, another next hop.
    check(&summary(established, "TLSv1.2 x").replace("[9]", "[8]"), (Tls::Unknown, None));
    check(&summary(established, "TLSv1.2 x").replace("198.51.100.7", "198.51.100.8"), (Tls::Unknown, None));
    let refused =
        one(&postfix("", "dsn=4.7.4, status=deferred (TLS is required, but was not offered by host x[192.0.2.1])"));
    assert_eq!(refused.session.tls, Tls::NotOffered);
    let missing = "Mar  3 08:14:53 gw postfix/smtp[9]: warning: cannot get RSA certificate from file \"/etc/x.pem\": disabling TLS support\n";
    assert_eq!(
        one(&postfix(missing, "dsn=2.6.0, status=sent (250 ok)")).session.lines.first().map(|line| line.line),
        Some(2)
    );
}

#[test]
fn a_session_is_not_lent_to_the_next_message() {
    let delivery = |id: &str, more: &str| {
        format!(
            "Mar  3 08:14:55 gw postfix/smtp[9]: {id}: to=<a@b.example>, relay={HOP}, {more}delay=1, dsn=2.0.0, status=sent (250 ok)\n"
        )
    };
    let summary = format!(
        "Mar  3 08:14:54 gw postfix/smtp[9]: Trusted TLS connection established to {HOP}: TLSv1.2 with cipher X\n"
    );
    let log =
        [summary, delivery("4A", ""), delivery("4A", ""), delivery("4B", "conn_use=2, "), delivery("4C", "")].concat();
    let tls: Vec<Tls> = read(&log).into_iter().map(|delivery| delivery.session.tls).collect();
    assert_eq!(tls, [Tls::On, Tls::On, Tls::On, Tls::Unknown]);
}

#[test]
fn names_of_instances_are_kept() {
    let check = |program: &str, expected: &str| {
        let line = format!(
            "Mar  3 08:14:55 gw {program}[9]: 4A: to=<a@b.example>, relay=none, delay=1, dsn=4.4.1, status=deferred (x)"
        );
        assert_eq!(one(&line).transport.as_deref(), Some(expected), "{program}");
    };
    check("postfix/smtp", "smtp");
    check("postfix/relay/smtp", "relay");
    check("postfix-out/smtp", "postfix-out/smtp");
    assert_eq!(
        read("Mar  3 08:14:55 gw postfix/local[9]: 4A: to=<a@b.example>, relay=local, status=sent (delivered)"),
        []
    );
}

#[test]
fn exim_and_sendmail_are_read() {
    let log = "2020-03-03 08:14:10 1kAbCd-0002Xy-9Z <= anna@contoso.com H=a [192.0.2.2] P=esmtps\n\
        2020-03-03 08:14:17 1kAbCd-0002Xy-9Z ** ugo@northwind.example R=smart T=remote_smtp H=mx.example [192.0.2.1] X=TLS1.3:X:256 CV=yes: \
        SMTP error from remote mail server after end of data: 550 5.7.64 Relay Access Denied ATTR36\n";
    let delivery = one(log);
    assert_eq!(
        delivery.result,
        Result::Refused("550 5.7.64 Relay Access Denied ATTR36".to_owned(), Some("end of data"))
    );
    assert_eq!(
        (delivery.sender.as_deref(), delivery.recipient.as_deref()),
        (Some("anna@contoso.com"), Some("ugo@northwind.example"))
    );
    assert_eq!((delivery.relay.name.as_deref(), delivery.session.tls), (Some("mx.example"), Tls::On));
    assert_eq!(delivery.stamp, Some(Stamp::Local(date(2020, 3, 3).at(8, 14, 17, 0))));
    let zone = one(
        "2020-03-03 08:14:17 +0100 1kAbCd-0002Xy-9Z => a@b.example F=<> R=r T=t H=mx.example [192.0.2.1] C=\"250 ok\"",
    );
    assert_eq!(zone.stamp, "2020-03-03T07:14:17Z".parse::<Timestamp>().ok().map(Stamp::Moment));
    assert_eq!((zone.sender.as_deref(), zone.result), (Some(""), Result::Accepted));

    let sendmail = "Mar  3 08:15:01 sm sm-mta[75]: STARTTLS=client, relay=mx.example., version=TLSv1.3, verify=FAIL, cipher=X, bits=256/256\n\
        Mar  3 08:15:01 sm sm-mta[75]: 0238F1: from=<anna@contoso.com>, size=1, class=0, nrcpts=1\n\
        Mar  3 08:15:02 sm sm-mta[75]: 0238F1: to=<ugo@northwind.example>, delay=00:00:01, mailer=esmtp, pri=1, relay=mx.example. [192.0.2.1], \
        dsn=5.7.64, reply=550 5.7.64 TenantAttribution; Relay Access Denied, stat=Service unavailable\n";
    let delivery = one(sendmail);
    assert_eq!(delivery.result, Result::Refused("550 5.7.64 TenantAttribution; Relay Access Denied".to_owned(), None));
    assert_eq!((delivery.sender.as_deref(), delivery.session.tls), (Some("anna@contoso.com"), Tls::On));
    let without = one(&sendmail.replace("reply=550 5.7.64 TenantAttribution; Relay Access Denied, ", ""));
    assert_eq!(without.result, Result::Refused("550 5.7.64 Service unavailable".to_owned(), None));
}

#[test]
fn several_domains_of_a_message_are_noticed() {
    let line = |to: &str| {
        format!(
            "Mar  3 08:14:55 gw postfix/smtp[9]: 4A: to=<{to}>, relay={HOP}, delay=1, dsn=2.0.0, status=sent (250 ok)\n"
        )
    };
    let log = [line("a@b.example"), line("c@b.example"), line("d@other.example")].concat();
    let several: Vec<bool> = read(&log).into_iter().map(|delivery| delivery.several_domains).collect();
    assert_eq!(several, [false, false, true]);
}

#[test]
fn a_known_moment_tells_year_and_zone() {
    let stamp = |text: &str| {
        one(&format!("{text} gw postfix/smtp[9]: 4A: to=<a@b.example>, relay=none, status=sent (250 ok)"))
            .stamp
            .unwrap()
    };
    let moment = |text: &str| text.parse::<Timestamp>().unwrap();
    let check = |known: &str, at: &str, other: &str, expected: Option<&str>| {
        let clock = Calibration::of(stamp(known), moment(at));
        assert_eq!(stamp(other).moment(clock), expected.map(moment), "{known} {at} {other}");
    };
    check("Mar  3 08:14:55", "2026-03-03T07:14:53Z", "Mar  2 08:00:00", Some("2026-03-02T07:00:00Z"));
    check("Jan  1 00:10:00", "2025-12-31T23:10:02Z", "Dec 31 12:00:00", Some("2025-12-31T11:00:00Z"));
    check("Mar  3 12:44:55", "2026-03-03T07:14:53Z", "Mar  3 12:00:00", Some("2026-03-03T06:30:00Z"));
    check("Mar  3 08:14:55", "2026-03-03T07:05:00Z", "Mar  3 08:00:00", None);
    check(
        "2026-03-03T08:14:55+01:00",
        "2026-03-03T07:14:55Z",
        "2026-03-03T09:00:00+0100",
        Some("2026-03-03T08:00:00Z"),
    );
    check("Feb 29 08:14:55", "2024-02-29T08:14:55Z", "Mar  1 08:00:00", Some("2024-03-01T08:00:00Z"));
}

#[test]
fn journals_are_read() {
    let check = |start: &str, expected: Option<&str>| {
        let line = format!("{start} gw postfix/smtp[9]: 4A: to=<a@b.example>, relay=none, status=sent (250 ok)");
        let delivery = one(&line);
        assert_eq!(delivery.host.as_deref(), Some("gw"), "{start}");
        assert_eq!(
            delivery.stamp.and_then(|stamp| stamp.moment(None)),
            expected.and_then(|at| at.parse().ok()),
            "{start}"
        );
    };
    check("Mar 03 08:14:55", None);
    check("Mar 03 08:14:55.123456", None);
    check("2026-03-03T08:14:55+0100", Some("2026-03-03T07:14:55Z"));
    check("2026-03-03T08:14:55.5+01:00", Some("2026-03-03T07:14:55.5Z"));
    check("Tue 2026-03-03 08:14:55 UTC", Some("2026-03-03T08:14:55Z"));
    check("Tue 2026-03-03 08:14:55 CET", None);
    check("> Mar  3 08:14:55", None);
}

#[test]
fn settings_are_read() {
    let text = "# main.cf\nrelayhost = [contoso-com.mail.protection.outlook.com]:25\nsmtp_tls_chain_files =\n    /etc/a.key\n    /etc/a.pem\n\
                smtp_tls_security_level=encrypt\nNonsense\n";
    assert!(looks_like_settings(text));
    let (found, others) = settings(text);
    let told: Vec<(&str, &str, u64)> =
        found.iter().map(|setting| (&*setting.name, &*setting.value, setting.line)).collect();
    let expected = [
        ("relayhost", "[contoso-com.mail.protection.outlook.com]:25", 2),
        ("smtp_tls_chain_files", "/etc/a.key /etc/a.pem", 3),
        ("smtp_tls_security_level", "encrypt", 6),
    ];
    assert_eq!((told.as_slice(), others.as_slice()), (&expected[..], &[7][..]));
    for other in ["", "a = b\n", "[relayhost]\nx = 1\ny = 2\nz = 3\n", "hostname = \"x\"\n[[listener]]\naddress = 1\n"]
    {
        assert!(!looks_like_settings(other), "{other}");
    }
}

proptest! {
    #[test]
    fn reads_anything(text in "\\PC{0,200}") {
        let _ = (read(&text), settings(&text), program(&text));
    }

    #[test]
    fn reads_anything_made_of_pieces(pieces in proptest::collection::vec(0..16_usize, 0..30)) {
        let words = [
            "Mar  3 08:14:55 ", "gw ", "postfix/smtp[9]: ", "4ABC: ", "to=<a@b>, ", "relay=", "x[1.2.3.4]:25, ", "status=bounced (", " said: ",
            "\n", "2020-03-03 08:14:17 1kAbCd-0002Xy-9Z ** ", "TLS connection established to ", ": ", "sm-mta[1]: ", "STARTTLS=client, ", " stat=",
        ];
        let text: String = pieces.iter().filter_map(|at| words.get(*at)).copied().collect();
        let _ = read(&text);
    }

    #[test]
    fn clocks_are_total(seconds in any::<i64>(), month in 1..=12_i8, day in 1..=31_i8) {
        let stamp = Stamp::NoYear(month, day, jiff::civil::time(1, 2, 3, 0));
        if let Ok(at) = Timestamp::from_second(seconds % 400_000_000_000) {
            let _ = Calibration::of(stamp, at).map(|clock| stamp.moment(Some(clock)));
        }
    }
}
