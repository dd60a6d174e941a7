//! The queue in `queue.db`. This module routes the operations; each family of them has a module of its own.

mod accept;
mod change;
mod claim;
mod rows;
mod select;
mod settle;
mod show;

use std::collections::HashSet;

use async_trait::async_trait;
use io_store::{
    Accepted, Ages, ClaimExcept, ClaimNumber, ClaimedMessage, LaneKey, MAX_CLAIM, MessageDetails, MessageId,
    NewMessage, Queue, QueueChange, QueueChanged, QueueFilter, QueueStats, QueueSummary, Scope, Settled, Settlement,
    StoreError,
};
use jiff::{SignedDuration, Timestamp};

use crate::database::Database;
use crate::writer::Room;

/// [`Queue`] over `queue.db`.
pub struct EmbeddedQueue {
    database: Database,
}

impl EmbeddedQueue {
    /// Over an opened database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Queue for EmbeddedQueue {
    async fn accept(&self, scope: Scope, messages: Vec<NewMessage>) -> Result<Vec<Accepted>, StoreError> {
        self.database.write(Room::Needed, move |connection| accept::accept(connection, scope, &messages)).await
    }

    async fn claim(
        &self,
        scope: Scope,
        node: &str,
        now: Timestamp,
        limit: usize,
        until: Timestamp,
        except: &ClaimExcept,
    ) -> Result<Vec<ClaimedMessage>, StoreError> {
        let node = node.to_owned();
        let limit = limit.min(MAX_CLAIM);
        let except = except.clone();
        self.database
            .write(Room::NotNeeded, move |connection| {
                claim::claim(connection, scope, &node, now, limit, until, &except)
            })
            .await
    }

    async fn claim_aged(
        &self,
        scope: Scope,
        node: &str,
        now: Timestamp,
        limit: usize,
        until: Timestamp,
        lanes: &HashSet<LaneKey>,
        ages: Ages,
    ) -> Result<Vec<ClaimedMessage>, StoreError> {
        let (node, lanes) = (node.to_owned(), lanes.clone());
        let limit = limit.min(MAX_CLAIM);
        self.database
            .write(Room::NotNeeded, move |connection| {
                claim::claim_aged(connection, scope, &node, now, limit, until, &lanes, ages)
            })
            .await
    }

    async fn renew(&self, scope: Scope, claim: ClaimNumber, until: Timestamp) -> Result<(), StoreError> {
        self.database.write(Room::NotNeeded, move |connection| claim::renew(connection, scope, claim, until)).await
    }

    async fn settle(&self, scope: Scope, claim: ClaimNumber, settlement: Settlement) -> Result<Settled, StoreError> {
        self.database
            .write(Room::NotNeeded, move |connection| settle::settle(connection, scope, claim, &settlement))
            .await
    }

    async fn release_node(&self, scope: Scope, node: &str) -> Result<u64, StoreError> {
        let node = node.to_owned();
        self.database.write(Room::NotNeeded, move |connection| Ok(claim::release_node(connection, scope, &node)?)).await
    }

    async fn list(&self, scope: Scope, filter: QueueFilter) -> Result<Vec<QueueSummary>, StoreError> {
        self.database.read(move |connection| Ok(show::list(connection, scope, &filter)?)).await
    }

    async fn count(&self, scope: Scope, filter: QueueFilter) -> Result<u64, StoreError> {
        self.database.read(move |connection| Ok(select::count(connection, scope, &filter)?)).await
    }

    async fn change(&self, scope: Scope, filter: QueueFilter, change: QueueChange) -> Result<QueueChanged, StoreError> {
        self.database
            .write(Room::NotNeeded, move |connection| change::matching(connection, scope, &filter, &change))
            .await
    }

    async fn get(&self, scope: Scope, message: MessageId) -> Result<MessageDetails, StoreError> {
        self.database.read(move |connection| show::get(connection, scope, message)).await
    }

    async fn hold(&self, scope: Scope, messages: Vec<MessageId>, reason: &str) -> Result<(), StoreError> {
        let reason = reason.to_owned();
        self.database
            .write(Room::NotNeeded, move |connection| change::hold(connection, scope, &messages, &reason))
            .await
    }

    async fn release(&self, scope: Scope, messages: Vec<MessageId>) -> Result<(), StoreError> {
        self.database.write(Room::NotNeeded, move |connection| change::release(connection, scope, &messages)).await
    }

    async fn retry_now(&self, scope: Scope, messages: Vec<MessageId>, now: Timestamp) -> Result<(), StoreError> {
        self.database
            .write(Room::NotNeeded, move |connection| change::retry_now(connection, scope, &messages, now))
            .await
    }

    async fn remove(&self, scope: Scope, messages: Vec<MessageId>) -> Result<(), StoreError> {
        self.database.write(Room::NotNeeded, move |connection| change::remove(connection, scope, &messages)).await
    }

    async fn rejuvenate(
        &self,
        scope: Scope,
        before: Timestamp,
        by: SignedDuration,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.database
            .write(Room::NotNeeded, move |connection| Ok(change::rejuvenate(connection, scope, before, by, now)?))
            .await
    }

    async fn mend_times(&self, scope: Scope, now: Timestamp, latest: Timestamp) -> Result<u64, StoreError> {
        self.database
            .write(Room::NotNeeded, move |connection| Ok(change::mend_times(connection, scope, now, latest)?))
            .await
    }

    async fn stats(&self, scope: Scope, now: Timestamp) -> Result<QueueStats, StoreError> {
        self.database.read(move |connection| Ok(show::stats(connection, scope, now)?)).await
    }
}
