//! The trace in `trace.db`, written behind. A record that finds no place in the buffer, or cannot be written, is
//! dropped and counted.

mod candidates;
mod counts;
mod events;
mod refusals;
mod room;
#[cfg(test)]
mod tests;
mod uses;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use io_store::{
    Candidate, CountFilter, Knock, MAX_TRACE_BODY, RefusalCount, RefusalRecord, Scope, StoreError, Trace, TraceCursor,
    TraceEvent, TraceFilter, TracePage, UseRecord,
};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::database::Database;
use crate::failure::Failure;
use crate::writer::Room;
use room::TraceRoom;

/// Most rows that one transaction removes, so that pruning holds up no record for long.
const PRUNE_SLICE: u64 = 1000;

/// Octets of records that may wait for the disk. A message to a thousand recipients with long replies takes a few megabytes.
const MAX_WAITING: u64 = 32 * 1024 * 1024;

/// [`Trace`] over `trace.db`.
pub struct EmbeddedTrace {
    database: Database,
    dropped: Arc<AtomicU64>,
    waiting: Arc<AtomicU64>,
    room: Arc<TraceRoom>,
}

impl EmbeddedTrace {
    /// Over an opened database.
    pub fn new(database: Database) -> Self {
        let (dropped, waiting, room) = (Arc::default(), Arc::default(), Arc::new(TraceRoom::new()));
        Self { database, dropped, waiting, room }
    }

    /// Has `records` records of `weight` octets written.
    fn record(
        &self,
        (records, weight): (u64, u64),
        operation: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
    ) {
        let (dropped, waiting, room) = (self.dropped.clone(), self.waiting.clone(), self.room.clone());
        if waiting.fetch_add(weight, Ordering::Relaxed) > MAX_WAITING {
            waiting.fetch_sub(weight, Ordering::Relaxed);
            return self.drop_some(records);
        }
        let respond = move |result: Result<(), StoreError>| {
            waiting.fetch_sub(weight, Ordering::Relaxed);
            if result.is_err() {
                dropped.fetch_add(records, Ordering::Relaxed);
            }
        };
        let write = move |connection: &Connection| {
            operation(connection)?;
            Ok(room.keep(connection, weight)?)
        };
        if self.database.offer(Room::Needed, write, respond).is_err() {
            self.waiting.fetch_sub(weight, Ordering::Relaxed);
            self.drop_some(records);
        }
    }

    fn drop_some(&self, records: u64) {
        self.dropped.fetch_add(records, Ordering::Relaxed);
    }

    /// Reads after everything that was recorded before.
    async fn read<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.flush().await?;
        self.database.read(operation).await
    }
}

#[async_trait]
impl Trace for EmbeddedTrace {
    fn record_refusal(&self, scope: Scope, refusal: RefusalRecord) {
        if refusal.body.len() > MAX_TRACE_BODY || !refusal.tenant_sight.iter().all(|tenant| scope.allows(*tenant)) {
            return self.drop_some(1);
        }
        let weight = refusals::weight(&refusal);
        self.record((1, weight), move |connection| refusals::insert(connection, &refusal));
    }

    fn record_knocks(&self, scope: Scope, reference: &str, knocks: Vec<Knock>) {
        let too_long = knocks.iter().any(|knock| knock.facts.len() > MAX_TRACE_BODY);
        if too_long || scope.tenant().is_some() {
            return self.drop_some(knocks.len() as u64);
        }
        let reference = reference.to_owned();
        let weight = knocks.iter().map(|knock| knock.facts.len() as u64).sum();
        self.record((knocks.len() as u64, weight), move |connection| {
            knocks.iter().try_for_each(|knock| candidates::insert(connection, &reference, knock))
        });
    }

    fn repeat_refusal(&self, scope: Scope, reference: &str, at: Timestamp) {
        let reference = reference.to_owned();
        self.record((1, 0), move |connection| refusals::repeat(connection, scope, &reference, at));
    }

    fn record_events(&self, scope: Scope, events: Vec<TraceEvent>) {
        let sound = |event: &TraceEvent| event.body.len() <= MAX_TRACE_BODY && scope.allows(event.tenant);
        let records = events.len() as u64;
        if !events.iter().all(sound) {
            return self.drop_some(records);
        }
        let weight = events.iter().map(events::weight).sum();
        self.record((records, weight), move |connection| {
            events.iter().try_for_each(|event| events::insert(connection, event))
        });
    }

    fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    async fn refusal(&self, scope: Scope, reference: &str) -> Result<Option<RefusalRecord>, StoreError> {
        let filter = TraceFilter { reference: Some(reference.to_owned()), limit: 1, ..TraceFilter::default() };
        Ok(self.refusals(scope, filter).await?.items.pop())
    }

    async fn refusals(&self, scope: Scope, filter: TraceFilter) -> Result<TracePage<RefusalRecord>, StoreError> {
        self.read(move |connection| Ok(refusals::find(connection, scope, &filter)?)).await
    }

    async fn refusal_counts(&self, scope: Scope, filter: CountFilter) -> Result<Vec<RefusalCount>, StoreError> {
        self.read(move |connection| Ok(counts::find(connection, scope, filter)?)).await
    }

    async fn candidates(&self, scope: Scope) -> Result<Vec<Candidate>, StoreError> {
        self.read(move |connection| Ok(candidates::all(connection, scope)?)).await
    }

    async fn events(&self, scope: Scope, filter: TraceFilter) -> Result<TracePage<TraceEvent>, StoreError> {
        self.read(move |connection| Ok(events::find(connection, scope, &filter)?)).await
    }

    fn record_uses(&self, scope: Scope, uses: Vec<UseRecord>) {
        let records = uses.len() as u64;
        if !uses.iter().all(|one| scope.allows(one.tenant)) {
            return self.drop_some(records);
        }
        self.record((records, 0), move |connection| uses.iter().try_for_each(|one| uses::put(connection, one)));
    }

    async fn uses(&self, scope: Scope) -> Result<Vec<UseRecord>, StoreError> {
        self.read(move |connection| Ok(uses::all(connection, scope)?)).await
    }

    fn limit_size(&self, octets: u64) {
        self.room.limit(octets);
    }

    async fn prune(&self, scope: Scope, before: Timestamp) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let slice = self
                .database
                .write(Room::NotNeeded, move |connection| Ok(prune_slice(connection, scope, before)?))
                .await?;
            removed += slice;
            if slice == 0 {
                return Ok(removed);
            }
        }
    }

    async fn flush(&self) -> Result<(), StoreError> {
        self.database.write(Room::NotNeeded, |_| Ok(())).await
    }
}

/// Removes a slice of what is too old.
fn prune_slice(connection: &Connection, scope: Scope, before: Timestamp) -> rusqlite::Result<u64> {
    let events = events::prune(connection, scope, before, PRUNE_SLICE)?;
    if scope.tenant().is_some() {
        return Ok(events);
    }
    counts::prune(connection, before)?;
    candidates::prune(connection, before)?;
    uses::prune(connection, before)?;
    Ok(events + refusals::prune(connection, before, PRUNE_SLICE)?)
}

/// A page of what was found with its places; one more than `limit` was asked for, so that it is known whether there is more.
fn page<T>(mut found: Vec<(TraceCursor, T)>, limit: usize) -> TracePage<T> {
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(cursor, _)| *cursor);
    TracePage { items: found.into_iter().map(|(_, record)| record).collect(), next }
}
