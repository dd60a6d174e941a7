//! The delivery status (RFC 3464): fields in groups, the first about the message, then one a recipient. Found by the names of
//! fields, so that pasted ones are read as well as a part of its own.

use crate::fields::{Fields, address, date_time, field};
use crate::parts::Line;

use super::remains::servers;
use super::{Failure, MAX_FAILURES, Placed, Remote, Report, Stage};

/// Fields of a delivery status, in lower case (RFC 3464 §2; Postfix, Exchange).
const FIELDS: [&str; 15] = [
    "reporting-mta",
    "received-from-mta",
    "arrival-date",
    "original-envelope-id",
    "dsn-gateway",
    "x-postfix-queue-id",
    "x-postfix-sender",
    "original-recipient",
    "final-recipient",
    "action",
    "status",
    "diagnostic-code",
    "remote-mta",
    "last-attempt-date",
    "will-retry-until",
];

/// Whether a name is one of a delivery status; in any letter case.
pub(super) fn is_field(name: &str) -> bool {
    FIELDS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// Reads the fields among the lines. `None` without a recipient that failed and its diagnosis.
pub(super) fn read(lines: &[Line]) -> Option<Report> {
    let mut report = Report::default();
    let mut group = Fields::default();
    let mut is_open = false;
    for line in lines {
        let name =
            field(line.text.trim_start()).map(|(name, _)| name.to_ascii_lowercase()).filter(|name| is_field(name));
        if let Some(name) = name {
            // A group begins with one of the recipient's addresses, whether an empty line stands before or not.
            let begins =
                name == "original-recipient" || (name == "final-recipient" && group.get("final-recipient").is_some());
            let begins = begins || (name == "final-recipient" && group.get("original-recipient").is_none());
            if begins || name == "reporting-mta" {
                end(std::mem::take(&mut group), &mut report);
            }
            is_open = group.push(line.number, line.text.trim_start());
        } else if is_open && line.text.starts_with([' ', '\t']) && !line.text.trim().is_empty() {
            group.push(line.number, &line.text);
        } else {
            is_open = false;
        }
    }
    end(group, &mut report);
    (!report.failures.is_empty()).then_some(report)
}

/// Takes what a group tells.
fn end(group: Fields, report: &mut Report) {
    if let Some(server) = group.get("reporting-mta") {
        report.generating_server = Some(Placed::new(server.line, &typed(&server.value).to_ascii_lowercase()));
    }
    if let Some(sender) = group.get("x-postfix-sender") {
        report.sender = Some(Placed::new(sender.line, typed(&sender.value)));
    }
    report.at = report.at.or_else(|| group.get("arrival-date").and_then(|date| date_time(&date.value)));
    let action = group.get("action").map(|field| field.value.to_ascii_lowercase());
    let is_failure = action.as_deref().is_none_or(|action| matches!(action, "failed" | "delayed"));
    let Some(code) = group.get("diagnostic-code").or_else(|| group.get("status")).filter(|_| is_failure) else {
        return;
    };
    let recipient = group.get("final-recipient").or_else(|| group.get("original-recipient"));
    if recipient.is_none() && group.get("diagnostic-code").is_none() || report.failures.len() >= MAX_FAILURES {
        return;
    }
    let remote = group.get("remote-mta").map(|field| remote(typed(&field.value)));
    report.failures.push(Failure {
        recipient: recipient.and_then(|field| address(typed(&field.value))).map(str::to_owned),
        action,
        reply: Placed::new(code.line, typed(&code.value)),
        remote,
        stage: Stage::find(&code.value),
        at: group.get("last-attempt-date").and_then(|date| date_time(&date.value)),
    });
}

/// A value without its type: `dns; mail.example`, `smtp;550 …`, `rfc822;a@b`.
fn typed(value: &str) -> &str {
    match value.split_once(';') {
        Some((kind, rest)) if kind.trim().bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-') => {
            rest.trim()
        }
        _ => value.trim(),
    }
}

fn remote(text: &str) -> Remote {
    match servers(text).pop() {
        Some(remote) => remote,
        None => Remote { name: Some(text.to_ascii_lowercase()), address: text.trim_matches(['[', ']']).parse().ok() },
    }
}

/// Adds what only the text tells: which server refused, to what, and, of mail that was tried too long, what it last said.
pub(super) fn supplement(report: &mut Report, told: Report) {
    for text in told.failures {
        let status = |reply: &str| reply.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        let is_expired = report.failures.iter().any(|own| own.reply.text.contains("4.4.7"));
        let known = report.failures.iter_mut().find(|own| status(&own.reply.text) == status(&text.reply.text));
        match known {
            Some(own) => {
                own.remote = own.remote.take().or(text.remote);
                own.stage = own.stage.or(text.stage);
            }
            None if is_expired && text.remote.is_some() => report.failures.push(text),
            None => {}
        }
    }
}
