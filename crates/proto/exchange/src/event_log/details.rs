//! What the entries say that tell of certificates and TLS of mail.

use super::Event;

/// The provider of CAPI2's entries.
const CAPI2: &str = "Microsoft-Windows-CAPI2";

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactsOf {
    /// 12014: no certificate for a name was found; 12023, 12024: it could not be loaded.
    MissingCertificate,
    /// 12015, 12016, 12019: it has expired.
    ExpiredCertificate,
    /// 12017, 12018: it will.
    ExpiringCertificate,
    /// 2015: the far side gave no TLS that the Send connector demands.
    TlsNotReached,
    /// 11022: the certificate of who hands in mail was not confirmed.
    DomainNotConfirmed,
    /// CAPI2 11 and 30: a chain was not built, or not trusted.
    ChainNotTrusted,
}

/// The facts of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFacts {
    /// What it is about.
    pub of: FactsOf,
    /// What the placeholders stand for, from the data or out of the English message; empty where neither is there.
    pub arguments: Vec<String>,
    /// The certificate: a domain, `<I>…<S>…`, a subject or a thumbprint.
    pub subject: Option<String>,
    /// The connector.
    pub connector: Option<String>,
    /// A result code or status.
    pub result: Option<String>,
}

/// An entry's meaning, and for each placeholder the English words before and behind it. Nothing behind: it ends with a blank.
struct Known {
    id: u32,
    of: FactsOf,
    words: &'static [(&'static str, &'static str)],
    subject: Option<usize>,
    connector: Option<usize>,
    result: Option<usize>,
}

const KNOWN: &[Known] = &[
    Known {
        id: 12014,
        of: FactsOf::MissingCertificate,
        words: &[
            ("contains the domain name ", " in the personal store"),
            ("SMTP verb for the connector ", " with a FQDN parameter of "),
            (" with a FQDN parameter of ", ". If the connector's FQDN"),
        ],
        subject: Some(0),
        connector: Some(1),
        result: None,
    },
    Known::of_certificate(12015, FactsOf::ExpiredCertificate, &[("expired. Thumbprint:", "")]),
    Known::of_certificate(12016, FactsOf::ExpiredCertificate, &[("for the FQDN of ", ". The existing certificate")]),
    Known::of_certificate(
        12017,
        FactsOf::ExpiringCertificate,
        &[("expire soon. Thumbprint:", ", hours"), ("hours remaining:", "")],
    ),
    Known::of_certificate(
        12018,
        FactsOf::ExpiringCertificate,
        &[("expire soon: subject: ", ", thumbprint: "), (", thumbprint: ", ", hours"), ("hours remaining: ", "")],
    ),
    Known::of_certificate(12019, FactsOf::ExpiredCertificate, &[]),
    Known::of_certificate(12023, FactsOf::MissingCertificate, &[("with thumbprint of ", " from the personal store")]),
    Known::of_certificate(12024, FactsOf::MissingCertificate, &[("with thumbprint of ", " from the personal store")]),
    Known {
        id: 2015,
        of: FactsOf::TlsNotReached,
        words: &[
            ("Send connector ", " couldn't connect to remote domain "),
            (" connect to remote domain ", ". The send connector"),
        ],
        subject: None,
        connector: Some(0),
        result: Some(2),
    },
    Known {
        id: 11022,
        of: FactsOf::DomainNotConfirmed,
        words: &[
            ("domain capabilities '", "' on connector"),
            ("' on connector '", "' because"),
            ("failed with status '", "'"),
        ],
        subject: Some(0),
        connector: Some(1),
        result: Some(2),
    },
];

impl Known {
    const fn of_certificate(id: u32, of: FactsOf, words: &'static [(&'static str, &'static str)]) -> Self {
        Self { id, of, words, subject: Some(0), connector: None, result: None }
    }

    /// What stands between the words of an English message, as far as they are there.
    fn arguments(&self, message: &str) -> Vec<String> {
        let (mut arguments, mut rest) = (Vec::new(), message);
        for (before, behind) in self.words {
            let Some((_, value)) = rest.split_once(before) else { break };
            let value = value.trim_start();
            let end = match behind.is_empty() {
                true => value.find(char::is_whitespace).unwrap_or(value.len()),
                false => value.find(behind).unwrap_or(value.len()),
            };
            let Some((value, behind)) = value.split_at_checked(end) else { break };
            arguments.push(value.trim_end_matches(['.', ' ']).to_owned());
            rest = behind;
        }
        arguments
    }
}

impl Event {
    /// What the entry says of certificates and TLS; `None` of every other.
    #[must_use]
    pub fn facts(&self) -> Option<EventFacts> {
        if self.provider.eq_ignore_ascii_case(CAPI2) {
            return self.facts_of_chain();
        }
        if !self.provider.starts_with("MSExchange") {
            return None;
        }
        let known = KNOWN.iter().find(|known| known.id == self.id)?;
        let arguments = if self.data.is_empty() { known.arguments(&self.message) } else { self.data.clone() };
        let argument = |place: Option<usize>| {
            place.and_then(|place| arguments.get(place)).filter(|value| !value.is_empty()).cloned()
        };
        let (subject, connector, result) = (argument(known.subject), argument(known.connector), argument(known.result));
        Some(EventFacts { of: known.of, arguments, subject, connector, result })
    }

    /// Entries 11 and 30 are written of good chains too: their result is zero.
    fn facts_of_chain(&self) -> Option<EventFacts> {
        let value = |name: &str| self.named.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
        let result = value("Result/value").filter(|result| result.bytes().any(|digit| digit != b'0'))?;
        matches!(self.id, 11 | 30).then(|| EventFacts {
            of: FactsOf::ChainNotTrusted,
            arguments: Vec::new(),
            subject: value("Certificate/subjectName"),
            connector: None,
            result: Some(result),
        })
    }
}
