//! Connectivity logs as evidence: connections that did not come about. What became of messages they do not show.

use proto_exchange::connectivity_log::{ConnectivityReader, Entry};

use super::address::told;
use super::{Found, Intake};
use crate::evidence::{Attempt, EvidenceKind, NextHop, Outcome, Proof};

/// How many lines are looked at for the header.
const LINES_BEFORE_HEADER: usize = 40;

/// Whether a text begins as a connectivity log: by its type or its columns.
pub(super) fn looks_so(text: &str) -> bool {
    text.lines().take(LINES_BEFORE_HEADER).any(|line| {
        let lower = line.to_ascii_lowercase();
        let lower = lower.trim_start_matches(['#', '\u{feff}']).trim_start();
        lower.starts_with("log-type: transport connectivity log")
            || lower.starts_with("fields: date-time,session,source,destination,direction,description")
    })
}

/// Reads a log.
#[derive(Debug, Default)]
pub(super) struct ConnectivityLog(ConnectivityReader);

impl ConnectivityLog {
    pub(super) fn boxed() -> Box<dyn Intake> {
        Box::<Self>::default()
    }
}

impl Intake for ConnectivityLog {
    fn feed(&mut self, block: &[u8], found: &mut Found) {
        self.0.feed(block, &mut |entry| take(&entry, found));
    }

    fn finish(mut self: Box<Self>, found: &mut Found) {
        self.0.finish(&mut |entry| take(&entry, found));
    }
}

fn take(entry: &Entry<'_>, found: &mut Found) {
    let Some(row) = &entry.row else {
        return found.source.problem(Some(entry.line), "problem-no-row", Vec::new());
    };
    found.source.records += 1;
    found.source.saw(row.at);
    if row.source != "SMTP" || !row.tells_of_failure() {
        return;
    }
    let proof = Proof::new(found.source.id, entry.line, entry.text);
    let mut attempt = Attempt::new(EvidenceKind::ConnectivityLog, Outcome::Broken((&*row.description).into()), proof);
    attempt.at = Some(row.at);
    attempt.next_hop = NextHop { name: told(&row.destination.to_ascii_lowercase()), address: None };
    found.evidence.attempts.add(attempt);
}
