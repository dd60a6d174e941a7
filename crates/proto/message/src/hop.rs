//! Reads Received fields (RFC 5321 §4.4) of the programs that stand on the way: who handed over to whom, from which address,
//! over TLS or not. They are prose with habits; what is not found is unknown.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::fields::{Field, date_time};

/// One Received field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// The line, from 1.
    pub line: u64,
    /// What the client said at EHLO.
    pub from: Option<String>,
    /// The client's address as the server saw it.
    pub from_address: Option<IpAddr>,
    /// The server.
    pub by: Option<String>,
    /// Whether the hop ran over TLS: known where the server's habit is known.
    pub tls: Option<bool>,
    /// When, UTC.
    pub at: Option<Timestamp>,
}

impl Hop {
    /// Reads a field's value.
    #[must_use]
    pub fn of(field: &Field) -> Self {
        let (way, date) = field.value.rsplit_once(';').unwrap_or((&field.value, ""));
        let from = clause(way, "from ");
        let by = clause(way, "by ");
        Self {
            line: field.line,
            from: from.and_then(|clause| clause.split_whitespace().next()).map(name),
            from_address: from.and_then(addresses),
            by: by.and_then(|clause| clause.split_whitespace().next()).map(name),
            tls: tls(way),
            at: date_time(date),
        }
    }
}

/// From a word to the next of the words that divide the field.
fn clause<'a>(way: &'a str, word: &str) -> Option<&'a str> {
    let start = if way.starts_with(word) { 0 } else { way.find(&format!(" {word}"))? + 1 };
    let rest = way.get(start + word.len()..)?;
    let ends = [" by ", " with ", " via ", " id ", " for "].iter().filter_map(|end| rest.find(end)).min();
    rest.get(..ends.unwrap_or(rest.len()))
}

fn name(word: &str) -> String {
    word.trim_matches(['(', ')', ';', ',']).trim_end_matches('.').to_ascii_lowercase()
}

/// The address in the comment: `(192.0.2.1)`, `(host [192.0.2.1])`, `([192.0.2.1]:25000)`. The last one, for what the client
/// said about itself stands before what the server saw.
fn addresses(clause: &str) -> Option<IpAddr> {
    let (_, comment) = clause.split_once(['(', '['])?;
    let words = comment.split(['(', ')', '[', ']', ' ']);
    words.filter_map(|word| word.strip_prefix("IPv6:").unwrap_or(word).parse::<IpAddr>().ok()).next_back()
}

/// Exchange Online and 2016 write `(version=TLS1_2, cipher=…)`, 2007 to 2013 `(TLS)`; others `with ESMTPS` (RFC 3848).
/// Microsoft's servers write nothing where there was no TLS.
fn tls(way: &str) -> Option<bool> {
    let (_, with) = way.split_once(" with ")?;
    let protocol = with.split_whitespace().next()?.to_ascii_uppercase();
    match protocol.as_str() {
        "MICROSOFT" => Some(with.contains("(version=TLS") || with.contains("(TLS)")),
        "ESMTPS" | "ESMTPSA" | "UTF8SMTPS" | "UTF8SMTPSA" | "SMTPS" => Some(true),
        "ESMTP" | "ESMTPA" | "UTF8SMTP" | "UTF8SMTPA" | "SMTP" => Some(way.contains("TLS")),
        _ => None,
    }
}
