//! The trace in `trace.db`, written behind. A record that finds no place in the buffer, or cannot be written, is
//! dropped and counted.

mod events;
mod refusals;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use io_store::{MAX_TRACE_BODY, MAX_TRACE_PAGE, RefusalRecord, Scope, StoreError, Trace, TraceEvent, TraceFilter};
use jiff::Timestamp;
use rusqlite::{Connection, Params};

use crate::columns::{micros, number, owner};
use crate::database::Database;
use crate::failure::Failure;
use crate::writer::Room;

/// Most rows that one transaction removes, so that pruning holds up no record for long.
const PRUNE_SLICE: u64 = 5000;

/// [`Trace`] over `trace.db`.
pub struct EmbeddedTrace {
    database: Database,
    dropped: Arc<AtomicU64>,
}

impl EmbeddedTrace {
    /// Over an opened database.
    pub fn new(database: Database) -> Self {
        Self { database, dropped: Arc::new(AtomicU64::new(0)) }
    }

    fn record(&self, operation: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static) {
        let dropped = self.dropped.clone();
        let respond = move |result: Result<(), StoreError>| {
            if result.is_err() {
                dropped.fetch_add(1, Ordering::Relaxed);
            }
        };
        if self.database.offer(Room::Needed, |connection| Ok(operation(connection)?), respond).is_err() {
            self.drop_one();
        }
    }

    fn drop_one(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
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
            return self.drop_one();
        }
        self.record(move |connection| refusals::insert(connection, &refusal));
    }

    fn repeat_refusal(&self, scope: Scope, reference: &str, at: Timestamp) {
        let reference = reference.to_owned();
        self.record(move |connection| refusals::repeat(connection, scope, &reference, at));
    }

    fn record_event(&self, scope: Scope, event: TraceEvent) {
        if event.body.len() > MAX_TRACE_BODY || !scope.allows(event.tenant) {
            return self.drop_one();
        }
        self.record(move |connection| events::insert(connection, &event));
    }

    fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    async fn refusal(&self, scope: Scope, reference: &str) -> Result<Option<RefusalRecord>, StoreError> {
        let filter = TraceFilter { reference: Some(reference.to_owned()), limit: 1, ..TraceFilter::default() };
        Ok(self.refusals(scope, filter).await?.pop())
    }

    async fn refusals(&self, scope: Scope, filter: TraceFilter) -> Result<Vec<RefusalRecord>, StoreError> {
        self.read(move |connection| Ok(refusals::find(connection, scope, &filter)?)).await
    }

    async fn events(&self, scope: Scope, filter: TraceFilter) -> Result<Vec<TraceEvent>, StoreError> {
        self.read(move |connection| Ok(events::find(connection, scope, &filter)?)).await
    }

    async fn prune(&self, scope: Scope, before: Timestamp, max_rows: u64) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let slice = self
                .database
                .write(Room::NotNeeded, move |connection| Ok(prune_slice(connection, scope, before, max_rows)?))
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

/// Removes a slice of what is too old or too much.
fn prune_slice(connection: &Connection, scope: Scope, before: Timestamp, max_rows: u64) -> rusqlite::Result<u64> {
    let events = events::prune(connection, scope, before, max_rows, PRUNE_SLICE)?;
    if scope.tenant().is_some() {
        return Ok(events);
    }
    Ok(events + refusals::prune(connection, before, max_rows, PRUNE_SLICE)?)
}

/// A filter as conditions over the columns that both tables share. Each parameter is named once, also where it does
/// not matter, so that the same ones fit every text; what matters is compared plainly, so that an index serves.
fn conditions(filter: &TraceFilter) -> String {
    let reference = if filter.reference.is_some() { "reference = ?2" } else { "?2 IS NULL" };
    let mail_from = match filter.mail_from.as_deref() {
        None => "?3 IS NULL",
        Some("") => "mail_from IS NULL AND ?3 = ''",
        Some(_) => "mail_from = ?3",
    };
    let rcpt_to = if filter.rcpt_to.is_some() { "rcpt_to = ?4" } else { "?4 IS NULL" };
    format!("{reference} AND {mail_from} AND {rcpt_to}")
}

/// The parameters of [`conditions`], preceded by the scope and followed by the time and the limit.
fn parameters(scope: Scope, filter: &TraceFilter) -> impl Params + '_ {
    (
        owner(scope),
        filter.reference.as_deref(),
        filter.mail_from.as_deref(),
        filter.rcpt_to.as_deref(),
        filter.since.map_or(i64::MIN, micros),
        number(filter.limit.min(MAX_TRACE_PAGE) as u64),
    )
}
