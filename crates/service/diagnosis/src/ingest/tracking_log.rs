//! Message tracking logs as evidence: since when, how often, through which connector and for which senders mail was refused,
//! and when it last passed. They show neither certificate nor the address that the far side saw.

use std::sync::Arc;

use core_directory::Domain;
use proto_exchange::tracking_log::{Entry, RowError, TrackingEvent, TrackingReader, TrackingRow};
use proto_exchange::{RefusalClass, RemoteReply};

use super::address::{domain_of, sender, told};
use super::{Found, Intake};
use crate::evidence::{Attempt, EvidenceKind, NextHop, Outcome, Proof, SourceId};

/// How many lines are looked at for the header: people write a few above what they paste.
const LINES_BEFORE_HEADER: usize = 40;

/// Columns that no other log has together.
const MARKS: [&str; 3] = ["event-id", "recipient-status", "source-context"];

/// How many characters of a line stand before the reply that it is quoted for, where not all of it can be quoted.
const QUOTED_BEFORE: usize = 200;

/// Longest text of an answer that is no reply, in characters.
const MAX_WORDS: usize = 300;

/// Most different answers of one message that are told: a next hop has few. Of a row made up of others the first count.
const MAX_ANSWERS: usize = 32;

/// How much of a reply is looked for in the line, in octets: a reply's blanks were made one.
const MARK_LENGTH: usize = 16;

/// Whether a text begins as a tracking log: by its columns, or by the shape of a row where the header is missing.
pub(super) fn looks_so(text: &str) -> bool {
    text.lines().take(LINES_BEFORE_HEADER).any(|line| {
        let lower = line.to_ascii_lowercase();
        let has_columns = lower.contains("fields:") && MARKS.iter().all(|mark| lower.contains(mark));
        has_columns || is_log_type(&lower) || is_row(line)
    })
}

fn is_log_type(lower: &str) -> bool {
    lower.trim_start_matches(['#', '\u{feff}']).trim_start().starts_with("log-type: message tracking log")
}

/// A whole row with a source and an event in capital letters tells itself without a header.
fn is_row(line: &str) -> bool {
    let (mut reader, mut is_row) = (TrackingReader::default(), false);
    let is_capital = |text: &str| text.len() > 1 && text.bytes().all(|octet| octet.is_ascii_uppercase());
    let mut each = |entry: Entry<'_>| {
        is_row |= entry.row.is_ok_and(|row| {
            let event = match &row.event {
                TrackingEvent::Other(event) => is_capital(event),
                _ => true,
            };
            event && is_capital(&row.source)
        });
    };
    reader.feed(line.as_bytes(), &mut each);
    reader.finish(&mut each);
    is_row
}

/// Reads a log.
#[derive(Debug, Default)]
pub(super) struct TrackingLog(TrackingReader);

impl TrackingLog {
    pub(super) fn boxed() -> Box<dyn Intake> {
        Box::<Self>::default()
    }
}

impl Intake for TrackingLog {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        self.0.feed(block, &mut |entry| take(&entry, found));
    }

    fn finish(mut self: Box<Self>, found: &mut Found) {
        self.0.finish(&mut |entry| take(&entry, found));
    }
}

fn take(entry: &Entry<'_>, found: &mut Found) {
    match &entry.row {
        Ok(row) => {
            found.source.records += 1;
            row.at.inspect(|at| found.source.saw(*at));
            take_row(row, entry.line, entry.text, found);
        }
        Err(error) => {
            let (code, arguments) = problem(error);
            found.source.problem(Some(entry.line), code, arguments);
        }
    }
}

fn problem(error: &RowError) -> (&'static str, Vec<(&'static str, String)>) {
    match error {
        RowError::OpenQuote => ("problem-open-quote", Vec::new()),
        RowError::TooLong => ("problem-line-too-long", Vec::new()),
        RowError::Fields { found, columns } => {
            ("problem-fields", vec![("found", found.to_string()), ("columns", columns.to_string())])
        }
        RowError::Time(text) => ("problem-time", vec![("text", text.clone())]),
        RowError::NoRow => ("problem-no-row", Vec::new()),
    }
}

/// Adds what a row that a cmdlet printed tells of; the source's records are counted already.
pub(super) fn take_object(row: &TrackingRow<'_>, line: u64, text: &str, found: &mut Found) {
    row.at.inspect(|at| found.source.saw(*at));
    take_row(row, line, text, found);
}

/// Adds the attempts that a row tells of. `text` is what is quoted as proof.
fn take_row(row: &TrackingRow<'_>, line: u64, text: &str, found: &mut Found) {
    if !matches!(&*row.source, "SMTP" | "QUEUE" | "DSN") {
        return;
    }
    match row.event {
        TrackingEvent::Send | TrackingEvent::SendExternal => {
            let proof = Proof::new(found.source.id, line, text);
            let recipients: Vec<Domain> = row.statuses().iter().filter_map(|(one, _)| domain_of(one)).collect();
            found.evidence.attempts.add(attempt(row, Outcome::Accepted, recipients, proof));
        }
        TrackingEvent::Fail | TrackingEvent::Defer => {
            for (outcome, recipients) in answers(row) {
                let proof = quote(found.source.id, line, text, &outcome);
                found.evidence.attempts.add(attempt(row, outcome, recipients, proof));
            }
        }
        TrackingEvent::Other(_) => {}
    }
}

/// The answers to a message that was refused or put off, each with the domains of its recipients, which may repeat.
fn answers(row: &TrackingRow<'_>) -> Vec<(Outcome, Vec<Domain>)> {
    let mut answers: Vec<(Outcome, Vec<Domain>)> = Vec::new();
    for (recipient, status) in row.statuses() {
        let words = if status.last_error.is_empty() { &*row.source_context } else { status.last_error };
        let Some(outcome) = outcome(row, words) else { continue };
        let domain = domain_of(recipient);
        let is_room = answers.len() < MAX_ANSWERS;
        match answers.iter_mut().find(|(known, _)| is_alike(known, &outcome)) {
            Some((_, domains)) => domains.extend(domain),
            None if is_room => answers.push((outcome, domain.into_iter().collect())),
            None => {}
        }
    }
    answers
}

fn is_alike(left: &Outcome, right: &Outcome) -> bool {
    match (left, right) {
        (Outcome::Answered(left, _), Outcome::Answered(right, _)) => left.class == right.class,
        (left, right) => left == right,
    }
}

/// What the words mean. What Exchange itself refused, such as a recipient that it does not know, never went out: it is no
/// attempt, unless the reply is one that tells of the way out.
fn outcome(row: &TrackingRow<'_>, words: &str) -> Option<Outcome> {
    let is_own = row.custom("IsSmtpResponseFromExternalServer").is_some_and(|is| is.eq_ignore_ascii_case("false"));
    match RemoteReply::find(words) {
        Some(reply) if reply.code < 400 => None,
        Some(reply) if reply.class == RefusalClass::Other && (is_own || row.source != "SMTP") => None,
        Some(reply) => Some(Outcome::Answered(Arc::new(reply), None)),
        None if row.source == "SMTP" && !words.is_empty() => {
            Some(Outcome::Broken(words.chars().take(MAX_WORDS).collect::<String>().into()))
        }
        None => None,
    }
}

fn attempt(row: &TrackingRow<'_>, outcome: Outcome, mut recipients: Vec<Domain>, proof: Proof) -> Attempt {
    recipients.sort();
    recipients.dedup();
    let mut attempt = Attempt::new(EvidenceKind::TrackingLog, outcome, proof);
    // A queue gives up days after the message came in.
    let came_in = if row.source == "SMTP" { row.message_at() } else { None };
    attempt.at = row.at.or(attempt.outcome.told_at()).or(came_in);
    attempt.server = told(&row.client_hostname).or_else(|| told(&row.client_ip));
    attempt.connector = told(&row.connector_id);
    attempt.next_hop =
        NextHop { name: told(&row.server_hostname.to_ascii_lowercase()), address: row.server_ip.trim().parse().ok() };
    attempt.mail_from = sender(&row.return_path);
    let mut domains = row.statuses().into_iter().filter_map(|(one, _)| domain_of(one));
    attempt.several_domains = domains.next().is_some_and(|first| domains.any(|other| other != first));
    attempt.recipients = recipients;
    attempt
}

/// Quotes a line so that the reply is in what is quoted: of a message with many recipients it stands far behind.
fn quote(source: SourceId, line: u64, text: &str, outcome: &Outcome) -> Proof {
    let start = match outcome {
        Outcome::Answered(reply, _) => {
            reply.text.get(..reply.text.floor_char_boundary(MARK_LENGTH)).unwrap_or_default()
        }
        _ => "",
    };
    let at = text.find(start).filter(|at| *at > crate::evidence::MAX_PROOF_LENGTH / 2);
    let around = at.and_then(|at| {
        let from = text.get(..text.floor_char_boundary(QUOTED_BEFORE))?;
        Some(format!("{from} … {}", text.get(at..)?))
    });
    Proof::new(source, line, around.as_deref().unwrap_or(text))
}
