//! What an attempt means for a message: which recipients are done with, which wait, which were given up and why. Pure.

use io_store::{AttemptRecord, Outcome, QueuedMessage, Settlement, StoreError};
use jiff::Timestamp;
use proto_smtp::Reply;
use service_outbound::{AttemptOutcome, Ending, Fate, RecipientOutcome, SaidBy};

use crate::RetrySchedule;
use crate::notices::{News, What};

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
    /// That host answers for notices of success.
    pub dsn_passed_on: bool,
    /// TLS with it.
    pub tls: Option<String>,
    /// Its certificate was good and trusted.
    pub peer_proved: bool,
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
    /// Whether a next hop answered; `None` if none was asked.
    pub answered: Option<bool>,
    /// Why none did.
    pub failure: Option<KnownFailure>,
}

/// Why a next hop cannot be reached at present, for messages that are not tried for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFailure {
    /// What it said last, or our own words.
    pub reply: Reply,
    /// Whose words it is.
    pub said_by: SaidBy,
    /// The host that was asked; empty if none was reached.
    pub next_hop: String,
}

/// An attempt judged.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// What goes to the queue, bounces not yet in it.
    pub settlement: Settlement,
    /// What the sender is to be told, if it wants to know.
    pub news: Vec<News>,
}

impl Results {
    /// What is wrong with the stored message, if it will never be read again.
    pub fn damage(&self) -> Option<&StoreError> {
        self.ours.as_ref().filter(|error| matches!(error, StoreError::NotFound { .. } | StoreError::Corrupt { .. }))
    }

    /// Adds what one send connector's next hop said.
    pub fn add(&mut self, places: &[usize], outcome: AttemptOutcome) {
        self.learn(&outcome);
        for (&place, recipient) in places.iter().zip(outcome.recipients) {
            let RecipientOutcome { fate, reply, said_by } = recipient;
            self.recipients.push(RecipientResult {
                place,
                fate,
                reply,
                said_by,
                next_hop: outcome.next_hop.clone(),
                dsn_passed_on: outcome.dsn_passed_on,
                tls: outcome.tls.clone(),
                peer_proved: outcome.peer_proved,
            });
        }
        if let Ending::BodyUnreadable(error) = outcome.ending {
            self.ours = Some(error);
        }
        self.next_hops.extend(Some(outcome.next_hop).filter(|hop| !hop.is_empty()));
        self.tls.extend(outcome.tls);
    }

    /// What the attempt tells of the next hop.
    fn learn(&mut self, outcome: &AttemptOutcome) {
        let answered = match &outcome.ending {
            Ending::Answered => true,
            Ending::Unreachable(_) | Ending::InDoubt(_) => false,
            Ending::Unusable(_) | Ending::BodyUnreadable(_) => return,
        };
        self.answered = Some(answered || self.answered == Some(true));
        let deferred = outcome.recipients.iter().find(|recipient| recipient.fate == Fate::Deferred);
        self.failure = deferred.filter(|_| !answered).map(|recipient| KnownFailure {
            reply: recipient.reply.clone(),
            said_by: recipient.said_by,
            next_hop: outcome.next_hop.clone(),
        });
    }

    /// Defers recipients for a failure that is known.
    pub fn defer_known(&mut self, places: &[usize], failure: &KnownFailure) {
        let KnownFailure { reply, said_by, next_hop } = failure;
        self.recipients.extend(places.iter().map(|&place| RecipientResult {
            place,
            fate: Fate::Deferred,
            reply: reply.clone(),
            said_by: *said_by,
            next_hop: next_hop.clone(),
            dsn_passed_on: false,
            tls: None,
            peer_proved: false,
        }));
    }

    /// Defers recipients in our own words.
    pub fn defer(&mut self, places: impl IntoIterator<Item = usize>, reply: &Reply) {
        self.recipients.extend(places.into_iter().map(|place| RecipientResult {
            place,
            fate: Fate::Deferred,
            reply: reply.clone(),
            said_by: SaidBy::Us,
            next_hop: String::new(),
            dsn_passed_on: false,
            tls: None,
            peer_proved: false,
        }));
    }

    /// Judges an attempt that ended at `now`.
    pub fn judge(&self, message: &QueuedMessage, schedule: &RetrySchedule, now: Timestamp, chance: u64) -> Judgement {
        let over = schedule.is_over(now, message.accepted_at, message.reverse_path.is_none()) && self.ours.is_none();
        let is_late =
            schedule.is_late(now, message.accepted_at) && message.reverse_path.is_some() && !message.delay_told;
        let mut outcomes = Vec::new();
        let mut news = Vec::new();
        for result in &self.recipients {
            let Some(recipient) = message.recipients.get(result.place) else { continue };
            let expired = over && result.fate == Fate::Deferred;
            outcomes.push((recipient.id, outcome(result, expired)));
            let what = match result.fate {
                Fate::Failed => What::Failed { expired: false },
                Fate::Deferred if expired => What::Failed { expired: true },
                Fate::Deferred if is_late => What::Late,
                Fate::Delivered if !result.dsn_passed_on => What::Relayed,
                Fate::Delivered | Fate::Deferred => continue,
            };
            news.push(News {
                what,
                address: recipient.forward_path.clone(),
                notify: recipient.notify.clone(),
                orcpt: recipient.orcpt.clone(),
                reply: result.reply.clone(),
                next_hop: (result.said_by == SaidBy::NextHop).then(|| result.next_hop.clone()),
            });
        }
        let attempts = message.attempts.saturating_add(u32::from(self.ours.is_none()));
        let settlement = Settlement {
            outcomes,
            next_attempt: Some(schedule.next(now, attempts, chance)),
            attempt: Some(self.record(now)),
            count_attempt: self.ours.is_none(),
            bounces: Vec::new(),
            delay_told: is_late,
        };
        Judgement { settlement, news }
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

impl KnownFailure {
    /// Nothing is known but that it is so.
    pub fn unknown() -> Self {
        let text = "The next hop cannot be reached at present";
        Self { reply: Reply::with_status(451, (4, 4, 1), text), said_by: SaidBy::Us, next_hop: String::new() }
    }
}

impl Judgement {
    /// Nothing was tried: the attempt is not recorded, and the message stays due.
    pub fn without_attempt(&mut self) {
        self.settlement.attempt = None;
        self.settlement.count_attempt = false;
        self.settlement.next_attempt = None;
    }

    /// The sender cannot be told now: who was given up waits instead, so that no failure goes untold.
    pub fn wait_instead(&mut self) {
        for (_, outcome) in &mut self.settlement.outcomes {
            if let Outcome::Failed { reply } = outcome {
                *outcome = Outcome::Deferred { reply: std::mem::take(reply) };
            }
        }
        self.settlement.count_attempt = false;
        self.settlement.delay_told = false;
        self.news.clear();
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
    Settlement {
        outcomes: Vec::new(),
        next_attempt: next,
        attempt: None,
        count_attempt: false,
        bounces: Vec::new(),
        delay_told: false,
    }
}

/// No send connector takes the recipient (rule A13).
pub fn no_route() -> Reply {
    Reply::with_status(451, (4, 4, 4), "No send connector takes mail for this recipient at present")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;
    use crate::schedule::later;
    use crate::tests::queued;

    /// Three recipients that fared like this, judged so long after the message was accepted: the outcomes as `d`, `f` and
    /// `w` (waits), and whom the sender is told of, `x` where the time is over.
    fn judged(fates: [Fate; 3], after: Duration, ours: bool) -> (Judgement, String, String) {
        let message = queued(1, 1, &["a@b", "c@d", "e@f"]);
        let result = |(place, fate)| RecipientResult {
            place,
            fate,
            reply: Reply::new(451, None, "said"),
            said_by: SaidBy::NextHop,
            next_hop: "hop".to_owned(),
            dsn_passed_on: false,
            tls: None,
            peer_proved: false,
        };
        let recipients = fates.into_iter().enumerate().map(result).collect();
        let ours = ours.then(|| StoreError::not_found("body"));
        let results = Results { recipients, ours, ..Results::default() };
        let now = later(message.accepted_at, after);
        let judgement = results.judge(&message, &RetrySchedule::default(), now, 100);
        let outcomes = letters(&judgement);
        let told = judgement.news.iter().map(|news| match news.what {
            What::Failed { expired: true } => 'x',
            What::Failed { expired: false } => 'f',
            What::Late => 'l',
            What::Relayed => 'r',
        });
        let told = told.collect();
        (judgement, outcomes, told)
    }

    fn letters(judgement: &Judgement) -> String {
        let outcomes = judgement.settlement.outcomes.iter();
        outcomes
            .map(|(_, outcome)| match outcome {
                Outcome::Delivered { .. } => 'd',
                Outcome::Failed { .. } => 'f',
                Outcome::Deferred { .. } => 'w',
            })
            .collect()
    }

    #[test]
    fn every_recipient_is_judged_once() {
        use Fate::{Deferred, Delivered, Failed};
        let (hour, week) = (Duration::from_secs(3600), Duration::from_secs(7 * 86_400));
        let check = |fates: [Fate; 3], after: Duration, ours: bool, outcomes: &str, told: &str| {
            let (judgement, got_outcomes, got_told) = judged(fates, after, ours);
            assert_eq!((&got_outcomes[..], &got_told[..]), (outcomes, told), "{fates:?} after {after:?}, ours: {ours}");
            assert_eq!(judgement.settlement.count_attempt, !ours);
        };
        check([Delivered, Delivered, Delivered], hour, false, "ddd", "rrr");
        check([Delivered, Failed, Deferred], hour, false, "dfw", "rf");
        check([Delivered, Failed, Deferred], 5 * hour, false, "dfw", "rfl");
        check([Delivered, Failed, Deferred], week, false, "dff", "rfx");
        check([Deferred, Deferred, Deferred], week, false, "fff", "xxx");
        // What our own fault cut short is not given up, however old it is.
        check([Deferred, Deferred, Failed], week, true, "wwf", "llf");
    }

    #[test]
    fn nobody_is_given_up_whose_sender_cannot_be_told() {
        let (mut judgement, _, _) = judged([Fate::Delivered, Fate::Failed, Fate::Deferred], Duration::ZERO, false);
        judgement.wait_instead();
        assert_eq!((letters(&judgement), judgement.news.len()), ("dww".to_owned(), 0));
        assert!(!judgement.settlement.count_attempt);
    }

    #[test]
    fn the_worst_reply_is_recorded_and_bounded() {
        let long = Reply::new(550, None, "ž".repeat(5_000));
        let mut results = Results::default();
        results.defer([0], &Reply::new(451, None, "later"));
        results.recipients.push(RecipientResult {
            place: 1,
            fate: Fate::Failed,
            reply: long.clone(),
            said_by: SaidBy::NextHop,
            next_hop: "hop".to_owned(),
            dsn_passed_on: false,
            tls: None,
            peer_proved: false,
        });
        let message = queued(1, 1, &["a@b", "c@d"]);
        let judgement = results.judge(&message, &RetrySchedule::default(), message.accepted_at, 0);
        let recorded = judgement.settlement.attempt.unwrap().result;
        assert!(recorded.starts_with("550 ž") && recorded.len() <= MAX_KEPT_REPLY, "{} octets", recorded.len());
        assert_eq!(judgement.news.first().map(|told| &told.reply), Some(&long), "the sender is told the whole");
    }
}
