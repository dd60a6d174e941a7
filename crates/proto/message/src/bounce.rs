//! Reads bounces, of whatever program and in whatever language: by fields (RFC 3464), statuses, server names and addresses,
//! never by prose. Where the delivery status is lost, as in forwarded or pasted text, by what remains of it.
//!
//! The reply stands here as it was written; what it means is told elsewhere.

mod letter;
mod quotation;
mod remains;
mod status;

use std::net::IpAddr;

use jiff::Timestamp;

use crate::fields::Fields;

pub use letter::{Letter, decoded, read};

/// Most recipients of one report that are told apart.
pub const MAX_FAILURES: usize = 1_000;

/// A text with its line in the file, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Where it begins.
    pub line: u64,
    /// What stands there; in one line.
    pub text: String,
}

/// What one bounce reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The server that wrote the bounce, and gave up the message.
    pub generating_server: Option<Placed>,
    /// When the bounce was written, or the message arrived, UTC.
    pub at: Option<Timestamp>,
    /// The recipients.
    pub failures: Vec<Failure>,
    /// MAIL FROM of the message, where the report itself names it (Postfix: `X-Postfix-Sender`); empty: the null sender.
    pub sender: Option<Placed>,
    /// The header of the message that came back.
    pub returned: Option<Fields>,
}

/// What became of one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The address, without brackets.
    pub recipient: Option<String>,
    /// `failed`, `delayed`, … in lower case; none where there is only text.
    pub action: Option<String>,
    /// The reply as quoted.
    pub reply: Placed,
    /// Who refused, where that was another server.
    pub remote: Option<Remote>,
    /// The answer to what it was.
    pub stage: Option<Stage>,
    /// `Last-Attempt-Date`.
    pub at: Option<Timestamp>,
}

/// A server that refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remote {
    /// In lower case.
    pub name: Option<String>,
    /// Its address.
    pub address: Option<IpAddr>,
}

/// A command that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// MAIL FROM.
    MailFrom,
    /// RCPT TO.
    RcptTo,
    /// DATA, before the message.
    Data,
    /// The message's last line.
    EndOfData,
}

impl Stage {
    /// By the words of Postfix (`in reply to RCPT TO command`) and Exim (`after RCPT TO:<a@b>`, `after end of data`).
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let has = |what: &str| {
            ["in reply to ", "after ", "after pipelined "].iter().any(|word| lower.contains(&format!("{word}{what}")))
        };
        let stages = [
            ("end of data", Self::EndOfData),
            ("rcpt to", Self::RcptTo),
            ("mail from", Self::MailFrom),
            ("data command", Self::Data),
            ("data:", Self::Data),
        ];
        stages.into_iter().find_map(|(what, stage)| has(what).then_some(stage))
    }

    /// As people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MailFrom => "MAIL FROM",
            Self::RcptTo => "RCPT TO",
            Self::Data => "DATA",
            Self::EndOfData => "end of data",
        }
    }
}

#[cfg(test)]
mod tests;
