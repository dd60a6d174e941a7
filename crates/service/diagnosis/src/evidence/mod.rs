//! What was read: facts with their places, whatever kind of file they come from. Nothing here judges.

mod attempt;
mod attempts;
mod configuration;
mod history;
mod kind;
mod source;
mod witness;

use jiff::Timestamp;

pub use attempt::{Attempt, Certificate, NextHop, Outcome, SendingProgram, SentCertificate, Tls};
pub use attempts::{AttemptGroup, Attempts, GroupKey, MAX_GROUPS};
pub(crate) use attempts::{is_earlier, service_of};
pub use configuration::{Configuration, FieldPlace, Observed, PostfixSettings, RelayDirectory};
pub use history::{EventFact, SettingChange};
pub use kind::EvidenceKind;
pub(crate) use source::harmless;
pub use source::{MAX_PROBLEMS, MAX_PROOF_LENGTH, Problem, Proof, Source, SourceId};
pub use witness::AcceptedMail;

/// Everything that was read of one case.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// The files, in the order of their numbers.
    pub sources: Vec<Source>,
    /// Mail that was handed to the far side, or was meant to be, and what became of it.
    pub attempts: Attempts,
    /// Objects of either side.
    pub configuration: Configuration,
    /// Event log entries, the oldest first, those without a time last.
    pub events: Vec<EventFact>,
    /// Settings that a wizard changed, the oldest first.
    pub changes: Vec<SettingChange>,
    /// Mail that passed, by its headers.
    pub accepted: Vec<AcceptedMail>,
    /// Whether there was more mail that passed, by its headers, than is kept.
    pub are_witnesses_left_out: bool,
}

/// Most mail that passed that a case keeps: thousands of files may show as many each.
pub const MAX_WITNESSES: usize = 200_000;

impl Evidence {
    /// Passes over what happened before a time, now and as files are read. What has no time is kept, and so is configuration
    /// with its history: it is what it is whenever it was changed.
    pub fn pass_over_before(&mut self, since: Timestamp) {
        let recent = |at: Option<Timestamp>| at.is_none_or(|at| at >= since);
        self.attempts.pass_over_before(since);
        self.events.retain(|event| recent(event.at));
        self.accepted.retain(|mail| recent(mail.at));
    }

    /// Adds what another file showed. Sources keep their numbers, which whoever reads gives out.
    pub fn merge(&mut self, other: Self) {
        let next = other.sources.first().map(|source| source.id);
        let is_in_order = next.is_none_or(|next| self.sources.last().is_none_or(|last| last.id < next));
        self.sources.extend(other.sources);
        if !is_in_order {
            self.sources.sort_by_key(|source| source.id);
        }
        self.attempts.merge(other.attempts);
        self.configuration.merge(other.configuration);
        if !other.events.is_empty() {
            self.events.extend(other.events);
            // Event Viewer exports the newest first.
            self.events.sort_by_key(|event| (event.at.is_none(), event.at));
        }
        if !other.changes.is_empty() {
            self.changes.extend(other.changes);
            history::put_in_order(&mut self.changes);
        }
        let room = MAX_WITNESSES.saturating_sub(self.accepted.len());
        self.are_witnesses_left_out |= other.are_witnesses_left_out || other.accepted.len() > room;
        self.accepted.extend(other.accepted.into_iter().take(room));
    }

    /// The source with this number.
    pub fn source(&self, id: SourceId) -> Option<&Source> {
        let at = self.sources.binary_search_by_key(&id, |source| source.id).ok()?;
        self.sources.get(at)
    }
}
