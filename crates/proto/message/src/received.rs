//! The Received field that a relay puts on top of each message (RFC 5321 §4.4). It tells what was seen and is the one
//! thing that is added; what earlier hosts wrote is not read here.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::date::date;
use crate::header_text::{comment, field, host};

/// Most characters of a certificate's subject that are shown: enough to recognise it, and four names of full length.
const MAX_SUBJECT: usize = 200;

/// Most characters of a cipher suite, a protocol version or a reference; ours are all far shorter.
const MAX_WORD: usize = 64;

/// What the field tells of the session.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The name that the client gave in EHLO or HELO.
    pub helo: &'a str,
    /// Whether it said EHLO.
    pub extended: bool,
    /// Whether it asked for SMTPUTF8.
    pub utf8: bool,
    /// Where it connected from; `None` when a balancer did not say.
    pub remote_ip: Option<IpAddr>,
    /// The host name of this node.
    pub hostname: &'a str,
    /// TLS, if the session runs over it.
    pub tls: Option<TlsNote<'a>>,
    /// Our id for the message.
    pub reference: &'a str,
    /// When the message arrived.
    pub at: Timestamp,
}

/// What is told of TLS.
#[derive(Debug, Clone, Copy)]
pub struct TlsNote<'a> {
    /// `TLS1.2` or `TLS1.3`.
    pub version: &'a str,
    /// The cipher suite by its IANA name.
    pub cipher: &'a str,
    /// The certificate that the client presented.
    pub certificate: Option<ClientCertificateNote<'a>>,
}

/// What is told of a client's certificate.
#[derive(Debug, Clone, Copy)]
pub struct ClientCertificateNote<'a> {
    /// Its subject, or its names where the subject is empty.
    pub subject: &'a str,
    /// Whether it proved its names (rule A2).
    pub verified: bool,
}

impl Received<'_> {
    /// The `with` keyword by RFC 3848 and RFC 6531 §4.3. TLS is only ever asked for by clients that know extensions, and
    /// SMTPUTF8 is one.
    #[must_use]
    pub fn protocol(&self) -> &'static str {
        match (self.utf8, self.extended, self.tls.is_some()) {
            (true, _, true) => "UTF8SMTPS",
            (true, _, false) => "UTF8SMTP",
            (false, _, true) => "ESMTPS",
            (false, true, false) => "ESMTP",
            (false, false, false) => "SMTP",
        }
    }

    /// The whole field with its CRLF, folded.
    #[must_use]
    pub fn to_field(&self) -> String {
        let remote = self.remote_ip.map_or_else(String::new, |address| format!("({})", literal(address)));
        let tls = self.tls.as_ref().map_or_else(String::new, tls_comment);
        let certificate = self
            .tls
            .as_ref()
            .map_or_else(String::new, |tls| tls.certificate.as_ref().map_or_else(String::new, certificate_comment));
        let id = host(&self.reference.chars().take(MAX_WORD).collect::<String>());
        // The semicolon stands behind whatever comes last before the date.
        let last = if certificate.is_empty() { format!("{id};") } else { format!("{id} {certificate};") };
        let mut out = String::new();
        let (helo, hostname, date) = (host(self.helo), host(self.hostname), date(self.at));
        let words: [&str; 11] =
            ["from", &helo, &remote, "by", &hostname, "(Postwarden) with", self.protocol(), &tls, "id", &last, &date];
        field("Received", words, &mut out);
        out
    }
}

/// An address as RFC 5321 §4.1.3 writes it.
fn literal(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("[{address}]"),
        IpAddr::V6(address) => format!("[IPv6:{address}]"),
    }
}

fn tls_comment(tls: &TlsNote<'_>) -> String {
    format!("({} {})", comment(tls.version, MAX_WORD), comment(tls.cipher, MAX_WORD))
}

fn certificate_comment(certificate: &ClientCertificateNote<'_>) -> String {
    let verified = if certificate.verified { "verified" } else { "not verified" };
    let subject = comment(certificate.subject, MAX_SUBJECT).replace('"', "'");
    format!("(client certificate \"{subject}\" {verified})")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::header_text::LONGEST_LINE;

    fn received<'a>(helo: &'a str, remote_ip: &str, certificate: Option<ClientCertificateNote<'a>>) -> Received<'a> {
        Received {
            helo,
            extended: true,
            utf8: false,
            remote_ip: remote_ip.parse().ok(),
            hostname: "relay.example.net",
            tls: Some(TlsNote { version: "TLS1.3", cipher: "TLS_AES_256_GCM_SHA384", certificate }),
            reference: "4BF92F3577B34DA6",
            at: "2026-12-01T08:15:30Z".parse().unwrap(),
        }
    }

    #[test]
    fn tells_what_was_seen() {
        let check = |received: Received<'_>, expected: &str| assert_eq!(received.to_field(), expected);
        let note = ClientCertificateNote { subject: "CN=mail.contoso.com", verified: true };
        check(
            received("mail.contoso.com", "192.0.2.1", Some(note)),
            "Received: from mail.contoso.com ([192.0.2.1]) by relay.example.net\r\n\
             \t(Postwarden) with ESMTPS (TLS1.3 TLS_AES_256_GCM_SHA384) id 4BF92F3577B34DA6\r\n\
             \t(client certificate \"CN=mail.contoso.com\" verified); Tue, 01 Dec 2026\r\n\
             \t08:15:30 +0000\r\n",
        );
        let plain = Received { tls: None, ..received("printer", "2001:db8::1", None) };
        check(
            plain,
            "Received: from printer ([IPv6:2001:db8::1]) by relay.example.net (Postwarden)\r\n\
             \twith ESMTP id 4BF92F3577B34DA6; Tue, 01 Dec 2026 08:15:30 +0000\r\n",
        );
        let with = |utf8, received| Received { utf8, ..received }.protocol();
        assert_eq!([with(true, plain), with(true, received("a", "", None))], ["UTF8SMTP", "UTF8SMTPS"]);
        check(
            Received { extended: false, remote_ip: None, ..plain },
            "Received: from printer by relay.example.net (Postwarden) with SMTP id\r\n\
             \t4BF92F3577B34DA6; Tue, 01 Dec 2026 08:15:30 +0000\r\n",
        );
    }

    #[test]
    fn names_of_others_cannot_leave_their_place() {
        let note = ClientCertificateNote { subject: "CN=a\") (b\r\nBcc: x\0, O=Žluť", verified: false };
        let field = received("x)\r\nBcc: y (", "192.0.2.1", Some(note)).to_field();
        assert_eq!(
            field,
            "Received: from x???Bcc:?y?? ([192.0.2.1]) by relay.example.net (Postwarden)\r\n\
             \twith ESMTPS (TLS1.3 TLS_AES_256_GCM_SHA384) id 4BF92F3577B34DA6 (client\r\n\
             \tcertificate \"CN=a'? ?b??Bcc: x?, O=?lu?\" not verified); Tue, 01 Dec 2026\r\n\
             \t08:15:30 +0000\r\n"
        );
    }

    proptest! {
        /// One field, whatever goes in: every line is short enough, and every line but the first goes on.
        #[test]
        fn is_one_field(helo in any::<String>(), subject in any::<String>(), cipher in ".{0,80}", reference in ".{0,80}") {
            let note = ClientCertificateNote { subject: &subject, verified: true };
            let tls = Some(TlsNote { version: "TLS1.3", cipher: &cipher, certificate: Some(note) });
            let field = Received { tls, reference: &reference, ..received(&helo, "192.0.2.1", None) }.to_field();
            let inside = field.strip_suffix("\r\n").expect("a line end");
            for (at, line) in inside.split("\r\n").enumerate() {
                prop_assert!(line.bytes().all(|b| b.is_ascii_graphic() || b == b' ' || b == b'\t'), "{line:?}");
                prop_assert!(line.len() <= LONGEST_LINE);
                prop_assert_eq!(at == 0, !line.starts_with('\t'));
                prop_assert!(!line.trim().is_empty());
            }
            prop_assert_eq!(inside.matches('(').count(), 4);
            prop_assert_eq!(inside.matches(')').count(), 4);
        }
    }
}
