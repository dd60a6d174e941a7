//! What an attempt means for a message: which recipients are done with, which wait, which were given up and why. Pure.

use io_store::{AttemptRecord, Outcome, QueuedMessage, Settlement, StoreError};
use jiff::Timestamp;
use proto_smtp::Reply;
use service_outbound::{AttemptOutcome, Ending, Fate, RecipientOutcome, SaidBy};

use crate::{RetrySchedule, Undelivered};

/// Octets of a reply that the queue keeps for each recipient; the sender is told the whole of it. A message may have a
/// thousand recipients and a reply 16 KiB.
const MAX_KEPT_REPLY: usize = 2_048;

/// What became of one recipient in an attempt.
#[derive(Clone, Debug)]
pub struct RecipientResult {
    /// The recipient's place among the pending ones.
    pub place: usize,
    /// What became of it.
    pub fate: Fate,
    /// The reply that decided.
    pub reply: Reply,
    /// Whose words it is.
    pub said_by: SaidBy,
    /// The host that was asked; empty if none was reached.
    pub next_hop: String,
}

/// A whole attempt, over all routes of the message.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// Each pending recipient once.
    pub recipients: Vec<RecipientResult>,
    /// The hosts that were asked.
    pub next_hops: Vec<String>,
    /// TLS with them.
    pub tls: Vec<String>,
    /// Our own fault cut it short: it does not count.
    pub ours: Option<StoreError>,
}

/// An attempt judged.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// What goes to the queue, bounces not yet in it.
    pub settlement: Settlement,
    /// What the sender is to be told.
    pub undelivered: Vec<Undelivered>,
}

impl Results {
    /// What is wrong with the stored message, if it will never be read again.
    pub fn damage(&self) -> Option<&StoreError> {
        self.ours.as_ref().filter(|error| matches!(error, StoreError::NotFound { .. } | StoreError::Corrupt { .. }))
    }

    /// Adds what one send connector's next hop said.
    pub fn add(&mut self, places: &[usize], outcome: AttemptOutcome) {
        for (&place, recipient) in places.iter().zip(outcome.recipients) {
            let RecipientOutcome { fate, reply, said_by } = recipient;
            self.recipients.push(RecipientResult { place, fate, reply, said_by, next_hop: outcome.next_hop.clone() });
        }
        if let Ending::BodyUnreadable(error) = outcome.ending {
            self.ours = Some(error);
        }
        self.next_hops.extend(Some(outcome.next_hop).filter(|hop| !hop.is_empty()));
        self.tls.extend(outcome.tls);
    }

    /// Defers recipients in our own words.
    pub fn defer(&mut self, places: impl IntoIterator<Item = usize>, reply: &Reply) {
        self.recipients.extend(places.into_iter().map(|place| RecipientResult {
            place,
            fate: Fate::Deferred,
            reply: reply.clone(),
            said_by: SaidBy::Us,
            next_hop: String::new(),
        }));
    }

    /// Judges an attempt that ended at `now`.
    pub fn judge(&self, message: &QueuedMessage, schedule: &RetrySchedule, now: Timestamp, chance: u64) -> Judgement {
        let over = schedule.is_over(now, message.accepted_at, message.reverse_path.is_none()) && self.ours.is_none();
        let mut outcomes = Vec::new();
        let mut undelivered = Vec::new();
        for result in &self.recipients {
            let Some(recipient) = message.recipients.get(result.place) else { continue };
            let expired = over && result.fate == Fate::Deferred;
            outcomes.push((recipient.id, outcome(result, expired)));
            if expired || result.fate == Fate::Failed {
                undelivered.push(Undelivered {
                    address: recipient.forward_path.clone(),
                    notify: recipient.notify.clone(),
                    orcpt: recipient.orcpt.clone(),
                    reply: result.reply.clone(),
                    next_hop: (result.said_by == SaidBy::NextHop).then(|| result.next_hop.clone()),
                    expired,
                });
            }
        }
        let attempts = message.attempts.saturating_add(u32::from(self.ours.is_none()));
        let settlement = Settlement {
            outcomes,
            next_attempt: Some(schedule.next(now, attempts, chance)),
            attempt: Some(self.record(now)),
            count_attempt: self.ours.is_none(),
            bounces: Vec::new(),
        };
        Judgement { settlement, undelivered }
    }

    fn record(&self, at: Timestamp) -> AttemptRecord {
        // The worst is what people look for.
        let worst = [Fate::Failed, Fate::Deferred, Fate::Delivered]
            .into_iter()
            .find_map(|fate| self.recipients.iter().find(|result| result.fate == fate));
        AttemptRecord {
            at,
            next_hop: self.next_hops.join(", "),
            tls: self.tls.join(", "),
            result: worst.map(|result| kept(&result.reply)).unwrap_or_default(),
        }
    }
}

impl Judgement {
    /// The sender cannot be told now: who was given up waits instead, so that no failure goes untold.
    pub fn wait_instead(&mut self) {
        for (_, outcome) in &mut self.settlement.outcomes {
            if let Outcome::Failed { reply } = outcome {
                *outcome = Outcome::Deferred { reply: std::mem::take(reply) };
            }
        }
        self.settlement.count_attempt = false;
        self.undelivered.clear();
    }
}

fn outcome(result: &RecipientResult, expired: bool) -> Outcome {
    let reply = kept(&result.reply);
    match result.fate {
        Fate::Delivered => Outcome::Delivered { reply },
        Fate::Failed => Outcome::Failed { reply },
        Fate::Deferred if expired => Outcome::Failed { reply },
        Fate::Deferred => Outcome::Deferred { reply },
    }
}

/// A reply on one line, bounded.
fn kept(reply: &Reply) -> String {
    let mut text = reply.to_string();
    let mut end = MAX_KEPT_REPLY.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// A settlement that gives a claim back: nothing was tried, the message is due at `next`.
pub fn untried(next: Option<Timestamp>) -> Settlement {
    Settlement { outcomes: Vec::new(), next_attempt: next, attempt: None, count_attempt: false, bounces: Vec::new() }
}

/// No send connector takes the recipient (rule A13).
pub fn no_route() -> Reply {
    Reply::with_status(451, (4, 4, 4), "No send connector takes mail for this recipient at present")
}
