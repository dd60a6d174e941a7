//! The queue: messages that wait for a next hop, claimed by one node at a time. When and where to try is decided
//! above.

use std::collections::HashSet;

use async_trait::async_trait;
use core_directory::{SendConnectorId, TenantId};
use jiff::{SignedDuration, Timestamp};

use crate::message::{Accepted, ClaimNumber, ClaimedMessage, Direction, MessageDetails, MessageId, NewMessage};
use crate::settlement::{Settled, Settlement};
use crate::{QueueFilter, Scope, StoreError};

/// Most messages in one claim: enough to keep a node busy, few enough that a dead node blocks little.
pub const MAX_CLAIM: usize = 1000;

/// Most messages in one page of a listing and in one hold, release, retry or removal.
pub const MAX_QUEUE_PAGE: usize = 1000;

/// Most octets of the reasons of a hold, which add up: several sentences, shown on one line.
pub const MAX_HOLD_REASON: usize = 4_000;

/// Messages of one tenant for one send connector, which share the fate of its next hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneKey {
    /// Whose they are.
    pub tenant: TenantId,
    /// The connector that routes them.
    pub connector: SendConnectorId,
}

/// What a claim passes over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimExcept {
    /// These lanes.
    pub lanes: HashSet<LaneKey>,
    /// All lanes of these tenants.
    pub tenants: HashSet<TenantId>,
}

/// From when on a message is so old that something must be done about it, whether it can be tried or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    /// Accepted then or before it is given up.
    pub give_up: Timestamp,
    /// The same for a message with the null sender.
    pub give_up_bounce: Timestamp,
    /// Accepted then or before its sender is told that it is late, once, unless it is the null one.
    pub late: Timestamp,
}

/// What an administrator does to messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueChange {
    /// See [`Queue::hold`].
    Hold {
        /// Why.
        reason: String,
    },
    /// See [`Queue::release`].
    Release,
    /// See [`Queue::retry_now`].
    Retry {
        /// When they are due.
        now: Timestamp,
    },
    /// See [`Queue::remove`].
    Remove,
}

/// What a change of a page brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueChanged {
    /// Messages changed.
    pub messages: u64,
    /// The last of them, when there may be more behind it: the `after` of the next page.
    pub next: Option<MessageId>,
}

/// One line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueSummary {
    /// The message.
    pub id: MessageId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Which way it goes.
    pub direction: Direction,
    /// The sender; `None` is the null one.
    pub reverse_path: Option<String>,
    /// The first pending recipient.
    pub first_recipient: String,
    /// Recipients that are pending.
    pub pending: u32,
    /// The connector that routes it.
    pub send_connector: SendConnectorId,
    /// Octets of the body.
    pub size: u64,
    /// Our id in its Received field.
    pub reference: String,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// When it is, or was, due.
    pub next_attempt: Timestamp,
    /// Attempts that count.
    pub attempts: u32,
    /// Why it is held.
    pub hold: Option<String>,
    /// A node holds a claim on it.
    pub claimed: bool,
    /// The result of the last attempt.
    pub last_reply: Option<String>,
}

/// The ages by which waiting messages are counted: more than a few retries, an hour, as old as when senders hear of a delay,
/// a day.
pub const QUEUE_AGES: [SignedDuration; 4] = [
    SignedDuration::from_mins(10),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(4),
    SignedDuration::from_hours(24),
];

/// The queue in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// Messages.
    pub total: u64,
    /// Messages held.
    pub held: u64,
    /// Messages that a claim would find now.
    pub due: u64,
    /// Messages under a claim that has not expired.
    pub claimed: u64,
    /// Octets of all messages; a shared body counts for each.
    pub octets: u64,
    /// When the oldest was accepted.
    pub oldest_accepted: Option<Timestamp>,
    /// Messages older than each of [`QUEUE_AGES`]; one of two days counts in all.
    pub older: [u64; QUEUE_AGES.len()],
}

/// Messages that wait.
///
/// A message is *due* when it is not held, its time has come and no claim on it is in force. A claim is in force
/// until it is settled or it expires; after that it still settles as long as nobody else has claimed the message.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Queues all messages or none; they are durable when this returns. Messages that share a body are handed over in
    /// one call: when the last that refers to a body goes, the body goes. To hand over none asks whether any would be
    /// taken.
    ///
    /// # Errors
    /// `NotFound` for a tenant outside the scope or a body that is not sealed or not the tenant's; `Invalid` for a
    /// message without recipients; `Unavailable`, `Full`.
    async fn accept(&self, scope: Scope, messages: Vec<NewMessage>) -> Result<Vec<Accepted>, StoreError>;

    /// Claims at most `limit` (and [`MAX_CLAIM`]) messages due at `now` for `node`, until `until`. Within a send
    /// connector the oldest due come first; when there are more than `limit`, connectors share it evenly, so that
    /// one with a long queue does not starve the rest. What `except` names is passed over, whatever is due in it. The answer is
    /// sorted by due time.
    ///
    /// # Errors
    /// `Invalid` if `until` is not after `now`; `Unavailable`.
    async fn claim(
        &self,
        scope: Scope,
        node: &str,
        now: Timestamp,
        limit: usize,
        until: Timestamp,
        except: &ClaimExcept,
    ) -> Result<Vec<ClaimedMessage>, StoreError>;

    /// Claims as [`claim`](Self::claim) does, but only of these lanes, and only messages that have reached one of the ages;
    /// it goes through all that is due in the lanes.
    ///
    /// # Errors
    /// As [`claim`](Self::claim).
    #[expect(clippy::too_many_arguments, reason = "a claim has an owner, an end and a measure")]
    async fn claim_aged(
        &self,
        scope: Scope,
        node: &str,
        now: Timestamp,
        limit: usize,
        until: Timestamp,
        lanes: &HashSet<LaneKey>,
        ages: Ages,
    ) -> Result<Vec<ClaimedMessage>, StoreError>;

    /// Moves the end of a claim.
    ///
    /// # Errors
    /// `Stale` if the claim is not in force or outside the scope; `Unavailable`.
    async fn renew(&self, scope: Scope, claim: ClaimNumber, until: Timestamp) -> Result<(), StoreError>;

    /// Ends a claim with what the attempt brought, bounces included, in one transaction.
    ///
    /// # Errors
    /// `Stale` if the claim is not in force or outside the scope; `NotFound` for a recipient that is
    /// not pending, or as in [`accept`](Self::accept) for a bounce; `Invalid` for a bounce of another tenant; `Unavailable`,
    /// `Full`. The claim stays in force after any error but `Stale`.
    async fn settle(&self, scope: Scope, claim: ClaimNumber, settlement: Settlement) -> Result<Settled, StoreError>;

    /// Ends all claims of `node` without counting an attempt, and says how many. For a node's own start after a
    /// crash: whoever calls it knows that the node works on nothing.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn release_node(&self, scope: Scope, node: &str) -> Result<u64, StoreError>;

    /// Lists messages by id.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn list(&self, scope: Scope, filter: QueueFilter) -> Result<Vec<QueueSummary>, StoreError>;

    /// Counts the messages that a listing would show, on all its pages behind `after`.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn count(&self, scope: Scope, filter: QueueFilter) -> Result<u64, StoreError>;

    /// Changes the messages that a listing would show: all of a page, or none.
    ///
    /// # Errors
    /// `Unavailable`, `Full`.
    async fn change(&self, scope: Scope, filter: QueueFilter, change: QueueChange) -> Result<QueueChanged, StoreError>;

    /// All that is known of one message.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`, `Corrupt`.
    async fn get(&self, scope: Scope, message: MessageId) -> Result<MessageDetails, StoreError>;

    /// Holds messages back: all or none. An attempt that is running ends as it will; none follows. The reason of an earlier
    /// hold stays, and the new one is put behind it while there is room ([`MAX_HOLD_REASON`]).
    ///
    /// # Errors
    /// `NotFound` names the first that is not in the scope; `Invalid` for more than [`MAX_QUEUE_PAGE`];
    /// `Unavailable`.
    async fn hold(&self, scope: Scope, messages: Vec<MessageId>, reason: &str) -> Result<(), StoreError>;

    /// Lets held messages go on, each when it is due: all or none. One that is not held stays as it is.
    ///
    /// # Errors
    /// As [`hold`](Self::hold).
    async fn release(&self, scope: Scope, messages: Vec<MessageId>) -> Result<(), StoreError>;

    /// Makes messages due at `now`, all or none; those under a claim when it ends unsettled.
    ///
    /// # Errors
    /// As [`hold`](Self::hold).
    async fn retry_now(&self, scope: Scope, messages: Vec<MessageId>, now: Timestamp) -> Result<(), StoreError>;

    /// Removes messages, all or none, with the bodies that no other message needs. A running attempt may still
    /// deliver one; its settlement is then stale.
    ///
    /// # Errors
    /// As [`hold`](Self::hold).
    async fn remove(&self, scope: Scope, messages: Vec<MessageId>) -> Result<(), StoreError>;

    /// Counts messages accepted before `before` as accepted later by `by`, but never after `now`: the clock of the only node was
    /// set forward, and none of them is older for that. Says how many messages that was.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn rejuvenate(
        &self,
        scope: Scope,
        before: Timestamp,
        by: SignedDuration,
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Mends times that lie in the future because the clock was wrong once: what was accepted after `now` counts as
    /// accepted now, and what is due after `latest` is due now. Claims stay as they are. Says how many messages that was.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn mend_times(&self, scope: Scope, now: Timestamp, latest: Timestamp) -> Result<u64, StoreError>;

    /// The queue in numbers.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn stats(&self, scope: Scope, now: Timestamp) -> Result<QueueStats, StoreError>;
}
