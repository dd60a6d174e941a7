//! One attempt to hand one message to the far side, as some log, queue or bounce shows it.

use std::net::IpAddr;
use std::sync::Arc;

use core_attribution::{Fact, Sender};
use core_directory::Domain;
use jiff::Timestamp;
use proto_exchange::RemoteReply;

use super::{EvidenceKind, Proof};

/// One message, one attempt, one answer. Of what the witness does not show nothing is assumed.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What kind of file shows it, which says how much it can show.
    pub witness: EvidenceKind,
    /// What program sent.
    pub sender: SendingProgram,
    /// When, in UTC; none where the witness has local time without a zone, or none at all.
    pub at: Option<Timestamp>,
    /// The sending server: its name, else its own address.
    pub server: Option<Box<str>>,
    /// The send connector, by name or, of a queue, by GUID; Postfix: the transport.
    pub connector: Option<Box<str>>,
    /// Where it went.
    pub next_hop: NextHop,
    /// The address that the far side saw: from `Hello [a]` or headers, never the local endpoint.
    pub egress: Option<IpAddr>,
    /// What became of TLS.
    pub tls: Tls,
    /// The client certificate that was presented.
    pub certificate: Certificate,
    /// The name that the sender said at EHLO. Several servers may say the same.
    pub helo: Option<Box<str>>,
    /// MAIL FROM.
    pub mail_from: Fact<Sender>,
    /// Domains of the recipients that had this answer; may be empty where the witness does not show them.
    pub recipients: Vec<Domain>,
    /// Whether the transaction is known to have had recipients in several domains, whatever their answers.
    pub several_domains: bool,
    /// The answer.
    pub outcome: Outcome,
    /// Lines, the one with the answer first.
    pub proof: Vec<Proof>,
}

/// The program that sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SendingProgram {
    /// Exchange.
    Exchange,
    /// This one.
    Postwarden,
    /// Postfix.
    Postfix,
    /// Exim.
    Exim,
    /// sendmail.
    Sendmail,
    /// The witness is the receiving side, or a bounce.
    #[default]
    Unknown,
}

/// The far side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NextHop {
    /// Its name in the banner, the log or the bounce, in lower case.
    pub name: Option<Box<str>>,
    /// Its address.
    pub address: Option<IpAddr>,
}

/// What became of TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tls {
    /// The session ran over TLS.
    On,
    /// The far side's EHLO reply has no STARTTLS, or it was refused.
    NotOffered,
    /// It was offered, and the sender did not ask for it.
    NotUsed,
    /// The handshake failed: Exchange's word, such as `NoCredentials`, or the text of Postfix.
    Failed(Box<str>),
    /// The witness does not tell.
    #[default]
    Unknown,
}

/// The client certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Certificate {
    /// This one was sent.
    Sent(Arc<SentCertificate>),
    /// One was sent, its names are not told (Postfix logs `client-signature` only).
    SentUnnamed,
    /// The log of the session is whole and shows none.
    NotSent,
    /// The witness does not tell.
    #[default]
    Unknown,
}

/// A certificate as a log tells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SentCertificate {
    /// Subject as Windows writes it.
    pub subject: Box<str>,
    /// Issuer; empty where it is not told.
    pub issuer: Box<str>,
    /// Serial number in hexadecimal digits, as told.
    pub serial_number: Box<str>,
    /// SHA-1 in upper-case hexadecimal digits, as told; masked copies have anything.
    pub thumbprint: Box<str>,
    /// The names of the SAN, as told; the subject's CN is not repeated.
    pub names: Vec<Box<str>>,
    /// First moment, where it is told.
    pub not_before: Option<Timestamp>,
    /// Last moment.
    pub not_after: Option<Timestamp>,
}

/// The answer to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `2yz` at the end of data.
    Accepted,
    /// `4yz` or `5yz`, with the stage where it came, such as `MAIL FROM`, `RCPT TO`, `DATA`, where the witness tells.
    Answered(Arc<RemoteReply>, Option<&'static str>),
    /// There was no answer: the session broke, or never was; the witness's words.
    Broken(Box<str>),
    /// The witness shows the session up to some point and no answer: lines cut out of a log, or a file that ends early.
    NotShown,
}

impl Outcome {
    /// When the far side answered, where its words carry its own time.
    #[must_use]
    pub fn told_at(&self) -> Option<Timestamp> {
        match self {
            Self::Answered(reply, _) => reply.at,
            Self::Accepted | Self::Broken(_) | Self::NotShown => None,
        }
    }
}

impl SendingProgram {
    /// Whose log a kind of file is. Send logs are Exchange's unless their header says otherwise.
    #[must_use]
    pub fn of(witness: EvidenceKind) -> Self {
        match witness {
            EvidenceKind::SendLog
            | EvidenceKind::TrackingLog
            | EvidenceKind::ConnectivityLog
            | EvidenceKind::Queue
            | EvidenceKind::EventLog => Self::Exchange,
            EvidenceKind::PostfixLog | EvidenceKind::PostfixSettings => Self::Postfix,
            EvidenceKind::EximLog => Self::Exim,
            EvidenceKind::SendmailLog => Self::Sendmail,
            _ => Self::Unknown,
        }
    }

    /// Its name in answers; `unknown` has a text of its own there.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exchange => "Exchange",
            Self::Postwarden => "Postwarden",
            Self::Postfix => "Postfix",
            Self::Exim => "Exim",
            Self::Sendmail => "sendmail",
            Self::Unknown => "unknown",
        }
    }
}

impl Attempt {
    /// An attempt of which only the answer is known.
    #[must_use]
    pub fn new(witness: EvidenceKind, outcome: Outcome, proof: Proof) -> Self {
        Self {
            witness,
            sender: SendingProgram::of(witness),
            at: None,
            server: None,
            connector: None,
            next_hop: NextHop::default(),
            egress: None,
            tls: Tls::Unknown,
            certificate: Certificate::Unknown,
            helo: None,
            mail_from: Fact::Unknown,
            recipients: Vec::new(),
            several_domains: false,
            outcome,
            proof: vec![proof],
        }
    }
}

impl SentCertificate {
    /// The subject's common name, the last one (rule A1), which is the first in Windows's order.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        // A quoted value may hold commas, and what looks like an attribute behind them is none.
        let mut is_quoted = false;
        let mut parts = self.subject.split(|c| {
            is_quoted ^= c == '"';
            c == ',' && !is_quoted
        });
        parts.find_map(|part| part.trim().strip_prefix("CN=").or_else(|| part.trim().strip_prefix("cn=")))
    }

    /// Whether its names were made unreadable before the log was handed over: then what was sent is not known.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        let hidden = |name: &str| {
            let name = name.strip_prefix("*.").unwrap_or(name);
            name.contains(['*', '#', '?', '<', '[', '\u{2026}', '\u{2588}'])
                || name
                    .split('.')
                    .any(|label| label.len() > 2 && label.bytes().all(|octet| matches!(octet, b'x' | b'X')))
        };
        self.names.iter().map(|name| &**name).chain(self.common_name()).any(hidden)
    }

    /// What people call it: the common name, else the first SAN, else the thumbprint.
    #[must_use]
    pub fn title(&self) -> &str {
        self.common_name().or_else(|| self.names.first().map(|name| &**name)).unwrap_or(&self.thumbprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_common_name() {
        let check = |subject: &str, expected: Option<&str>| {
            let certificate = SentCertificate {
                subject: subject.into(),
                issuer: "".into(),
                serial_number: "".into(),
                thumbprint: "".into(),
                names: Vec::new(),
                not_before: None,
                not_after: None,
            };
            assert_eq!(certificate.common_name(), expected, "{subject}");
        };
        check("CN=mail.contoso.com, O=Contoso", Some("mail.contoso.com"));
        check("O=Contoso,cn=mail.contoso.com", Some("mail.contoso.com"));
        check(r#"O="Contoso, CN=fabrikam.com", CN=mail.contoso.com"#, Some("mail.contoso.com"));
        check(r#"O="Contoso ""CN=fabrikam.com"", Ltd", C=CZ"#, None);
        check("O=Contoso", None);
        check("", None);
    }
}
