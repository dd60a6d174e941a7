//! What people paste, and the references in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::find;

const REPLY: &str =
    "550 5.7.64 TenantAttribution; Relay Access Denied [relay.example.net 2026-01-05T09:30:00.000Z 7KQ2M4XVZT]";

fn check(text: &str, expected: &[&str]) {
    assert_eq!(find(text.as_bytes()), expected, "{text:?}");
}

#[test]
fn references_are_found() {
    check("7KQ2M4XVZT", &["7KQ2M4XVZT"]);
    check("  7KQ2M4XVZT\r\n", &["7KQ2M4XVZT"]);
    for text in [
        "550 5.7.64 Relay Access Denied [relay.example.net 2026-01-05T09:30:00.000Z 7KQ2M4XVZT]",
        "> 550 5.7.64 Denied [relay.example.net\r\n>   2026-01-05T09:30:00.000Z\r\n> > 7KQ2M4XVZT]\r\nbye",
        "(550 5.7.64 Denied [relay.example.net 2026-01-05T09:30:00.000Z 7KQ2M4XVZT]).",
        // A word cut by an end of line.
        "| 550 Denied [relay.example.net 2026-01-05T09:30:00.000Z 7KQ2M\n| 4XVZT]",
        // HTML, pasted with its tags, with a link that the mail program made, escaped once and twice.
        "<p>550 Denied [<a href=\"http://relay.example.net\">relay.example.net</a><br>2026-01-05T09:30:00.000Z <b>7KQ2M4XVZT</b>]</p>",
        "550 Denied [relay.example.net<http://relay.example.net> 2026-01-05T09:30:00.000Z 7KQ2M<wbr>4XVZT]",
        "550 Denied &#91;relay.example.net&nbsp;2026-01-05T09:30:00.000Z&#xA0;7KQ2M4XVZT&rsqb;",
        "550 Denied &amp;#91;relay.example.net 2026-01-05T09:30:00.000Z 7KQ2M4XVZT&amp;#93;",
        // The source of a body, without the header that tells its encoding.
        "550 Denied =5Brelay.example.net 2026-01-05T09:3=\r\n0:00.000Z 7KQ2=\r\nM4XVZT=5D, sorry",
        "NTUwIERlbmllZCBbcmVsYXkuZXhhbXBsZS5uZXQgMjAyNi0wMS0wNVQwOTozMDowMC4wMDBaIDdL\nUTJNNFhWWlRd\n",
    ] {
        check(text, &["7KQ2M4XVZT"]);
    }
    check(
        "see [1] and [a b c] [h 2026-01-05T09:30:00Z 7KQ2M4XVZT] [h 2026-01-05T09:30:00Z OTHER] [h 2026-01-05T09:30:00Z OTHER]",
        &["7KQ2M4XVZT", "OTHER"],
    );
}

#[test]
fn what_is_no_reference_is_none() {
    for text in [
        "",
        "[]",
        "][",
        "two words",
        "550 5.7.64 Denied [relay.example.net yesterday 7KQ2M4XVZT]",
        "550 5.7.64 Denied [relay.example.net 2026-01-05T09:30:00.000Z ]",
        "550 5.7.64 Denied [relay.example.net 2026-01-05T09:30:00.000Z",
        "550 5.7.64 Denied [relay.example.net 2026-01-05T09:30:00.000Z é7KQ2]",
        "&#55296; &é; & &#x110000; <<<< [<a <b]",
    ] {
        check(text, &[]);
    }
}

#[test]
fn bounces_are_read_in_every_encoding() {
    let report = |header: &str, body: &str| {
        format!(
            "See below.\n\nFrom: MAILER-DAEMON@mail.contoso.com\nTo: a@contoso.com\nSubject: Undelivered\n\
             Date: Mon, 5 Jan 2026 09:30:01 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n\
             --b\n{header}\n\n{body}\n--b--\n"
        )
    };
    let status = format!(
        "Reporting-MTA: dns; mail.contoso.com\n\nFinal-Recipient: rfc822; b@example.org\nAction: failed\nStatus: 5.7.64\n\
         Diagnostic-Code: smtp; {}\n",
        REPLY.replace(" 2026", "\n    2026")
    );
    let packed = base64(&format!("From: x@example.net\nSubject: Fwd\n\n{REPLY}\n"));
    for (header, body) in [
        ("Content-Type: message/delivery-status", status.clone()),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable", REPLY.replace("09:30", "09:=\n30")),
        ("Content-Type: text/html\nContent-Transfer-Encoding: base64", base64(&format!("<p>{REPLY}</p>"))),
        ("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64", packed),
        ("Content-Type: message/rfc822", format!("From: x@example.net\nSubject: Fwd\n\n{REPLY}\n")),
        (
            "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable",
            format!("> {}", REPLY.replace(" 7KQ2", " =\n> 7KQ2")).replace("=\n> ", "=\n"),
        ),
    ] {
        check(&report(header, &body), &["7KQ2M4XVZT"]);
    }
}

/// Base64 in lines, as mail has it.
fn base64(text: &str) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut signs = String::new();
    for three in text.as_bytes().chunks(3) {
        let number = (0..3).fold(0_usize, |number, at| number << 8 | usize::from(three.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let sign = char::from(SIGNS[number >> (18 - 6 * at) & 63]);
            signs.push(if at <= three.len() { sign } else { '=' });
        }
        if signs.len() % 77 == 76 {
            signs.push('\n');
        }
    }
    signs
}

#[test]
fn references_are_bounded() {
    let many: String = (0..1_000).map(|number| format!("[h 2026-01-05T09:30:00Z R{number}] ")).collect();
    assert_eq!(find(many.as_bytes()).len(), 16);
    let open = "[".repeat(1_000_000) + &"<".repeat(100_000) + &"&".repeat(100_000) + "]";
    assert_eq!(find(open.as_bytes()).len(), 0);
}
